/* An IP address as authentication compares it: of the host from which the mail will leave, or of a
 * DNS answer. */
#pragma once

#include "rules/arena.h"

typedef struct {
    guint8 octets[16]; /* 4 or 16 of them, network order */
    guint8 length;     /* 4 (IPv4) or 16 (IPv6); 0 is no address */
} OvIpAddress;

/* An address in text form. IPv4 mapped into IPv6 (::ffff:192.0.2.1) is IPv4, as RFC 7208 5 has it.
 * FALSE for anything else; then *address is no address. */
gboolean ov_ip_address_parse(OvSlice text, OvIpAddress *address);
/* The address in a DNS answer: 4 octets of A, 16 of AAAA; otherwise FALSE. */
gboolean ov_ip_address_of_record(OvSlice data, OvIpAddress *address);

/* The first bits of both are equal. FALSE where one is IPv4 and the other IPv6. */
gboolean ov_ip_address_in(const OvIpAddress *address, const OvIpAddress *network, guint bits);

/* The public can't reach it: loopback, link-local, of a private or shared network, or none. Not
 * those of documents. */
gboolean ov_ip_address_is_private(const OvIpAddress *address);

/* In text form (RFC 5952). Arena. */
const char *ov_ip_address_text(OvArena *arena, const OvIpAddress *address);
/* Decimal octets or single hexadecimal digits, with dots between: 192.0.2.1, 2.0.0.1.0.d.b.8 ...
 * Reversed it is the start of the name for reverse DNS. Arena. */
OvSlice ov_ip_address_dotted(OvArena *arena, const OvIpAddress *address, gboolean reversed);
/* The name under which PTR records stand (RFC 1035 3.5, RFC 3596 2.5). Arena. */
OvSlice ov_ip_address_reverse_name(OvArena *arena, const OvIpAddress *address);
