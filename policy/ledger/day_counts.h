/* Counts of many subjects over the last 24 hours, by the hour. When there are more subjects than it
 * may know, those with the least are forgotten. One thread at a time. */
#pragma once

#include <glib.h>

typedef struct OvDayCounts OvDayCounts;

/* most: subjects, of some 150 octets each. */
OvDayCounts *ov_day_counts_new(guint most);
void ov_day_counts_free(OvDayCounts *counts);

/* Adds n to a subject at time, microseconds since the epoch; keys are spread evenly (rules/hash.h).
 * Returns what it has in the 24 hours up to its latest, n with it; 0 where time is before them. */
guint32 ov_day_counts_add(OvDayCounts *counts, guint64 key, guint n, gint64 time);
/* What it has in the 24 hours up to now. A clock that was set back is taken to stand still. */
guint32 ov_day_counts_of(const OvDayCounts *counts, guint64 key, gint64 now);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvDayCounts, ov_day_counts_free)
