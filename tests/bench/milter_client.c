/* Speaks the milter protocol as Postfix does, to measure a milter: negotiates protocol 6 with all
 * steps on offer, sends the macros it was asked for, writes through a buffer and waits only where a
 * reply is due. One thread a connection, as Postfix has one process.
 *
 *   milter_client [--connections N] [--messages N] [--keep N] [--kind KIND]
 *                 [--domains N | --key FILE] SOCKET
 *
 * --keep: messages on one connection, 0 for all. --kind: text (4 KB), multipart (40 KB), attachment
 * (400 KB) or mix (of 20 messages 16, 3 and 1). --domains: each message is of one of so many
 * domains below slow-test.net. --key: messages are of signed-test.net, and signed with DKIM by that
 * key (PEM) as bench._domainkey. With either they leave the host; else they go to a reserved name.
 * Prints one line of key=value. */
#include "tests/bench/lib/signer.h"
#include "tests/bench/lib/text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#define SIGNED_DOMAIN "signed-test.net"

enum {
    ACTIONS = 0x1FF, /* all of protocol 6 */
    STEPS = 0x1FFFFF,
    CHUNK = 65535, /* body octets in one packet */
    N_STAGES = 7,
    BUFFER = 64 * 1024,
};

/* Stages of macros, and the bits by which a milter says that it gives no reply. */
enum { CONNECT, HELO, SENDER, RECIPIENT, DATA, END_OF_MESSAGE, END_OF_HEADER };
enum {
    NR_HEADER = 0x80,
    NO_DATA = 0x200,
    NR_CONNECT = 0x1000,
    NR_HELO = 0x2000,
    NR_SENDER = 0x4000,
    NR_RECIPIENT = 0x8000,
    NR_DATA = 0x10000,
    NR_END_OF_HEADER = 0x40000,
    NR_BODY = 0x80000,
    LEADING_SPACE = 0x100000,
};

typedef struct {
    const char *header; /* fields, each ended by a NUL after its value: name NUL value NUL */
    gsize header_length;
    const char *body;
    gsize body_length;
} Mail;

typedef struct {
    const char *socket;
    gint connections, messages, keep;
    gint domains; /* of From; 0 for the mail's own */
    const char *kind, *key;
    Mail mails[3];
    guint32 run;        /* tells runs apart */
    gint next;          /* atomic: number of the next message */
    gint verdicts[128]; /* atomic: final replies by letter */
    gint quarantined;   /* atomic */
    gint failed;        /* atomic: connections that broke */
    float *latency;     /* milliseconds, by message */
} Bench;

typedef struct {
    Bench *bench;
    int fd;
    guint32 steps;
    char *macros[N_STAGES]; /* as asked for, or NULL */
    char buffer[BUFFER];
    gsize used;
    gboolean broken;
} Link;

static const struct {
    const char *name, *value;
} macro_values[] = {
    {"j", "mx.example.com"},
    {"v", "Postfix 3.7.11"},
    {"_", "client.example.com [192.0.2.7]"},
    {"i", "4XyZ12abcDzQ"},
    {"{client_addr}", "192.0.2.7"},
    {"{client_name}", "client.example.com"},
    {"{client_resolve}", "OK"},
    {"{daemon_name}", "mx.example.com"},
    {"{mail_addr}", "sender@example.com"},
    {"{mail_mailer}", "smtp"},
    {"{auth_authen}", "sender"},
    {"{auth_type}", "PLAIN"},
};

/* What Postfix sends where the milter does not choose (main.cf, milter_*_macros). */
static const char *const default_macros[N_STAGES] = {
    [CONNECT] = "j {daemon_name} v _",
    [SENDER] = "i {auth_type} {auth_authen} {mail_addr} {mail_mailer}",
    [END_OF_HEADER] = "i",
    [END_OF_MESSAGE] = "i",
};

static void flush(Link *link) {
    for (gsize sent = 0; sent < link->used && !link->broken;) {
        ssize_t n = send(link->fd, link->buffer + sent, link->used - sent, MSG_NOSIGNAL);
        if (n > 0)
            sent += (gsize)n;
        else if (n == 0 || errno != EINTR)
            link->broken = TRUE;
    }
    link->used = 0;
}

