/* The different things that a subject had to do with lately, as the domains of its recipients, and
 * when each was last seen. Pure; used by one thread at a time.
 *
 * Things are known by 32 bits of their hash: of 2,000 different ones, all are told apart in 999 of
 * 2,000 cases, and one too few in nearly all others. Of more than it holds, those that were not
 * seen for longest are forgotten. */
#pragma once

#include "policy/limits/meter.h"

typedef enum {
    OV_THING_DOMAINS, /* recipients' domains */
    OV_THING_FAILED,  /* recipients that mail could not be delivered to */
    OV_THING_CLIENTS, /* addresses that it came from */
    OV_N_THINGS
} OvThing;

/* All that is counted of a subject: amounts, then how often things were seen. */
enum { OV_N_WEIGHTS = OV_N_AMOUNTS + OV_N_THINGS };

/* The most of one kind that is known. */
guint ov_thing_most(OvThing thing);

/* Some things of one kind. */
typedef struct {
    const guint32 *marks;
    guint n;
} OvThings;

/* The mark of a thing, in lower case where that is ASCII. */
guint32 ov_thing_mark(const char *text, gsize length);

typedef struct OvDistinct OvDistinct;

OvDistinct *ov_distinct_new(void);
void ov_distinct_free(OvDistinct *distinct);

/* now: microseconds since the epoch; kept in seconds. */
void ov_distinct_see(OvDistinct *distinct, OvThing thing, OvThings marks, gint64 now);
/* Sees all that other saw, each when it was seen there last. */
void ov_distinct_merge(OvDistinct *distinct, const OvDistinct *other);
/* Makes all of it so many microseconds older, as ov_meter_set_back does. */
void ov_distinct_set_back(OvDistinct *distinct, gint64 by);
/* How many were seen in the span up to now, these with them. distinct may be NULL. */
guint ov_distinct_count(const OvDistinct *distinct, OvThing thing, OvSpan span, OvThings marks,
                        gint64 now);

/* As it is kept in the ledger; NULL where nothing was seen in the last 30 days. */
GByteArray *ov_distinct_write(const OvDistinct *distinct, gint64 now);
/* Sees what the octets tell, too. FALSE where they are none of those. */
gboolean ov_distinct_read(OvDistinct *distinct, const guint8 *octets, gsize length);
