#include "policy/host_address.h"

#include "rules/keyfile.h"

#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct {
    const char *network;
    guint bits;
    OvAddressScope scope;
} Range;

/* RFC 6890 and the registries that it set up; the first that matches. Whatever
 * is not here is global. */
static const Range RANGES[] = {
    {"0.0.0.0", 8, OV_SCOPE_NONE},
    {"10.0.0.0", 8, OV_SCOPE_PRIVATE},
    {"100.64.0.0", 10, OV_SCOPE_PRIVATE},
    {"127.0.0.0", 8, OV_SCOPE_NONE},
    {"169.254.0.0", 16, OV_SCOPE_NONE},
    {"172.16.0.0", 12, OV_SCOPE_PRIVATE},
    {"192.168.0.0", 16, OV_SCOPE_PRIVATE},
    {"224.0.0.0", 3, OV_SCOPE_NONE},
    {"fc00::", 7, OV_SCOPE_PRIVATE},
    {"2000::", 3, OV_SCOPE_GLOBAL},
    {"::", 0, OV_SCOPE_NONE},
};

OvAddressScope ov_address_scope(const OvIpAddress *address) {
    for (guint i = 0; i < G_N_ELEMENTS(RANGES); i++) {
        OvIpAddress network;
        ov_ip_address_parse(ov_slice(RANGES[i].network), &network);
        if (ov_ip_address_in(address, &network, RANGES[i].bits))
            return RANGES[i].scope;
    }
    return address->length ? OV_SCOPE_GLOBAL : OV_SCOPE_NONE;
}

static void take_address(const struct sockaddr *from, OvIpAddress *address) {
    *address = (OvIpAddress){.length = 0};
    if (from->sa_family == AF_INET) {
        address->length = 4;
        memcpy(address->octets, &((const struct sockaddr_in *)(const void *)from)->sin_addr, 4);
    } else if (from->sa_family == AF_INET6) {
        address->length = 16;
        memcpy(address->octets, &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr, 16);
    }
}

/* From which the kernel would send to a root name server; nothing is sent. */
static void find_preferred(const struct sockaddr *to, socklen_t length, OvIpAddress *address) {
    struct sockaddr_storage own = {0};
    socklen_t own_length = sizeof own;
    *address = (OvIpAddress){.length = 0};
    int s = socket(to->sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (s < 0)
        return;
    if (connect(s, to, length) == 0 && getsockname(s, (struct sockaddr *)&own, &own_length) == 0)
        take_address((const struct sockaddr *)&own, address);
    close(s);
}

static gboolean same(const OvIpAddress *one, const OvIpAddress *other) {
    return one->length == other->length && memcmp(one->octets, other->octets, one->length) == 0;
}

static void mark_preferred(OvHostAddress *all, guint n) {
    struct sockaddr_in to4 = {.sin_family = AF_INET, .sin_port = GUINT16_TO_BE(53)};
    struct sockaddr_in6 to6 = {.sin6_family = AF_INET6, .sin6_port = GUINT16_TO_BE(53)};
    OvIpAddress root4, root6, own[2];
    ov_ip_address_parse(ov_slice("198.41.0.4"), &root4);
    ov_ip_address_parse(ov_slice("2001:503:ba3e::2:30"), &root6);
    memcpy(&to4.sin_addr, root4.octets, 4);
    memcpy(&to6.sin6_addr, root6.octets, 16);
    find_preferred((const struct sockaddr *)&to4, sizeof to4, &own[0]);
    find_preferred((const struct sockaddr *)&to6, sizeof to6, &own[1]);
    for (guint i = 0; i < n; i++)
        all[i].preferred = same(&all[i].address, &own[0]) || same(&all[i].address, &own[1]);
}

static gboolean is_there(const OvHostAddress *all, guint n, const OvIpAddress *address) {
    for (guint i = 0; i < n; i++)
        if (same(&all[i].address, address))
            return TRUE;
    return FALSE;
}

/* "20010db8000000000000000000000007 02 40 00 01 eth0": 32 digits, index, length of the prefix,
 * scope, the low octet of the flags, interface; IFA_F_TEMPORARY of IPv6 is 1. */
gboolean ov_host_address_is_temporary(const char *if_inet6, const OvIpAddress *address) {
    enum { DIGITS = 32, FLAGS = 4, TEMPORARY = 1, HEX = 16 };
    char digits[DIGITS + 1] = "";
    if (address->length * 2 != DIGITS)
        return FALSE;
    for (guint i = 0; i < address->length; i++)
        g_snprintf(digits + 2 * (gsize)i, 3, "%02x", address->octets[i]);
    g_auto(GStrv) lines = g_strsplit(if_inet6 ? if_inet6 : "", "\n", -1);
    for (char **line = lines; *line; line++) {
        g_auto(GStrv) words = ov_key_words(*line);
        if (g_strv_length(words) > FLAGS && g_str_equal(words[0], digits))
            return (g_ascii_strtoull(words[FLAGS], NULL, HEX) & TEMPORARY) != 0;
    }
    return FALSE;
}

const OvHostAddress *ov_host_addresses(OvArena *arena, guint *n, GError **error) {
    struct ifaddrs *list = NULL;
    if (getifaddrs(&list) != 0) {
        g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(errno),
                    "the addresses of the interfaces can't be read: %s", g_strerror(errno));
        return NULL;
    }
    g_autofree char *if_inet6 = NULL;
    g_file_get_contents("/proc/net/if_inet6", &if_inet6, NULL, NULL);
    OvHostAddress *all = OV_ARENA_NEW(arena, OvHostAddress, OV_HOST_MAX_ADDRESSES);
    *n = 0;
    for (const struct ifaddrs *at = list; at && *n < OV_HOST_MAX_ADDRESSES; at = at->ifa_next) {
        OvIpAddress address = {.length = 0};
        if (at->ifa_addr && (at->ifa_flags & IFF_UP))
            take_address(at->ifa_addr, &address);
        if (ov_address_scope(&address) == OV_SCOPE_NONE || is_there(all, *n, &address))
            continue;
        all[(*n)++] =
            (OvHostAddress){address, ov_arena_strndup(arena, at->ifa_name, strlen(at->ifa_name)),
                            FALSE, ov_host_address_is_temporary(if_inet6, &address)};
    }
    freeifaddrs(list);
    mark_preferred(all, *n);
    return all;
}