static void put(Link *link, const void *data, gsize length) {
    const char *from = data;

    while (length > 0) {
        gsize n = MIN(length, BUFFER - link->used);
        memcpy(link->buffer + link->used, from, n);
        link->used += n;
        from += n;
        length -= n;
        if (link->used == BUFFER)
            flush(link);
    }
}

static void put_packet(Link *link, char command, const void *data, gsize length) {
    guint32 size = htonl((guint32)(length + 1));

    put(link, &size, sizeof size);
    put(link, &command, 1);
    put(link, data, length);
}

static gboolean get(Link *link, void *data, gsize length) {
    char *to = data;

    while (length > 0 && !link->broken) {
        ssize_t n = recv(link->fd, to, length, 0);
        if (n > 0) {
            to += n;
            length -= (gsize)n;
        } else if (n == 0 || errno != EINTR) {
            link->broken = TRUE;
        }
    }
    return !link->broken;
}

/* One packet of the milter; its first octets in data. 0 when the connection broke. */
static char get_packet(Link *link, char *data, gsize size, gsize *length) {
    guint32 total;
    char command;

    flush(link);
    if (!get(link, &total, sizeof total) || !get(link, &command, 1))
        return 0;
    *length = ntohl(total) - 1;
    if (*length > size) {
        link->broken = TRUE;
        return 0;
    }
    return get(link, data, *length) ? command : 0;
}

/* The final reply to a step: what comes before it (changes, quarantine) is counted. */
static char get_reply(Link *link) {
    char data[16 * 1024], command;
    gsize length;

    while ((command = get_packet(link, data, sizeof data, &length)))
        if (command == 'q')
            g_atomic_int_inc(&link->bench->quarantined);
        else if (!strchr("hmipe+-2b", command))
            return command;
    return 0;
}

static gboolean dial(Link *link) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    g_strlcpy(address.sun_path, link->bench->socket, sizeof address.sun_path);
    link->fd = socket(AF_UNIX, SOCK_STREAM, 0);
    link->used = 0;
    link->broken = link->fd < 0;
    while (!link->broken && connect(link->fd, (struct sockaddr *)&address, sizeof address) < 0)
        link->broken = errno != EAGAIN && errno != EINTR;
    return !link->broken;
}

static void hang_up(Link *link) {
    close(link->fd);
    for (guint i = 0; i < N_STAGES; i++)
        g_clear_pointer(&link->macros[i], g_free);
}

static gboolean negotiate(Link *link) {
    guint32 offer[3] = {htonl(6), htonl(ACTIONS), htonl(STEPS)};
    char answer[4096];
    gsize length;

    put_packet(link, 'O', offer, sizeof offer);
    if (get_packet(link, answer, sizeof answer, &length) != 'O' || length < sizeof offer)
        return FALSE;
    memcpy(offer, answer, sizeof offer);
    link->steps = ntohl(offer[2]);
    for (gsize at = sizeof offer; at + 5 <= length;) {
        guint32 stage;
        memcpy(&stage, answer + at, sizeof stage);
        stage = ntohl(stage);
        at += sizeof stage;
        if (stage < N_STAGES && !link->macros[stage])
            link->macros[stage] = g_strndup(answer + at, length - at);
        at += strlen(answer + at) + 1;
    }
    return TRUE;
}

static void put_macros(Link *link, char command, guint stage) {
    const char *list = link->macros[stage] ? link->macros[stage] : default_macros[stage];
    char data[1024] = {command};
    gsize used = 1;

    if (!list)
        return;
    g_auto(GStrv) names = g_strsplit(list, " ", -1);
    for (guint n = 0; names[n]; n++)
        for (guint i = 0; i < G_N_ELEMENTS(macro_values); i++)
            if (g_str_equal(names[n], macro_values[i].name))
                used += (gsize)g_snprintf(data + used, sizeof data - used, "%s%c%s", names[n], 0,
                                          macro_values[i].value) +
                        1;
    put_packet(link, 'D', data, used);
}

