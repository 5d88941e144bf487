/* How much mail each domain sends to the personal mailboxes of the big providers, in memory: of the
 * last 24 hours, by the hour; and which domains are bulk senders there. Thread-safe.
 *
 * Of mail it knows some 100,000 pairs of domain and provider, and forgets first those that send
 * least; of bulk senders it forgets none. */
#pragma once

#include "rules/history.h"

/* Messages in 24 hours. Gmail says "close to 5,000". */
enum { OV_VOLUME_NEAR = 4000, OV_VOLUME_BULK = 5000 };

typedef struct OvVolumes OvVolumes;

OvVolumes *ov_volumes_new(void);
void ov_volumes_free(OvVolumes *volumes);

/* What a domain's mail came to by the last messages, and had not before. */
typedef enum {
    OV_VOLUME_STEP_NONE,
    OV_VOLUME_STEP_NEAR, /* OV_VOLUME_NEAR */
    OV_VOLUME_STEP_BULK, /* OV_VOLUME_BULK: it is a bulk sender from now on */
} OvVolumeStep;

/* Messages of domain (an organisational one, whatever its case) that left at time (microseconds
 * since the epoch). */
OvVolumeStep ov_volumes_add(OvVolumes *volumes, OvSlice domain, OvProvider provider, guint messages,
                            gint64 time);
/* The same of mail that is known from the ledger: no step is made by it. */
void ov_volumes_recall(OvVolumes *volumes, OvSlice domain, OvProvider provider, guint messages,
                       gint64 time);
/* Forgets how much was sent, as after a clock that was set back; who is a bulk sender stays. */
void ov_volumes_forget(OvVolumes *volumes);
/* A bulk sender, or none after all. */
void ov_volumes_mark(OvVolumes *volumes, OvSlice domain, OvProvider provider, gboolean bulk);

OvVolume ov_volumes_of(OvVolumes *volumes, OvSlice domain, OvProvider provider, gint64 now);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvVolumes, ov_volumes_free)
