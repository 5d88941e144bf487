/* How long judging took, counted by bounds: from the end of a message to its answer, the ledger's
 * commit included. Zeroed memory is an empty one. */
#pragma once

#include <glib.h>
#include <jansson.h>

enum { OV_LATENCY_BOUNDS = 10 };

typedef struct {
    guint64 count[OV_LATENCY_BOUNDS + 1]; /* by the least bound that held; the last: none did */
    gint64 sum;                           /* microseconds */
} OvLatency;

void ov_latency_count(OvLatency *latency, gint64 microseconds);
/* {"messages": 3, "seconds": 0.012, "within": {"0.005": 2, "0.01": 3, ...}}: each bound in seconds
 * with the messages that took no longer. A new reference. */
json_t *ov_latency_json(const OvLatency *latency);