/* A step of the dialogue, with its macros; waits where the milter replies. */
static void step(Link *link, char command, guint stage, guint32 no_reply, const void *data,
                 gsize length) {
    put_macros(link, command, stage);
    put_packet(link, command, data, length);
    if (!(link->steps & no_reply) && get_reply(link) == 0)
        link->broken = TRUE;
}

static gboolean greet(Link *link) {
    static const char client[] = "client.example.com\0004\x9C\x40"
                                 "192.0.2.7";

    if (!dial(link) || !negotiate(link))
        return FALSE;
    step(link, 'C', CONNECT, NR_CONNECT, client, sizeof client);
    step(link, 'H', HELO, NR_HELO, "client.example.com", sizeof "client.example.com");
    return !link->broken;
}

/* Fields in the form of Mail's header. */
static void put_fields(Link *link, const char *fields, gsize length) {
    for (const char *at = fields; at < fields + length;) {
        gsize name = strlen(at) + 1, value = strlen(at + name) + 1;
        /* The value stands there with its leading space. */
        if (link->steps & LEADING_SPACE) {
            put_packet(link, 'L', at, name + value);
        } else {
            g_autofree char *bare = g_malloc(name + value - 1);
            memcpy(bare, at, name);
            memcpy(bare + name, at + name + 1, value - 1);
            put_packet(link, 'L', bare, name + value - 1);
        }
        if (!(link->steps & NR_HEADER))
            get_reply(link);
        at += name + value;
    }
}

static void put_field(Link *link, const char *name, const char *value) {
    char field[200];
    gsize length = strlen(name) + 1;
    memcpy(field, name, length);
    g_strlcpy(field + length, value, sizeof field - length);
    put_fields(link, field, length + strlen(value) + 1);
}

static gboolean leaves(const Bench *bench) {
    return bench->key || bench->domains > 0;
}

/* The sender's domain. */
static const char *domain_of(const Bench *bench, gint message, char domain[64]) {
    if (bench->domains == 0)
        return bench->key ? SIGNED_DOMAIN : "example.com";
    g_snprintf(domain, 64, "d%d-of-%d.slow-test.net", message % bench->domains, bench->domains);
    return domain;
}

/* Every message has a Message-ID of its own, and with --domains another From; that is the first of
 * its fields. */
static void put_header(Link *link, const Mail *mail, gint message) {
    const Bench *bench = link->bench;
    gsize from = 0;
    char value[120], domain[64];

    if (bench->domains > 0) {
        g_snprintf(value, sizeof value, " Ada Sender <ada@%s>", domain_of(bench, message, domain));
        put_field(link, "From", value);
        from = strlen(mail->header) + 1;
        from += strlen(mail->header + from) + 1;
    }
    put_fields(link, mail->header + from, mail->header_length - from);
    g_snprintf(value, sizeof value, " <%d.%d.%u@%s>", message, (int)getpid(), bench->run,
               domain_of(bench, message, domain));
    put_field(link, "Message-ID", value);
}

/* One message; the final reply's letter, 0 when the connection broke. */
static char tell(Link *link, const Mail *mail, gint message) {
    char domain[64], address[120];
    const char *recipient =
        leaves(link->bench) ? "<recipient@elsewhere-test.net>" : "<recipient@example.net>";

    gsize length = (gsize)g_snprintf(address, sizeof address, "<sender@%s>%cSIZE=4096",
                                     domain_of(link->bench, message, domain), 0);
    step(link, 'M', SENDER, NR_SENDER, address, length + 1);
    step(link, 'R', RECIPIENT, NR_RECIPIENT, recipient, strlen(recipient) + 1);
    if (!(link->steps & NO_DATA))
        step(link, 'T', DATA, NR_DATA, NULL, 0);
    put_header(link, mail, message);
    step(link, 'N', END_OF_HEADER, NR_END_OF_HEADER, NULL, 0);
    for (gsize at = 0; at < mail->body_length && !link->broken; at += CHUNK) {
        put_packet(link, 'B', mail->body + at, MIN((gsize)CHUNK, mail->body_length - at));
        if (!(link->steps & NR_BODY) && get_reply(link) == 's')
            break;
    }
    put_macros(link, 'E', END_OF_MESSAGE);
    put_packet(link, 'E', NULL, 0);
    return get_reply(link);
}

