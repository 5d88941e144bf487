/* A connection to a Redis, by TCP, TLS or Unix socket. Commands are put into it as many as there
 * are, then their replies are taken in the same order: one round trip. Nothing waits longer than
 * its deadline (monotonic, microseconds), but for the DNS at opening. Used by one thread at a time,
 * in a process that ignores SIGPIPE.
 *
 * After an error the connection is of no use any more. Errors are sentences without a full stop. */
#pragma once

#include "policy/limits/redis_place.h"

#include <hiredis.h>

typedef struct OvRedisLink OvRedisLink;

#define OV_REDIS_ERROR (ov_redis_error_quark())
GQuark ov_redis_error_quark(void);
typedef enum {
    OV_REDIS_ERROR_SETTINGS, /* a file of ours can't be read */
    OV_REDIS_ERROR_AWAY,     /* can't connect, no answer in time, connection lost */
    OV_REDIS_ERROR_REFUSED,  /* certificate, password, database */
} OvRedisError;

/* Connects, and logs in. Reads the place's files each time. */
OvRedisLink *ov_redis_link_open(const OvRedisPlace *place, gint64 deadline, GError **error);
/* NULL does nothing. */
void ov_redis_link_close(OvRedisLink *link);

/* The next command has so many words. */
void ov_redis_link_begin(OvRedisLink *link, guint words);
void ov_redis_link_word(OvRedisLink *link, const void *word, gsize length);
/* The same in one, of NUL-terminated words; ends with NULL. */
void ov_redis_link_command(OvRedisLink *link, const char *word, ...) G_GNUC_NULL_TERMINATED;

/* The reply to the first command that has none yet, for freeReplyObject. NULL with error. */
redisReply *ov_redis_link_reply(OvRedisLink *link, gint64 deadline, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvRedisLink, ov_redis_link_close)
