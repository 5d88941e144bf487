#include "policy/provider/network4.h"

#include <arpa/inet.h>
#include <string.h>

static gboolean parse_address(const char *text, guint32 *address) {
    struct in_addr parsed;
    if (inet_pton(AF_INET, text, &parsed) != 1)
        return FALSE;
    *address = ntohl(parsed.s_addr);
    return TRUE;
}

gboolean ov_network4_parse(const char *text, OvNetwork4 *network) {
    char quad[INET_ADDRSTRLEN] = "";
    const char *slash = strchr(text, '/');
    gsize length = slash ? (gsize)(slash - text) : strlen(text);
    guint64 bits = 32;
    if (length >= sizeof quad ||
        (slash && !g_ascii_string_to_unsigned(slash + 1, 10, 0, 32, &bits, NULL)))
        return FALSE;
    memcpy(quad, text, length);
    network->mask = bits ? G_MAXUINT32 << (32 - bits) : 0;
    return parse_address(quad, &network->address);
}

gboolean ov_network4_has(const OvNetwork4 *network, const char *address) {
    guint32 parsed;
    return parse_address(address, &parsed) &&
           (parsed & network->mask) == (network->address & network->mask);
}
