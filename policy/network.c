#include "policy/network.h"

#include <arpa/inet.h>
#include <string.h>

/* *width: how many bits the address has as written. */
static gboolean parse_address(const char *text, guint8 address[16], guint *width) {
    static const guint8 mapped[12] = {[10] = 0xff, [11] = 0xff};
    if (g_ascii_strncasecmp(text, "IPv6:", 5) == 0)
        text += 5;
    *width = 128;
    if (inet_pton(AF_INET6, text, address) == 1)
        return TRUE;
    *width = 32;
    memcpy(address, mapped, sizeof mapped);
    return inet_pton(AF_INET, text, address + sizeof mapped) == 1;
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
