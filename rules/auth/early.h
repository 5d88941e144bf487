/* Questions that the header alone tells must be asked, while the body still arrives. */
#pragma once

#include "rules/auth/resolver.h"

/* header: its octets, to its end or some way; book: one of a resolver's. Reads what it needs at
 * once and keeps nothing of header. */
void ov_early_ask(OvDnsBook *book, OvSlice header);
