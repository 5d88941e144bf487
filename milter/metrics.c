#include "milter/metrics.h"

#include "milter/metrics_text.h"
#include "milter/status.h"
#include "policy/delegation/listener.h"
#include "policy/listen_address.h"
#include "policy/local_socket.h"
#include "policy/log.h"

#include <microhttpd.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REQUEST_LIMIT = 16 * 1024 /* octets of a request's header */ };

static const gint64 LOOK = G_USEC_PER_SEC; /* for connections whose time is over */

/* A connection; all is used by the thread alone. */
typedef struct {
    int fd;
    gint64 deadline; /* monotonic */
} Client;

struct OvMetrics {
    OvDaemon *daemon;
    int wake; /* eventfd; readable from ov_metrics_stop on */
    struct MHD_Daemon *http;
    GQueue clients; /* of Client, the oldest first */
    GThread *thread;
};

G_DEFINE_QUARK(ov_metrics_error, ov_metrics_error)

/* --- requests --- */

/* Takes text over. */
static enum MHD_Result reply(struct MHD_Connection *connection, guint status, char *text,
                             const char *type) {
    struct MHD_Response *response =
        MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_MUST_FREE);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
    if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
        MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
    enum MHD_Result queued = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return queued;
}

static enum MHD_Result refuse(struct MHD_Connection *connection, guint status,
                              const char *sentence) {
    return reply(connection, status, g_strdup(sentence), "text/plain; charset=utf-8");
}

static char *figures(OvDaemon *daemon) {
    json_t *status = ov_status_json(daemon);
    char *text = ov_metrics_text(status);
    json_decref(status);
    return text;
}

/* Called with the header of a request, then with each part of its body, then at its end. */
static enum MHD_Result answer(void *data, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *body,
                              size_t *body_size, void **request) {
    (void)version;
    (void)body;
    const OvMetrics *metrics = data;
    gboolean begins = *request == NULL;
    *request = data;
    if (begins && !g_str_equal(url, "/metrics"))
        return refuse(connection, MHD_HTTP_NOT_FOUND, "There is /metrics and nothing else.\n");
    if (begins && !g_str_equal(method, "GET") && !g_str_equal(method, "HEAD"))
        return refuse(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "It is there to be read.\n");
    if (!begins && *body_size == 0)
        return reply(connection, MHD_HTTP_OK, figures(metrics->daemon), OV_METRICS_CONTENT_TYPE);
    *body_size = 0; /* nobody reads it */
    return MHD_YES;
}

/* --- connections --- */

static void note_connection(void *data, struct MHD_Connection *connection, void **context,
                            enum MHD_ConnectionNotificationCode code) {
    OvMetrics *metrics = data;
    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
        g_queue_remove(&metrics->clients, *context);
        g_free(*context);
        return;
    }
    Client *client = g_new(Client, 1);
    client->fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    client->deadline = g_get_monotonic_time() + OV_METRICS_SECONDS * G_USEC_PER_SEC;
    g_queue_push_tail(&metrics->clients, client);
    *context = client;
}

/* libmicrohttpd's own time limit begins anew with each octet. It closes what is shut down here. */
static void end_late(OvMetrics *metrics) {
    gint64 now = g_get_monotonic_time();
    for (GList *link = metrics->clients.head; link; link = link->next) {
        Client *client = link->data;
        if (client->deadline > now)
            continue;
        shutdown(client->fd, SHUT_RDWR);
        client->deadline = G_MAXINT64;
    }
}

/* How long nothing will happen by itself, microseconds. */
static gint64 pause_of(struct MHD_Daemon *http) {
    MHD_UNSIGNED_LONG_LONG milliseconds;
    if (MHD_get_timeout(http, &milliseconds) == MHD_NO)
        return LOOK;
    return CLAMP((gint64)milliseconds * 1000, 1000, LOOK);
}

static gpointer serve(gpointer data) {
    OvMetrics *metrics = data;
    int fd = MHD_get_daemon_info(metrics->http, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    do {
        MHD_run(metrics->http);
        end_late(metrics);
    } while (ov_local_wait(fd, POLLIN, metrics->wake,
                           g_get_monotonic_time() + pause_of(metrics->http)) >= 0);
    return NULL;
}

/* --- start and stop --- */

/* -1 with error. */
static int open_listener(const char *listen, GError **error) {
    gboolean loopback = TRUE;
    char *trouble = NULL;
    g_autofree char *socket = ov_listen_address_socket(listen, &loopback);
    if (!loopback)
        ov_log(OV_LOG_WARNING, NULL, "event", "metrics", "listen", listen, "warning",
               "whoever reaches this address reads how much mail is sent, without a password; "
               "let a firewall see to it that only Prometheus does",
               NULL);
    int listener = ov_listener_open(socket, "", &trouble);
    if (listener < 0)
        g_set_error(error, OV_METRICS_ERROR, OV_METRICS_ERROR_SOCKET, "[metrics] listen = %s: %s",
                    listen, trouble);
    g_free(trouble);
    return listener;
}

OvMetrics *ov_metrics_start(const char *listen, OvDaemon *daemon, GError **error) {
    int listener = open_listener(listen, error);
    if (listener < 0)
        return NULL;
    OvMetrics *metrics = g_new0(OvMetrics, 1);
    metrics->daemon = daemon;
    metrics->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    metrics->http =
        MHD_start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, answer, metrics, MHD_OPTION_LISTEN_SOCKET,
                         listener, MHD_OPTION_CONNECTION_LIMIT, (guint)OV_METRICS_MAX_CONNECTIONS,
                         MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)REQUEST_LIMIT,
                         MHD_OPTION_NOTIFY_CONNECTION, note_connection, metrics, MHD_OPTION_END);
    if (metrics->http) {
        metrics->thread = g_thread_new("metrics", serve, metrics);
        return metrics;
    }
    g_set_error(error, OV_METRICS_ERROR, OV_METRICS_ERROR_SOCKET,
                "[metrics] listen = %s: libmicrohttpd can't serve it", listen);
    close(metrics->wake);
    g_free(metrics);
    return NULL;
}

void ov_metrics_stop(OvMetrics *metrics) {
    if (!metrics)
        return;
    eventfd_write(metrics->wake, 1);
    g_thread_join(metrics->thread);
    MHD_stop_daemon(metrics->http); /* closes the listener, too */
    close(metrics->wake);
    g_free(metrics);
}
