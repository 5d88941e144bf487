#include "policy/network.h"

#include <arpa/inet.h>
#include <string.h>

/* What stands before the octets of an IPv4 address. */
static const guint8 MAPPED[12] = {[10] = 0xff, [11] = 0xff};

/* *width: how many bits the address has as written. */
static gboolean parse_address(const char *text, guint8 address[16], guint *width) {
    if (g_ascii_strncasecmp(text, "IPv6:", 5) == 0)
        text += 5;
    *width = 128;
    if (inet_pton(AF_INET6, text, address) == 1)
        return TRUE;
    *width = 32;
    memcpy(address, MAPPED, sizeof MAPPED);
    return inet_pton(AF_INET, text, address + sizeof MAPPED) == 1;
}

static gboolean equal_bits(const guint8 *a, const guint8 *b, guint bits) {
    guint octets = bits / 8, rest = bits % 8;
    if (memcmp(a, b, octets) != 0)
        return FALSE;
    return rest == 0 || ((a[octets] ^ b[octets]) >> (8 - rest)) == 0;
}

gboolean ov_network_parse(const char *text, OvNetwork *network) {
    char host[INET6_ADDRSTRLEN + sizeof "IPv6:"];
    gsize length = strcspn(text, "/");
    if (length >= sizeof host)
        return FALSE;
    memcpy(host, text, length);
    host[length] = '\0';
    guint width;
    if (!parse_address(host, network->address, &width))
        return FALSE;
    guint64 prefix = width;
    if (text[length] == '/' &&
        !g_ascii_string_to_unsigned(text + length + 1, 10, 0, width, &prefix, NULL))
        return FALSE;
    network->bits = (guint)prefix + 128 - width;
    guint8 base[16] = {0};
    for (guint bit = 0; bit < network->bits; bit++)
        base[bit / 8] |= (guint8)(network->address[bit / 8] & (0x80 >> bit % 8));
    return memcmp(base, network->address, sizeof base) == 0;
}

gboolean ov_network_contains(const OvNetwork *network, const char *address) {
    guint8 octets[16];
    guint width;
    return address && parse_address(address, octets, &width) &&
           equal_bits(network->address, octets, network->bits);
}

void ov_network_format(const OvNetwork *network, char text[OV_NETWORK_TEXT_SIZE]) {
    /* A wider network that holds all of IPv4 is written as one of IPv6. */
    gboolean four =
        network->bits >= 8 * sizeof MAPPED && memcmp(network->address, MAPPED, sizeof MAPPED) == 0;
    if (four)
        inet_ntop(AF_INET, network->address + sizeof MAPPED, text, OV_NETWORK_TEXT_SIZE);
    else
        inet_ntop(AF_INET6, network->address, text, OV_NETWORK_TEXT_SIZE);
    if (network->bits < 128) {
        gsize length = strlen(text);
        g_snprintf(text + length, OV_NETWORK_TEXT_SIZE - length, "/%u",
                   four ? network->bits - 96 : network->bits);
    }
}
