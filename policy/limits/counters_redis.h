/* Counters of a fleet: whatever one node counts, all nodes that use the same Redis know before they
 * decide, so that a limit holds for all of them together as it holds in one process. A decision is
 * one round trip, rarely two; those that wait at the same time share one.
 *
 * Where Redis is away, late, or refuses, each node goes on with what it knows, and nothing waits
 * longer than twice the time limit. What was counted meanwhile is told when Redis is back, once;
 * so is all that a Redis has lost. A process that is killed loses nothing that it told. */
#pragma once

#include "policy/limits/counters.h"
#include "policy/limits/redis_place.h"

typedef struct OvCountersRedis OvCountersRedis;

typedef struct {
    const OvRedisPlace *place;
    const char *node;  /* this one's name, another for each */
    gint64 time_limit; /* microseconds, of a round trip */
    /* Called on a thread of its own when Redis went away (a sentence without a full stop) or
     * answers again (NULL); not for the first answer. */
    void (*change)(const char *trouble, gpointer data);
    gpointer data;
} OvCountersRedisSettings;

/* Waits for the first try to connect. Borrows all, which must outlive it. */
OvCountersRedis *ov_counters_redis_start(OvCounters *counters,
                                         const OvCountersRedisSettings *settings);
/* Tells what is to be told, within a second. The counters go on alone. NULL does nothing. */
void ov_counters_redis_stop(OvCountersRedis *redis);

typedef struct {
    char *trouble; /* NULL: it answers. The caller frees it */
    gint64 since;  /* microseconds since the epoch: when that began */
    guint64 asked; /* decisions in Redis */
    guint64 again; /* round trips for a decision beyond its first */
    guint64 alone; /* decisions without it */
    guint untold;  /* subjects of which something is to be told */
} OvCountersRedisStatus;
void ov_counters_redis_status(OvCountersRedis *redis, OvCountersRedisStatus *status);
