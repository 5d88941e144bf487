#include "tests/unit/redis_server.h"

#include <glib/gstdio.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { PATIENCE = 20 /* seconds */ };

struct RedisServer {
    char *directory, *socket;
    char **options;
    GPid pid; /* 0: none */
};

static gint64 patience(void) {
    return g_get_monotonic_time() + (gint64)PATIENCE * G_USEC_PER_SEC;
}

static OvRedisLink *open_link(const RedisServer *server) {
    OvRedisPlace place = {.path = server->socket};
    return ov_redis_link_open(&place, patience(), NULL);
}

/* It ends with the test, however that ends. */
static void die_with_parent(gpointer data) {
    (void)data;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
}

void redis_server_restart(RedisServer *server) {
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    const char *own[] = {"redis-server",
                         "--port",
                         "0",
                         "--unixsocket",
                         server->socket,
                         "--save",
                         "",
                         "--appendonly",
                         "no",
                         "--dir",
                         server->directory,
                         "--loglevel",
                         "warning",
                         "--logfile",
                         "redis.log"};
    for (guint i = 0; i < G_N_ELEMENTS(own); i++)
        g_ptr_array_add(words, (gpointer)own[i]);
    for (guint i = 0; server->options && server->options[i]; i++)
        g_ptr_array_add(words, server->options[i]);
    g_ptr_array_add(words, NULL);
    g_autoptr(GError) error = NULL;
    if (!g_spawn_async(NULL, (char **)words->pdata, NULL,
                       G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL,
                       die_with_parent, NULL, &server->pid, &error))
        fail_msg("redis-server: %s", error->message);
    for (gint64 end = patience(); g_get_monotonic_time() < end; g_usleep(10000)) {
        g_autoptr(OvRedisLink) link = open_link(server);
        if (link)
            return;
    }
    fail_msg("redis-server does not answer");
}

RedisServer *redis_server_start(const char *const *options) {
    RedisServer *server = g_new0(RedisServer, 1);
    server->directory = g_dir_make_tmp("redis-XXXXXX", NULL);
    server->socket = g_build_filename(server->directory, "redis.sock", NULL);
    server->options = g_strdupv((char **)(guintptr)options);
    redis_server_restart(server);
    return server;
}

void redis_server_stop(RedisServer *server) {
    if (server->pid == 0)
        return;
    kill(server->pid, SIGKILL);
    waitpid(server->pid, NULL, 0);
    g_unlink(server->socket);
    server->pid = 0;
}

void redis_server_free(RedisServer *server) {
    redis_server_stop(server);
    g_autofree char *log = g_build_filename(server->directory, "redis.log", NULL);
    g_unlink(log);
    g_rmdir(server->directory);
    g_strfreev(server->options);
    g_free(server->directory);
    g_free(server->socket);
    g_free(server);
}

const char *redis_server_directory(const RedisServer *server) {
    return server->directory;
}

const char *redis_server_socket(const RedisServer *server) {
    return server->socket;
}

void redis_server_pause(RedisServer *server) {
    kill(server->pid, SIGSTOP);
}

void redis_server_go_on(RedisServer *server) {
    kill(server->pid, SIGCONT);
}

redisReply *redis_server_ask(RedisServer *server, const char *word, const char *second,
                             const char *third) {
    g_autoptr(OvRedisLink) link = open_link(server);
    assert_non_null(link);
    ov_redis_link_command(link, word, second, third, NULL);
    redisReply *reply = ov_redis_link_reply(link, patience(), NULL);
    assert_non_null(reply);
    return reply;
}

void redis_server_do(RedisServer *server, const char *word, const char *second) {
    redisReply *reply = redis_server_ask(server, word, second, NULL);
    assert_int_not_equal(reply->type, REDIS_REPLY_ERROR);
    freeReplyObject(reply);
}
