/* Suspensions of a fleet whose nodes have ledgers of their own: what one node suspends or resumes,
 * all that use the same Redis do within a fifth of a second, and it stands in the ledger of each,
 * by "olga on mx1". Of two changes of one subject the later one holds, by the nodes' clocks.
 *
 * Redis keeps them in a list; none is lost with it: what a ledger has is told again to a Redis that
 * is empty, and what happened while it was away when it is back. Each node goes on by itself
 * meanwhile. A change is told as long as it is in force, and for a month. */
#pragma once

#include "policy/limits/redis_place.h"
#include "policy/limits/suspension.h"

typedef struct OvSuspensionsRedis OvSuspensionsRedis;

/* node: this one's name, another for each. time_limit: microseconds, for one answer of Redis.
 * Borrows all, which must outlive it. */
OvSuspensionsRedis *ov_suspensions_redis_start(OvSuspensions *suspensions, OvLedger *ledger,
                                               const OvRedisPlace *place, const char *node,
                                               gint64 time_limit);
/* NULL does nothing. */
void ov_suspensions_redis_stop(OvSuspensionsRedis *redis);
