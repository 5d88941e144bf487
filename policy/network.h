/* Networks in CIDR form: "192.0.2.0/24", "2001:db8::/32", or a single address. */
#pragma once

#include <glib.h>

typedef struct {
    guint8 address[16]; /* IPv4 as ::ffff:a.b.c.d */
    guint bits;         /* of the 128 that count */
} OvNetwork;

/* FALSE for what is no address, a prefix out of range, or bits set beyond the prefix. */
gboolean ov_network_parse(const char *text, OvNetwork *network);
/* address: in text form, also with Sendmail's "IPv6:" before it; what is no address is in no
 * network. */
gboolean ov_network_contains(const OvNetwork *network, const char *address);
enum { OV_NETWORK_TEXT_SIZE = 50 };
/* The shortest form; of a single address without its prefix. */
void ov_network_format(const OvNetwork *network, char text[OV_NETWORK_TEXT_SIZE]);
