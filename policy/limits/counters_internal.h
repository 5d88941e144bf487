/* What counters are made of, for policy/limits/counters*.c; all of it under the counters' lock. */
#pragma once

#include "policy/limits/counter_part.h"
#include "policy/limits/counters.h"

enum { OV_COUNTERS_SHARDS = 256 }; /* so that no table grows at one go for longer than a moment */

/* What is to be told of a subject, and what it weighs. */
typedef struct {
    OvCounterPart part;
    double weights[OV_N_WEIGHTS];
} OvCounterNews;

/* How counters that are shared stand with a subject (policy/limits/counters_replica.h). */
typedef struct {
    guint64 epoch;       /* the subject is known by in Redis; 0: it is not there */
    guint64 number;      /* of the news taken last */
    gint64 taken;        /* when, microseconds since the epoch; 0 for never */
    guint32 before;      /* time of the meter's newest entry before this process counted; 0: none */
    gboolean met;        /* what Redis had of it is known */
    gboolean all;        /* all of the node's part is to be told, in the place of news */
    gboolean queued;     /* to be told */
    gboolean quiet;      /* what is counted now was told already */
    guint under_way;     /* calls that are about it */
    guint told;          /* news of ours that are in no part there */
    OvCounterNews *news; /* not told yet; NULL for none */
    double *ahead;       /* weights of what is under way; NULL for none */
    double weights[OV_N_WEIGHTS]; /* there, when it was taken last */
    GArray *others;               /* OvCounterPart of other nodes; NULL for none */
} OvReplica;

/* The key of its shard's table; a name follows it in memory. */
typedef struct {
    OvSubject subject;
    guint64 hash;
    OvMeter meter;        /* what this node counted */
    OvAmounts *reserved;  /* by this node; NULL where nothing is */
    OvDistinct *distinct; /* whoever saw it; NULL where there is nothing of it */
    gint64 since;         /* likewise */
    gboolean changed;     /* and so in the list */
    OvReplica *replica;   /* NULL where it is not shared, or not yet */
} OvCounter;

/* Who shares them. */
typedef struct OvSharing OvSharing;
struct OvSharing {
    /* Decides for all nodes what is weighed, and counts or reserves what is taken; lets go of the
     * lock meanwhile. What it leaves undecided this node decides alone. */
    void (*ask)(OvSharing *sharing, OvDecision *decisions, guint n);
    /* The subject has something to be told. */
    void (*queue)(OvSharing *sharing, OvCounter *counter);
};

struct OvCounters {
    GMutex lock; /* all of it */
    GHashTable *shards[OV_COUNTERS_SHARDS];
    GHashTable *reservations;
    GQueue changed; /* OvCounter *, oldest change first */
    guint n_subjects;
    guint hand;  /* shard where room is made next */
    guint swept; /* shard that was swept last */
    guint64 forgotten;
    gint64 set_back;    /* the most that a subject was at once, microseconds */
    OvSharing *sharing; /* NULL where they are this node's alone */
};

OvCounter *ov_counter_have(OvCounters *counters, const OvSubject *subject);
/* Where what was counted is ahead of now, as the clock was set back, it is set back too, so that it
 * is counted for no longer than its span. Steps of less than a minute are left alone. */
void ov_counter_follow_clock(OvCounters *counters, OvCounter *counter, gint64 now);
void ov_counter_changed(OvCounters *counters, OvCounter *counter);
/* Nothing of it is left, whoever counted it, and nothing is under way. */
gboolean ov_counter_is_over(const OvCounter *counter, gint64 now);
/* Takes it out. */
void ov_counter_forget(OvCounters *counters, OvCounter *counter);

/* It has bounds, or may be drawn on an announcement. */
gboolean ov_claim_is_weighed(const OvClaim *claim);
/* One of its claims is. */
gboolean ov_decision_is_weighed(const OvDecision *decision);
/* The things that are counted: the domains of what was announced are not. */
void ov_claim_things(const OvClaim *claim, OvThings things[OV_N_THINGS]);
/* Weighs the bounds of all claims, those in the place of what the ticket has reserved, and draws on
 * announcements. rooms: NULL, or OV_N_WEIGHTS for each claim: how much more there may be of that
 * without another result. TRUE where no bound refuses. */
gboolean ov_counters_weigh(OvCounters *counters, const OvDecision *decision, double *rooms);
/* What the ticket has reserved of the counter. */
OvAmounts ov_counters_reserved(OvCounters *counters, guint64 ticket, const OvCounter *counter);
/* Does what was decided: counts or reserves in the place of what is reserved. */
void ov_counters_settle(OvCounters *counters, const OvDecision *decision);
/* What was reserved is no longer; nothing where nothing was. */
void ov_counters_unreserve(OvCounters *counters, guint64 ticket);
