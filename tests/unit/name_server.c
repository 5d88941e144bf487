#include "tests/unit/name_server.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

struct NameServer {
    GPid pid;
    int in;
    char *address, *table;
};

static char *write_table(const char *table) {
    char *path = NULL;
    int fd = g_file_open_tmp("outvet-table-XXXXXX", &path, NULL);
    g_assert(fd >= 0);
    close(fd);
    g_assert_true(g_file_set_contents(path, table, -1, NULL));
    return path;
}

NameServer *name_server_new(const char *table, guint delay) {
    NameServer *server = g_new0(NameServer, 1);
    const char *source = g_getenv("OUTVET_SOURCE");
    g_autofree char *program =
        g_build_filename(source ? source : ".", "tests/tools/name-server", NULL);
    g_autofree char *option = g_strdup_printf("--delay=%u", delay);
    server->table = table ? write_table(table) : NULL;
    const char *const argv[] = {program, option, server->table, NULL};
    int out;
    g_autoptr(GError) error = NULL;
    if (!g_spawn_async_with_pipes(NULL, (char **)(guintptr)argv, NULL,
                                  G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_CLOEXEC_PIPES, NULL, NULL,
                                  &server->pid, &server->in, &out, NULL, &error))
        g_error("%s: %s", program, error->message);
    FILE *said = fdopen(out, "r");
    guint port = 0;
    g_assert(fscanf(said, "port %u", &port) == 1);
    fclose(said);
    server->address = g_strdup_printf("127.0.0.1@%u", port);
    return server;
}

void name_server_free(NameServer *server) {
    if (!server)
        return;
    close(server->in);
    waitpid(server->pid, NULL, 0);
    g_spawn_close_pid(server->pid);
    if (server->table)
        g_unlink(server->table);
    g_free(server->table);
    g_free(server->address);
    g_free(server);
}

const char *name_server_address(const NameServer *server) {
    return server->address;
}

void name_server_set_deaf(NameServer *server, gboolean deaf) {
    kill(server->pid, deaf ? SIGUSR1 : SIGUSR2);
}
