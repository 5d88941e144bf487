/* Asks a policy service as Postfix's smtpd(8) processes do: kept-open connections, one request on
 * its way on each.
 *
 *   policy_client [--connections N] [--requests N] [--rate N] PORT
 *
 * On the loopback address. --rate: requests a second in all; 0 for as many as there can be. Prints
 * one line of key=value. */
#include <arpa/inet.h>
#include <errno.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

enum { MAX_EVENTS = 64 };

typedef struct {
    int fd;
    gint64 asked; /* monotonic */
    guint number;
    gboolean waits; /* for an answer */
} Link;

typedef struct {
    gint connections, requests, rate, port;
    int epoll;
    Link *links;
    guint sent, answered;
    float *latency; /* milliseconds */
} Bench;

static void fail(const char *what) {
    fprintf(stderr, "policy_client: %s: %s\n", what, g_strerror(errno));
    exit(EX_UNAVAILABLE);
}

static void open_link(Bench *bench, Link *link) {
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((guint16)bench->port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    link->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (link->fd < 0 || connect(link->fd, (struct sockaddr *)&address, sizeof address) < 0)
        fail("connect");
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = link};
    epoll_ctl(bench->epoll, EPOLL_CTL_ADD, link->fd, &event);
}

static void ask(Bench *bench, Link *link) {
    char text[1024];
    link->number = bench->sent++;
    int length = g_snprintf(
        text, sizeof text,
        "request=smtpd_access_policy\nprotocol_state=RCPT\nprotocol_name=ESMTP\n"
        "client_address=192.0.2.7\nclient_port=%u\nclient_name=client.example\nhelo_name=client."
        "example\n"
        "sender=news%u@shop.example\nrecipient=ann@example.net\nrecipient_count=0\n"
        "queue_id=\ninstance=1a2b.692a4c11.%x.0\nsize=12345\nsasl_method=PLAIN\n"
        "sasl_username=shop%u\nsasl_sender=\nmail_version=3.7.11\n\n",
        1024 + link->number % 60000, link->number % 100, link->number, link->number % 1000);
    link->asked = g_get_monotonic_time();
    link->waits = TRUE;
    if (send(link->fd, text, (gsize)length, MSG_NOSIGNAL) != length)
        fail("send");
}

static void take(Bench *bench, Link *link) {
    char text[512];
    ssize_t n = recv(link->fd, text, sizeof text, 0);
    if (n < 2 || !g_str_has_prefix(text, "action=") || memcmp(text + n - 2, "\n\n", 2) != 0)
        fail("no answer");
    bench->latency[link->number] = (float)(g_get_monotonic_time() - link->asked) / 1000.0F;
    bench->answered++;
    link->waits = FALSE;
}

/* How many may have been asked by now. */
static guint due(const Bench *bench, gint64 began) {
    if (bench->rate == 0)
        return (guint)bench->requests;
    gdouble seconds = (gdouble)(g_get_monotonic_time() - began) / G_USEC_PER_SEC;
    return MIN((guint)bench->requests, (guint)(seconds * bench->rate) + 1);
}

static void run(Bench *bench, gint64 began) {
    struct epoll_event events[MAX_EVENTS];
    while (bench->answered < (guint)bench->requests) {
        for (gint i = 0; i < bench->connections && bench->sent < due(bench, began); i++)
            if (!bench->links[i].waits)
                ask(bench, &bench->links[i]);
        gboolean idle = bench->sent == bench->answered;
        int n = idle ? 0 : epoll_wait(bench->epoll, events, MAX_EVENTS, 1);
        if (idle)
            g_usleep(50);
        for (int i = 0; i < n; i++)
            take(bench, events[i].data.ptr);
    }
}

static int by_size(const void *a, const void *b) {
    float one = *(const float *)a, other = *(const float *)b;
    return (one > other) - (one < other);
}

int main(int argc, char **argv) {
    Bench bench = {.connections = 64, .requests = 200000};
    const GOptionEntry options[] = {
        {"connections", 0, 0, G_OPTION_ARG_INT, &bench.connections, NULL, "N"},
        {"requests", 0, 0, G_OPTION_ARG_INT, &bench.requests, NULL, "N"},
        {"rate", 0, 0, G_OPTION_ARG_INT, &bench.rate, NULL, "N"},
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
    };
    g_autoptr(GOptionContext) context = g_option_context_new("PORT");
    g_option_context_add_main_entries(context, options, NULL);
    if (!g_option_context_parse(context, &argc, &argv, NULL) || argc != 2 ||
        bench.connections < 1 || bench.requests < 1) {
        fprintf(stderr, "usage: policy_client [options] PORT; see --help\n");
        return EX_USAGE;
    }
    bench.port = atoi(argv[1]);
    bench.epoll = epoll_create1(EPOLL_CLOEXEC);
    bench.links = g_new0(Link, (gsize)bench.connections);
    bench.latency = g_new0(float, (gsize)bench.requests);
    for (gint i = 0; i < bench.connections; i++)
        open_link(&bench, &bench.links[i]);
    gint64 began = g_get_monotonic_time();
    run(&bench, began);
    gdouble seconds = (gdouble)(g_get_monotonic_time() - began) / G_USEC_PER_SEC;
    qsort(bench.latency, (gsize)bench.requests, sizeof *bench.latency, by_size);
    printf("requests=%d seconds=%.3f rate=%.0f p50_ms=%.3f p99_ms=%.3f max_ms=%.3f\n",
           bench.requests, seconds, bench.requests / seconds, bench.latency[bench.requests / 2],
           bench.latency[bench.requests / 100 * 99], bench.latency[bench.requests - 1]);
    g_free(bench.links);
    g_free(bench.latency);
    return EX_OK;
}
