/* Names that mail can come from. */
#pragma once

#include "rules/auth/dns.h"

/* The name has two labels or more, none empty or over 63 octets, 253 octets at most, and no final
 * dot (RFC 7208 4.3). */
gboolean ov_domain_name_is(OvSlice name);
