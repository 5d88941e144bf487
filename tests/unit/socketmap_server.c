#include "tests/unit/socketmap_server.h"

#include <arpa/inet.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { MAX_CLIENTS = 32, MAX_QUESTION = 4096, TICK = 20 /* milliseconds */ };

typedef struct {
    int socket;
    guint answers;
} Client;

struct SocketmapServer {
    char *path;
    guint port, per_connection;
    int listeners[2];
    GThread *thread;
    Client clients[MAX_CLIENTS]; /* the thread's */
    guint n_clients;
    GMutex lock; /* guards all below */
    GCond changed;
    gboolean stopping, hold;
    char *reply, *asked;
    guint n_questions, n_connections;
};

static gboolean is_stopping(SocketmapServer *server) {
    g_mutex_lock(&server->lock);
    gboolean stopping = server->stopping;
    g_mutex_unlock(&server->lock);
    return stopping;
}

/* A whole netstring: its reply is one, too. */
static gboolean is_whole(const char *reply) {
    const char *colon = strchr(reply, ':');
    return colon && g_ascii_isdigit(*reply) &&
           strlen(colon + 1) == g_ascii_strtoull(reply, NULL, 10) + 1 &&
           g_str_has_suffix(reply, ",");
}

/* FALSE where the connection is to be closed. */
static gboolean serve(SocketmapServer *server, Client *client) {
    char question[MAX_QUESTION];
    gssize n = recv(client->socket, question, sizeof question - 1, 0);
    if (n <= 0)
        return FALSE;
    g_mutex_lock(&server->lock);
    g_free(server->asked);
    server->asked = g_strndup(question, (gsize)n);
    server->n_questions++;
    while (server->hold && !server->stopping)
        g_cond_wait(&server->changed, &server->lock);
    g_autofree char *reply = g_strdup(server->reply);
    g_mutex_unlock(&server->lock);
    gboolean sent =
        send(client->socket, reply, strlen(reply), MSG_NOSIGNAL) == (gssize)strlen(reply);
    client->answers++;
    return sent && is_whole(reply) &&
           (server->per_connection == 0 || client->answers < server->per_connection);
}

static void take_client(SocketmapServer *server, int listener) {
    int made = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (made < 0 || server->n_clients == MAX_CLIENTS) {
        if (made >= 0)
            close(made);
        return;
    }
    server->clients[server->n_clients++] = (Client){made, 0};
    g_mutex_lock(&server->lock);
    server->n_connections++;
    g_mutex_unlock(&server->lock);
}

static gpointer run(gpointer data) {
    SocketmapServer *server = data;
    while (!is_stopping(server)) {
        struct pollfd fds[2 + MAX_CLIENTS];
        guint n = server->n_clients;
        for (guint i = 0; i < 2; i++)
            fds[i] = (struct pollfd){.fd = server->listeners[i], .events = POLLIN};
        for (guint i = 0; i < n; i++)
            fds[2 + i] = (struct pollfd){.fd = server->clients[i].socket, .events = POLLIN};
        if (poll(fds, 2 + n, TICK) <= 0)
            continue;
        for (guint i = n; i-- > 0;)
            if (fds[2 + i].revents && !serve(server, &server->clients[i])) {
                close(server->clients[i].socket);
                server->clients[i] = server->clients[--server->n_clients];
            }
        for (guint i = 0; i < 2; i++)
            if (fds[i].revents)
                take_client(server, server->listeners[i]);
    }
    return NULL;
}

static int listen_on(int family, const struct sockaddr *address, socklen_t length) {
    int listener = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_assert(listener >= 0 && bind(listener, address, length) == 0 && listen(listener, 16) == 0);
    return listener;
}

SocketmapServer *socketmap_server_start(const char *directory, const char *reply,
                                        guint per_connection) {
    SocketmapServer *server = g_new0(SocketmapServer, 1);
    struct sockaddr_un local = {.sun_family = AF_UNIX};
    struct sockaddr_in inet = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof inet;
    server->path = g_build_filename(directory, "socketmap", NULL);
    server->reply = g_strdup(reply);
    server->per_connection = per_connection;
    g_strlcpy(local.sun_path, server->path, sizeof local.sun_path);
    g_unlink(server->path);
    server->listeners[0] = listen_on(AF_UNIX, (const struct sockaddr *)&local, sizeof local);
    server->listeners[1] = listen_on(AF_INET, (const struct sockaddr *)&inet, sizeof inet);
    getsockname(server->listeners[1], (struct sockaddr *)&inet, &length);
    server->port = ntohs(inet.sin_port);
    server->thread = g_thread_new("socketmap", run, server);
    return server;
}

void socketmap_server_stop(SocketmapServer *server) {
    g_mutex_lock(&server->lock);
    server->stopping = TRUE;
    g_cond_broadcast(&server->changed);
    g_mutex_unlock(&server->lock);
    g_thread_join(server->thread);
    for (guint i = 0; i < server->n_clients; i++)
        close(server->clients[i].socket);
    for (guint i = 0; i < 2; i++)
        close(server->listeners[i]);
    g_unlink(server->path);
    g_free(server->path);
    g_free(server->reply);
    g_free(server->asked);
    g_mutex_clear(&server->lock);
    g_cond_clear(&server->changed);
    g_free(server);
}

const char *socketmap_server_path(const SocketmapServer *server) {
    return server->path;
}

guint socketmap_server_port(const SocketmapServer *server) {
    return server->port;
}

void socketmap_server_reply(SocketmapServer *server, const char *reply) {
    g_mutex_lock(&server->lock);
    g_free(server->reply);
    server->reply = g_strdup(reply);
    g_mutex_unlock(&server->lock);
}

void socketmap_server_hold(SocketmapServer *server, gboolean hold) {
    g_mutex_lock(&server->lock);
    server->hold = hold;
    g_cond_broadcast(&server->changed);
    g_mutex_unlock(&server->lock);
}

const char *socketmap_server_asked(SocketmapServer *server) {
    g_mutex_lock(&server->lock);
    const char *asked = server->asked ? server->asked : "";
    g_mutex_unlock(&server->lock);
    return asked;
}

static guint counted(SocketmapServer *server, const guint *counter) {
    g_mutex_lock(&server->lock);
    guint n = *counter;
    g_mutex_unlock(&server->lock);
    return n;
}

guint socketmap_server_questions(SocketmapServer *server) {
    return counted(server, &server->n_questions);
}

guint socketmap_server_connections(SocketmapServer *server) {
    return counted(server, &server->n_connections);
}
