/* The doubt whether the egress addresses are right: while so much mail fails SPF that they probably
 * are not (policy/spf_ring.h), no rule of SPF's holds mail. Its beginning and end are logged, and
 * raised as alerts. Thread-safe but for new and free. */
#pragma once

#include "policy/alert/alert.h"

typedef struct OvSpfDoubt OvSpfDoubt;

/* alerts: borrowed; NULL for none. */
OvSpfDoubt *ov_spf_doubt_new(OvAlerts *alerts);
void ov_spf_doubt_free(OvSpfDoubt *doubt);
/* What SPF came to for a message of that domain. now: microseconds since the epoch. */
void ov_spf_doubt_note(OvSpfDoubt *doubt, const char *domain, gboolean failed, gint64 now);
gboolean ov_spf_doubt_is_on(OvSpfDoubt *doubt, gint64 now);
/* Forgets everything: other addresses may be in force. */
void ov_spf_doubt_reset(OvSpfDoubt *doubt);
/* For `outvet status`: state ok or doubtful, since when, results, failing, failing_domains. */
json_t *ov_spf_doubt_json(OvSpfDoubt *doubt, gint64 now);