static const Mail *choose(const Bench *bench, gint message) {
    static const guint8 mix[20] = {0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 1, 0, 0, 0};

    if (g_str_equal(bench->kind, "mix"))
        return &bench->mails[mix[message % 20]];
    return &bench->mails[g_str_equal(bench->kind, "multipart")    ? 1
                         : g_str_equal(bench->kind, "attachment") ? 2
                                                                  : 0];
}

static gpointer run_connection(gpointer data) {
    Bench *bench = data;
    Link *link = g_new0(Link, 1);
    gint message, left = 0;
    gboolean open = FALSE;

    link->bench = bench;
    while ((message = g_atomic_int_add(&bench->next, 1)) < bench->messages) {
        gint64 begin = g_get_monotonic_time();
        if (!open) {
            open = greet(link);
            left = bench->keep ? bench->keep : G_MAXINT;
        }
        char reply = open ? tell(link, choose(bench, message), message) : 0;
        bench->latency[message] = (float)(g_get_monotonic_time() - begin) / 1000.0F;
        g_atomic_int_inc(&bench->verdicts[reply & 0x7F]);
        if (reply == 0)
            g_atomic_int_inc(&bench->failed);
        if (reply == 0 || --left == 0) {
            put_packet(link, 'Q', NULL, 0);
            flush(link);
            hang_up(link);
            open = FALSE;
        }
    }
    if (open) {
        put_packet(link, 'Q', NULL, 0);
        flush(link);
        hang_up(link);
    }
    g_free(link);
    return NULL;
}

static void add_field(GString *header, const char *name, const char *value) {
    g_string_append_len(header, name, (gssize)strlen(name) + 1);
    g_string_append_c(header, ' ');
    g_string_append_len(header, value, (gssize)strlen(value) + 1);
}

static void add_base64(GString *body, gsize length) {
    guint32 state = 54321;
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (gsize line = 0; line < length / 78; line++) {
        for (guint i = 0; i < 76; i++) {
            state = state * 1664525 + 1013904223;
            g_string_append_c(body, digits[state >> 26 & 63]);
        }
        g_string_append(body, "\r\n");
    }
}

/* As the first field, as signers do. */
static void sign(const char *key, GString *header, const GString *body) {
    g_autoptr(GString) raw = g_string_new(NULL);
    for (gsize at = 0; at < header->len;) {
        const char *name = header->str + at, *value = name + strlen(name) + 1;
        g_string_append_printf(raw, "%s:%s\r\n", name, value);
        at = (gsize)(value - header->str) + strlen(value) + 1;
    }
    g_string_append_printf(raw, "\r\n%s", body->str);
    g_autofree char *value = ov_sign(key, SIGNED_DOMAIN, "bench", (OvSlice){raw->str, raw->len});
    g_string_prepend_len(header, value, (gssize)strlen(value) + 1);
    g_string_prepend_len(header, "DKIM-Signature", sizeof "DKIM-Signature");
}

