/* Questions that envelope and header alone tell must be asked, while the body still arrives. */
#pragma once

#include "rules/auth/resolver.h"
#include "rules/message.h"

/* header: its octets, to its end or some way; book: one of a resolver's. Keeps nothing of header;
 * the envelope's sender, egress and standing must outlive the book. */
void ov_early_ask(OvDnsBook *book, const OvEnvelope *envelope, OvSlice header);
