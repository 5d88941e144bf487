/* Who sends most now: for `outvet top`. */
#pragma once

#include "policy/limits/counters.h"

#include <jansson.h>

/* What the subjects are ordered by, the most first. */
typedef enum { OV_TOP_BY_RATE, OV_TOP_BY_SCORE, OV_TOP_BY_HELD, OV_TOP_BY_BOUNCED } OvTopOrder;

/* "rate", "score", "held", "bounced" */
gboolean ov_top_order_from_name(const char *name, OvTopOrder *order);

/* The first of the kind that sent in the last 24 hours, at most most of them: an array of {"name",
 * "minute", "hour", "day" (recipients), "messages" (of 24 hours), "score" (their mean), "held",
 * "delivered", "bounced", "blocked" (in 24 hours), "usual" (or null)}. By rate: recipients of the
 * last hour, then of the last 24. */
json_t *ov_top_json(OvCounters *counters, OvSubjectKind kind, OvTopOrder order, guint most,
                    gint64 now);
