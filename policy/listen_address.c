#include "policy/listen_address.h"

#include "rules/auth/ip_address.h"

#include <string.h>

enum { IPV4_LOOPBACK_BITS = 8, IPV6_BITS = 128 };

static gboolean is_loopback(const OvIpAddress *address) {
    const OvIpAddress ipv4 = {.octets = {127}, .length = 4};
    const OvIpAddress ipv6 = {.octets = {[15] = 1}, .length = 16};
    return ov_ip_address_in(address, &ipv4, IPV4_LOOPBACK_BITS) ||
           ov_ip_address_in(address, &ipv6, IPV6_BITS);
}

char *ov_listen_address_socket(const char *text, gboolean *loopback) {
    const char *colon = strrchr(text, ':');
    OvIpAddress address;
    guint64 port;
    if (!colon || !g_ascii_string_to_unsigned(colon + 1, 10, 1, G_MAXUINT16, &port, NULL))
        return NULL;
    OvSlice host = {text, (gsize)(colon - text)};
    gboolean bracketed = host.length > 2 && text[0] == '[' && colon[-1] == ']';
    if (bracketed)
        host = (OvSlice){text + 1, host.length - 2};
    if (!ov_ip_address_parse(host, &address) || bracketed != (address.length == 16))
        return NULL;
    if (loopback)
        *loopback = is_loopback(&address);
    return g_strdup_printf("%s:%u@%.*s", bracketed ? "inet6" : "inet", (guint)port,
                           (int)host.length, host.data);
}
