/* One subject as a fleet counts it. Each node counts its own mail in its own part, knows the parts
 * of the others as far as they were told, and what a subject did is the sum. Parts are told through
 * Redis (policy/limits/counters_redis.lua): news of a part as they come, or the whole part in the
 * place of what was told before, where it is not known what of that arrived. So nothing is counted
 * twice, and whoever is asked last knows of all that was counted before.
 *
 * A claim is made on what the node knows, with the highest weights (sums of all that was ever
 * counted) at which it would still be welcome; it is counted if nobody counted more meanwhile.
 * Otherwise the node hears what the others counted, and looks again.
 *
 * For policy/limits/counters*.c; under the counters' lock. A replica may be NULL where it is only
 * read: the subject is this node's alone. */
#pragma once

#include "policy/limits/counters_internal.h"

enum { OV_REPLICA_MOST_OTHERS = 255 }; /* nodes */

void ov_replica_free(OvReplica *replica);
/* That of the counter, begun where there is none. */
OvReplica *ov_replica_have(OvCounter *counter);

/* Something is under way or to be told: its counter must stay. */
gboolean ov_replica_is_busy(const OvReplica *replica);
/* Nothing that others did is in any span any more. */
gboolean ov_replica_is_over(const OvReplica *replica, gint64 now);
/* The others' meters, into room for OV_REPLICA_MOST_OTHERS; how many. */
guint ov_replica_meters(const OvReplica *replica, const OvMeter **meters);
/* Adds what others have reserved; of a node that says nothing more, for a quarter of an hour. */
void ov_replica_add_reserved(const OvReplica *replica, gint64 now, OvAmounts *amounts);

/* What is counted now; before it is. What is reserved now, or (sign -1) no longer. They do nothing
 * where counters are not shared. */
void ov_replica_note_count(OvCounters *counters, OvCounter *counter, const OvAmounts *amounts,
                           const OvThings things[OV_N_THINGS], gint64 now);
void ov_replica_note_reserved(OvCounters *counters, OvCounter *counter, const OvAmounts *amounts,
                              gint sign);
/* TRUE where the meter that the ledger kept is to be added to the counter's own: nobody told more.
 */
gboolean ov_replica_recall(OvCounters *counters, OvCounter *counter, const OvMeter *kept);

/* What one call tells of a subject, and asks for it. */
typedef struct {
    OvCounter *counter;
    guint64 epoch, known; /* as the replica has them; epoch 0 for none */
    gboolean alone;       /* there is no more to tell than this */
    GByteArray *part;     /* NULL: none */
    gboolean replaces;    /* the part takes the place of what was told */
    OvCounterNews *news;  /* NULL: none */
    gboolean claims;
    double limits[OV_N_WEIGHTS];
    OvCounterNews claim; /* part and weights */
    OvAmounts before;    /* that the ticket had reserved */
} OvTelling;

/* Takes from the counter what is to be told of it. */
void ov_telling_begin(OvTelling *telling, OvCounter *counter, guint64 node, gint64 now);
/* Claims. room: what the bounds leave beside the claim. */
void ov_telling_claim(OvTelling *telling, OvCounters *counters, const OvDecision *decision,
                      const OvClaim *claim, const double room[OV_N_WEIGHTS]);
/* The counter stays until then. */
void ov_telling_clear(OvTelling *telling);

/* News of a node with its number, or a part with the number of the last news in it; octets as
 * ov_counter_part_write gives them. */
typedef struct {
    guint64 number;
    const guint8 *octets;
    gsize length;
} OvTold;

typedef enum {
    OV_TOLD_NEWS,
    OV_TOLD_ALL,
    OV_TOLD_OTHER /* than is known: all of it */
} OvToldState;

/* What is answered of a subject. */
typedef struct {
    OvToldState state;
    guint64 epoch; /* 0: it is not there */
    guint64 number;
    double weights[OV_N_WEIGHTS];
    const OvTold *news, *parts;
    guint n_news, n_parts;
} OvToldSubject;

/* What became of a telling. */
typedef enum {
    OV_TELLING_TAKEN,   /* but for the claim */
    OV_TELLING_LEFT,    /* nothing was taken */
    OV_TELLING_UNKNOWN, /* that is not known */
} OvTellingEnd;

/* Ends it; told: NULL where nothing was answered. FALSE where what was told makes no sense. *moved:
 * there is more than was known when the telling began. Queues the counter where there is still
 * something to tell. */
gboolean ov_telling_end(OvTelling *telling, OvCounters *counters, OvTellingEnd end,
                        const OvToldSubject *told, guint64 node, gint64 now, gboolean *moved);
/* The claim was counted there, and is now here, by ov_counters_settle between these two. */
void ov_telling_settle(const OvTelling *telling);
void ov_telling_settled(const OvTelling *telling, OvCounters *counters, const OvDecision *decision,
                        const OvClaim *claim);

/* The counter's meter was set back with the clock: all of it is told again. */
void ov_replica_set_back(OvCounters *counters, OvCounter *counter);
/* All of the node's part is to be told again: what was told is lost. */
void ov_replica_tell_all(OvCounters *counters, OvCounter *counter);
