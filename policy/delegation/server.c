#include "policy/delegation/server.h"

#include "policy/delegation/connection.h"
#include "policy/delegation/listener.h"
#include "policy/log.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    MAX_EVENTS = 64,
    LOG_SECONDS = 10, /* between two lines of one kind: a flood must not fill the log */
};

/* One thread, its connections in order of their deadlines: those that owe something and those that
 * are idle each have one time limit, so that the ends of two lists are all that is looked at. */
typedef struct {
    OvPolicyServer *server;
    GThread *thread;
    int epoll;
    GQueue half, idle; /* OvPolicyConnection */
    gint64 logged;     /* monotonic; when a fault was told last */
    guint untold;      /* faults since */
} Loop;

struct OvPolicyServer {
    char *socket;
    int listener, wake; /* wake is readable from ov_policy_server_stop on */
    OvPolicyHandler handler;
    gpointer data;
    guint n_loops;
    Loop loops[OV_POLICY_MAX_THREADS];
    gint connections; /* atomic, as the following */
    gint full;        /* the limit of connections was told of, and still holds */
    gsize requests, closed;
};

G_DEFINE_QUARK(ov_policy_server_error, ov_policy_server_error)

static void tell_fault(Loop *loop, const char *fault) {
    gint64 now = g_get_monotonic_time();
    g_atomic_pointer_add(&loop->server->closed, 1);
    if (loop->logged > 0 && now - loop->logged < LOG_SECONDS * G_USEC_PER_SEC) {
        loop->untold++;
        return;
    }
    g_autofree char *more = loop->untold ? g_strdup_printf("%u", loop->untold) : NULL;
    ov_log(OV_LOG_WARNING, NULL, "event", "policy", "result", "closed", "error", fault,
           "others-since", more, NULL);
    loop->logged = now;
    loop->untold = 0;
}

static void unlink_connection(Loop *loop, OvPolicyConnection *connection) {
    g_queue_unlink(connection->half ? &loop->half : &loop->idle, &connection->link);
}

static void drop(Loop *loop, OvPolicyConnection *connection) {
    unlink_connection(loop, connection);
    /* Counted before it is closed: whoever sees the end of it finds it gone from the status. */
    g_atomic_int_add(&loop->server->connections, -1);
    g_atomic_int_set(&loop->server->full, 0);
    ov_policy_connection_free(connection);
}

/* A connection that goes on owing keeps its deadline, unless a request was answered meanwhile: who
 * sends an octet now and then is not waited for longer. */
static void set_deadline(Loop *loop, OvPolicyConnection *connection, gboolean progress) {
    gboolean half = ov_policy_connection_is_half(connection);
    if (half && connection->half && !progress)
        return;
    unlink_connection(loop, connection);
    connection->half = half;
    connection->deadline =
        g_get_monotonic_time() +
        (gint64)(half ? OV_POLICY_HALF_SECONDS : OV_POLICY_IDLE_SECONDS) * G_USEC_PER_SEC;
    g_queue_push_tail_link(half ? &loop->half : &loop->idle, &connection->link);
}

/* A connection's turn is over. */
static void end_turn(Loop *loop, OvPolicyConnection *connection, OvPolicyFate fate,
                     const char *fault) {
    if (fate != OV_POLICY_GO_ON) {
        if (fate == OV_POLICY_DROP)
            tell_fault(loop, fault);
        drop(loop, connection);
        return;
    }
    set_deadline(loop, connection, connection->answered > 0);
    guint events = ov_policy_connection_events(connection);
    struct epoll_event event = {.events = events, .data.ptr = connection};
    if (events != connection->events)
        epoll_ctl(loop->epoll, EPOLL_CTL_MOD, connection->fd, &event);
    connection->events = events;
}

