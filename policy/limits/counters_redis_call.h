/* A call of counters_redis.lua: what is told and claimed, as words of a command, and the answer. */
#pragma once

#include "policy/limits/counters_replica.h"
#include "policy/limits/redis_link.h"

/* The script itself. */
extern const char ov_counters_script[];
/* How all keys begin. Another number for another form of what is told, so that nodes of two
 * versions count apart rather than wrong. */
#define OV_COUNTERS_KEYS "outvet:2:"
/* The hash of nodes in which each has its connection. */
#define OV_COUNTERS_NODES OV_COUNTERS_KEYS "nodes"

typedef struct {
    const char *script;     /* its SHA-1, as SCRIPT LOAD gives it */
    guint64 node;           /* hash of the name */
    const char *connection; /* another word for each */
} OvCountersCaller;

/* Puts the command into the link; n may be 0, which only looks whether all is well. */
void ov_counters_call(OvRedisLink *link, const OvCountersCaller *caller, const OvTelling *tellings,
                      guint n);

typedef enum {
    OV_CALLED_CLAIMED, /* the claim is counted */
    OV_CALLED_TOLD,    /* it is not, but what was told was taken */
    OV_CALLED_NOTHING, /* nothing was taken */
    OV_CALLED_NO_SCRIPT,
    OV_CALLED_DATA_LOST,  /* Redis is empty */
    OV_CALLED_OTHER_NODE, /* another connection calls itself by the node's name */
    OV_CALLED_ERROR,      /* another one: what of it was done is not known */
} OvCalled;

/* What the answer means, n subjects of it in subjects, as long as reply and arena live. ERROR where
 * it makes no sense, too. */
OvCalled ov_counters_called(const redisReply *reply, OvToldSubject *subjects, guint n,
                            OvArena *arena);
/* The words of an error, fit for the log; the caller frees them. */
char *ov_counters_error(const redisReply *reply);

/* The key of a subject without its beginning, ACCOUNT:shop, say: a name that is long or has more
 * than letters, digits and .-_@+ in it is told by its SHA-256. */
char *ov_counters_key(const OvSubject *subject);
