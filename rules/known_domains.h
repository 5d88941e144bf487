/* Domains that mean something by themselves. */
#pragma once

#include "rules/slice.h"

/* domain (lower case, A-labels) is one that no public mail can have: localhost, .local, .lan,
 * .internal, .invalid, .test, .example, example.com and the like (RFC 6761, RFC 2606, RFC 6762). */
gboolean ov_domain_is_reserved(OvSlice domain);

/* domain (lower case, A-labels) is one in which a provider gives mailboxes to whoever asks
 * (rules/freemail_domains.def). The domains below it are the provider's own. */
gboolean ov_domain_is_freemail(OvSlice domain);