/* key: NULL for unsigned. */
static void make_mail(Mail *mail, const char *key, gsize text, gsize html, gsize attachment) {
    GString *header = g_string_new(NULL), *body = g_string_new(NULL);

    add_field(header, "From",
              key ? "Ada Sender <sender@" SIGNED_DOMAIN ">" : "Ada Sender <sender@example.com>");
    add_field(header, "To", "Bo Recipient <recipient@example.net>");
    add_field(header, "Subject", "Minutes of the meeting, and the rooms for spring");
    add_field(header, "Date", "Mon, 24 Nov 2025 10:00:00 +0000");
    add_field(header, "MIME-Version", "1.0");
    add_field(header, "User-Agent", "Letterwriter 4.2");
    add_field(header, "References", "<1@example.com>\n <2@example.com>\n <3@example.com>");
    if (!html) {
        add_field(header, "Content-Type", "text/plain; charset=utf-8");
        ov_add_text(body, text);
    } else {
        add_field(header, "Content-Type", "multipart/mixed; boundary=\"b1\"");
        g_string_append(body, "--b1\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n");
        ov_add_text(body, text);
        g_string_append(body, "--b1\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><body>");
        for (gsize at = 0; at < html; at += 600) {
            g_string_append(body, "<p style=\"color: #333333\">");
            ov_add_text(body, 500);
            g_string_append(body, "<a href=\"https://www.example.com/rooms\">rooms</a></p>\r\n");
        }
        g_string_append(body, "</body></html>\r\n");
        if (attachment) {
            g_string_append(body, "--b1\r\nContent-Type: application/pdf; name=\"plan.pdf\"\r\n"
                                  "Content-Transfer-Encoding: base64\r\n"
                                  "Content-Disposition: attachment; filename=\"plan.pdf\"\r\n\r\n");
            add_base64(body, attachment);
        }
        g_string_append(body, "--b1--\r\n");
    }
    if (key)
        sign(key, header, body);
    mail->header_length = header->len;
    mail->body_length = body->len;
    mail->header = g_string_free(header, FALSE);
    mail->body = g_string_free(body, FALSE);
}

static int by_value(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static void report(Bench *bench, double seconds) {
    gint n = bench->messages;

    qsort(bench->latency, (gsize)n, sizeof *bench->latency, by_value);
    printf("messages=%d connections=%d keep=%d kind=%s seconds=%.2f rate=%.0f p50_ms=%.2f "
           "p99_ms=%.2f max_ms=%.2f accepted=%d quarantined=%d refused=%d broken=%d\n",
           n, bench->connections, bench->keep, bench->kind, seconds, n / seconds,
           (double)bench->latency[n / 2], (double)bench->latency[(gsize)n * 99 / 100],
           (double)bench->latency[n - 1], bench->verdicts['c'] + bench->verdicts['a'],
           bench->quarantined, bench->verdicts['y'] + bench->verdicts['t'] + bench->verdicts['r'],
           bench->failed);
}

int main(int argc, char **argv) {
    /* What it holds lives as long as the process. */
    static Bench bench = {.connections = 8, .messages = 10000, .keep = 1, .kind = "text"};
    const GOptionEntry entries[] = {
        {"connections", 'c', 0, G_OPTION_ARG_INT, &bench.connections, "At once", "N"},
        {"messages", 'n', 0, G_OPTION_ARG_INT, &bench.messages, "In all", "N"},
        {"keep", 'k', 0, G_OPTION_ARG_INT, &bench.keep, "Messages a connection, 0: all", "N"},
        {"domains", 'd', 0, G_OPTION_ARG_INT, &bench.domains, "Different domains of From", "N"},
        {"kind", 't', 0, G_OPTION_ARG_STRING, &bench.kind, "text, multipart, attachment or mix",
         "KIND"},
        {"key", 's', 0, G_OPTION_ARG_FILENAME, &bench.key, "Sign with it", "FILE"},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GOptionContext) context = g_option_context_new("SOCKET");
    GThread *threads[256];

    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, NULL) || argc != 2 || bench.messages < 1 ||
        bench.connections < 1 || bench.connections > (gint)G_N_ELEMENTS(threads) ||
        (bench.key && bench.domains > 0)) {
        fprintf(stderr, "usage: milter_client [OPTIONS] SOCKET (a path); see --help\n");
        return EX_USAGE;
    }
    bench.socket = argv[1];
    bench.run = g_random_int();
    bench.latency = g_new0(float, bench.messages);
    make_mail(&bench.mails[0], bench.key, 3500, 0, 0);
    make_mail(&bench.mails[1], bench.key, 8000, 32000, 0);
    make_mail(&bench.mails[2], bench.key, 4000, 4000, 400000);

    gint64 begin = g_get_monotonic_time();
    for (gint i = 0; i < bench.connections; i++)
        threads[i] = g_thread_new("connection", run_connection, &bench);
    for (gint i = 0; i < bench.connections; i++)
        g_thread_join(threads[i]);
    report(&bench, (double)(g_get_monotonic_time() - begin) / G_USEC_PER_SEC);
    return bench.failed ? EX_UNAVAILABLE : EX_OK;
}
