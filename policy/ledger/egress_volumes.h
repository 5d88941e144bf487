/* How much mail of each stream leaves by each egress address, and by which senders, in the last 24
 * hours, by the hour. It knows some 20,000 pairs of address and sender, in 4 MiB at most, and
 * forgets first those that send least. One thread at a time. */
#pragma once

#include "rules/history.h"

typedef struct OvEgressVolumes OvEgressVolumes;

OvEgressVolumes *ov_egress_volumes_new(void);
void ov_egress_volumes_free(OvEgressVolumes *volumes);

/* A message that left at time, microseconds since the epoch; it counts where it has an egress
 * address and a stream. */
void ov_egress_volumes_add(OvEgressVolumes *volumes, const OvFingerprint *fingerprint,
                           guint recipients, gint64 time);
/* By an address. sender: that of the message at hand. */
OvEgressMail ov_egress_volumes_of(OvEgressVolumes *volumes, guint64 egress, guint64 sender,
                                  gint64 now);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvEgressVolumes, ov_egress_volumes_free)
