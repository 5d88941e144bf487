/* A redis-server of the test's own, without persistence, on a Unix socket of a directory of its
 * own. */
#pragma once

#include "policy/limits/redis_link.h"

typedef struct RedisServer RedisServer;

/* options: of redis-server's command line, NULL-terminated; or NULL. */
RedisServer *redis_server_start(const char *const *options);
void redis_server_free(RedisServer *server); /* ends it, too */

const char *redis_server_directory(const RedisServer *server);
const char *redis_server_socket(const RedisServer *server);

/* Ends it, with all its data; begins it again. */
void redis_server_stop(RedisServer *server);
void redis_server_restart(RedisServer *server);
/* It takes what it is sent, and does not answer, until it goes on. */
void redis_server_pause(RedisServer *server);
void redis_server_go_on(RedisServer *server);

/* Gives it a command of one to three words, and gives its reply, for freeReplyObject. */
redisReply *redis_server_ask(RedisServer *server, const char *word, const char *second,
                             const char *third);
void redis_server_do(RedisServer *server, const char *word, const char *second);