/* The next request of each connection; those that have none leave the turn. How many there are. */
static guint take_requests(Loop *loop, OvPolicyConnection **turn, guint n,
                           OvPolicyRequest *requests) {
    guint n_requests = 0;
    for (guint i = 0; i < n; i++) {
        const char *fault;
        OvPolicyFate fate = ov_policy_connection_next(turn[i], &requests[n_requests], &fault);
        if (fate == OV_POLICY_ASKED)
            turn[n_requests++] = turn[i];
        else
            end_turn(loop, turn[i], fate, fault);
    }
    return n_requests;
}

/* Serves connections in which something came, at most MAX_EVENTS: their requests are answered
 * together. */
static void serve(Loop *loop, OvPolicyConnection **turn, guint n) {
    OvPolicyServer *server = loop->server;
    OvPolicyRequest requests[MAX_EVENTS];
    GString *answers[MAX_EVENTS];
    for (guint i = 0; i < n; i++)
        ov_policy_connection_begin(turn[i]);
    while ((n = take_requests(loop, turn, n, requests)) > 0) {
        for (guint i = 0; i < n; i++)
            answers[i] = ov_policy_connection_answer(turn[i]);
        /* Counted before the answer is on its way: whoever has it finds it in the status. */
        g_atomic_pointer_add(&server->requests, n);
        server->handler(requests, answers, n, server->data);
        for (guint i = 0; i < n; i++)
            ov_policy_connection_answered(turn[i]);
    }
}

static void take_connection(Loop *loop, int fd) {
    OvPolicyServer *server = loop->server;
    if (g_atomic_int_add(&server->connections, 1) >= OV_POLICY_MAX_CONNECTIONS) {
        g_atomic_int_add(&server->connections, -1);
        close(fd);
        g_atomic_pointer_add(&server->closed, 1);
        if (g_atomic_int_compare_and_exchange(&server->full, 0, 1))
            ov_log(OV_LOG_WARNING, NULL, "event", "policy", "error",
                   "8192 connections are open, further ones are closed; Postfix defers mail then: "
                   "lower smtpd's process limit in master.cf, or find who holds them",
                   NULL);
        return;
    }
    OvPolicyConnection *connection = ov_policy_connection_new(fd);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    connection->events = EPOLLIN;
    g_queue_push_tail_link(&loop->idle, &connection->link);
    set_deadline(loop, connection, TRUE);
    if (epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event) < 0)
        drop(loop, connection);
}

static void accept_some(Loop *loop) {
    /* One at a time where other threads want their share. */
    guint most = loop->server->n_loops > 1 ? 1 : MAX_EVENTS;
    for (guint i = 0; i < most; i++) {
        int fd = accept4(loop->server->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd >= 0) {
            take_connection(loop, fd);
        } else {
            /* Nothing can be accepted until others close theirs; the listener stays readable. */
            if (errno == EMFILE || errno == ENFILE || errno == ENOMEM)
                g_usleep(20 * 1000);
            return;
        }
    }
}

static void drop_late(Loop *loop, GQueue *queue, gint64 now, const char *fault) {
    OvPolicyConnection *connection;
    while ((connection = g_queue_peek_head(queue)) && connection->deadline <= now) {
        if (fault)
            tell_fault(loop, fault);
        drop(loop, connection);
    }
}

/* Milliseconds until the first deadline; -1 for none. */
static int time_left(const Loop *loop) {
    const OvPolicyConnection *half = g_queue_peek_head((GQueue *)&loop->half),
                             *idle = g_queue_peek_head((GQueue *)&loop->idle);
    if (!half && !idle)
        return -1;
    gint64 deadline = MIN(half ? half->deadline : G_MAXINT64, idle ? idle->deadline : G_MAXINT64);
    gint64 left = (deadline - g_get_monotonic_time()) / 1000 + 1;
    return (int)CLAMP(left, 0, 60 * 1000);
}

