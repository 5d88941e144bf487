/* The IP addresses of this machine, and where an address can be used. */
#pragma once

#include "rules/auth/ip_address.h"

typedef enum {
    OV_SCOPE_NONE,    /* loopback, link-local, multicast ...: no mail leaves from it
                       */
    OV_SCOPE_PRIVATE, /* RFC 1918, 6598, 4193: receivers see another */
    OV_SCOPE_GLOBAL,
} OvAddressScope;

OvAddressScope ov_address_scope(const OvIpAddress *address);

typedef struct {
    OvIpAddress address;
    const char *interface; /* "eth0" */
    gboolean preferred;    /* the kernel takes it on the way to the Internet, if
                              nobody says else */
    gboolean temporary;    /* IPv6 that changes now and then, for privacy (RFC 8981) */
} OvHostAddress;

enum { OV_HOST_MAX_ADDRESSES = 256 };

/* Whether the text of /proc/net/if_inet6 (NULL: there is none) says that an address is temporary.
 */
gboolean ov_host_address_is_temporary(const char *if_inet6, const OvIpAddress *address);

/* Those of interfaces that are up, private and global ones, each once. Sends
 * nothing: the kernel is asked for its routes. Arena; NULL with error. */
const OvHostAddress *ov_host_addresses(OvArena *arena, guint *n, GError **error);
