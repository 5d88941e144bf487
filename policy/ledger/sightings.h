/* Sightings: about how many different messages, to about how many different recipients, of each of
 * many subjects (a text's shape, an address) were seen in 24 hours, to the hour.
 *
 * A message marks one of 64 places of its subject by its number, a recipient one of 256; a mark
 * tells the hour it was set last. How many are marked tells how many there were (linear counting,
 * Whang 1990): within some 7 % up to a hundred recipients. What is told twice, or in another order,
 * marks the same places. The subject that was seen longest ago makes room for a new one. One thread
 * at a time. */
#pragma once

#include "rules/history.h"

typedef struct OvSightings OvSightings;

/* memory: the most octets it may grow to; it starts small. */
OvSightings *ov_sightings_new(gsize memory);
void ov_sightings_free(OvSightings *sightings);

/* A subject of its own number, without marks; owner and name are what it is known again by. */
guint32 ov_sightings_add(OvSightings *sightings, guint64 owner, guint64 name);
/* TRUE while the number is that of a subject of this owner; *name is its name. Numbers go to other
 * subjects when theirs is forgotten. */
gboolean ov_sightings_is(const OvSightings *sightings, guint32 subject, guint64 owner,
                         guint64 *name);

/* Times in hours since the epoch. message and recipients are spread evenly (rules/hash.h). */
void ov_sightings_mark(OvSightings *sightings, guint32 subject, gint64 hour, guint64 message,
                       const guint64 *recipients, guint n_recipients);
OvSeen ov_sightings_seen(const OvSightings *sightings, guint32 subject, gint64 hour);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvSightings, ov_sightings_free)