static gpointer run(gpointer data) {
    Loop *loop = data;
    OvPolicyServer *server = loop->server;
    struct epoll_event events[MAX_EVENTS];
    OvPolicyConnection *turn[MAX_EVENTS];
    for (;;) {
        int n = epoll_wait(loop->epoll, events, MAX_EVENTS, time_left(loop));
        guint ready = 0;
        for (int i = 0; i < n; i++) {
            if (events[i].data.ptr == &server->wake)
                return NULL;
            if (events[i].data.ptr == &server->listener)
                accept_some(loop);
            else
                turn[ready++] = events[i].data.ptr;
        }
        serve(loop, turn, ready);
        gint64 now = g_get_monotonic_time();
        drop_late(loop, &loop->half, now, "the rest of a request did not come within 10 s");
        drop_late(loop, &loop->idle, now, NULL);
    }
}

static gboolean watch(Loop *loop, int fd, void *mark, guint events) {
    struct epoll_event event = {.events = events, .data.ptr = mark};
    return epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

static gboolean open_loop(OvPolicyServer *server, Loop *loop) {
    loop->server = server;
    loop->epoll = epoll_create1(EPOLL_CLOEXEC);
    return loop->epoll >= 0 && watch(loop, server->wake, &server->wake, EPOLLIN) &&
           watch(loop, server->listener, &server->listener, EPOLLIN | EPOLLEXCLUSIVE);
}

static void server_free(OvPolicyServer *server) {
    for (guint i = 0; i < server->n_loops; i++) {
        Loop *loop = &server->loops[i];
        drop_late(loop, &loop->half, G_MAXINT64, NULL);
        drop_late(loop, &loop->idle, G_MAXINT64, NULL);
        if (loop->epoll >= 0)
            close(loop->epoll);
    }
    ov_listener_close(server->socket, server->listener);
    if (server->wake >= 0)
        close(server->wake);
    g_free(server->socket);
    g_free(server);
}

/* A descriptor a connection. Where that is not allowed, accept_some waits for others to close. */
static void raise_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = MIN(limit.rlim_max, 4 * OV_POLICY_MAX_CONNECTIONS);
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

OvPolicyServer *ov_policy_server_start(const OvPolicyPlace *place, OvPolicyHandler handler,
                                       gpointer data, GError **error) {
    g_autofree char *trouble = NULL;
    int listener = ov_listener_open(place->socket, place->group, &trouble);
    if (listener < 0) {
        g_set_error(error, OV_POLICY_SERVER_ERROR, OV_POLICY_SERVER_ERROR_SOCKET,
                    "[policy] socket = %s: %s", place->socket, trouble);
        return NULL;
    }
    raise_limit();
    OvPolicyServer *server = g_new0(OvPolicyServer, 1);
    server->socket = g_strdup(place->socket);
    server->listener = listener;
    server->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    server->handler = handler;
    server->data = data;
    gboolean opened = server->wake >= 0;
    while (opened && server->n_loops < place->threads)
        opened = open_loop(server, &server->loops[server->n_loops++]);
    if (!opened) {
        g_set_error(error, OV_POLICY_SERVER_ERROR, OV_POLICY_SERVER_ERROR_SOCKET,
                    "[policy] socket = %s: %s", place->socket, g_strerror(errno));
        server_free(server);
        return NULL;
    }
    for (guint i = 0; i < server->n_loops; i++)
        server->loops[i].thread = g_thread_new("policy", run, &server->loops[i]);
    return server;
}

void ov_policy_server_stop(OvPolicyServer *server) {
    if (!server)
        return;
    guint64 one = 1;
    while (write(server->wake, &one, sizeof one) < 0 && errno == EINTR)
        continue;
    for (guint i = 0; i < server->n_loops; i++)
        g_thread_join(server->loops[i].thread);
    server_free(server);
}

static gsize count(gsize *counter) {
    return (gsize)g_atomic_pointer_get((gpointer *)(gpointer)counter);
}

void ov_policy_server_status(OvPolicyServer *server, OvPolicyStatus *status) {
    *status = (OvPolicyStatus){
        .connections = (guint)g_atomic_int_get(&server->connections),
        .requests = count(&server->requests),
        .closed = count(&server->closed),
    };
}
