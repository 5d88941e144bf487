#include "policy/mailboxes/probe.h"

#include "policy/delivery/answer_text.h"
#include "policy/mailboxes/smtp_reply.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Subjects of enhanced status codes that tell of the mailbox itself (RFC 3463 3). */
enum { SUBJECT_ADDRESS = 1, SUBJECT_MAILBOX = 2 };

enum { MAX_POLL = 60000 /* milliseconds */ };

typedef struct {
    int fd, stop;
    gint64 deadline;
    char buffer[OV_SMTP_REPLY_LIMIT];
    gsize length; /* octets in buffer */
    gsize read;   /* of these, of the reply that was read last */
    const char *trouble;
} Talk;

/* FALSE with trouble: the time is over, or it is to end. */
static gboolean wait_for(Talk *talk, short events) {
    for (;;) {
        gint64 left = talk->deadline - g_get_monotonic_time();
        struct pollfd fds[] = {{talk->fd, events, 0}, {talk->stop, POLLIN, 0}};
        int ready = left <= 0 ? 0 : poll(fds, 2, (int)MIN(left / 1000 + 1, MAX_POLL));
        if ((ready < 0 && errno == EINTR) || (ready == 0 && left > 0))
            continue;
        if (ready > 0 && !fds[1].revents)
            return TRUE;
        talk->trouble = ready > 0 ? "interrupted" : "no answer in time";
        return FALSE;
    }
}

static gboolean fail(Talk *talk, const char *trouble) {
    talk->trouble = trouble;
    return FALSE;
}

static gboolean receive(Talk *talk, OvSmtpReply *reply) {
    memmove(talk->buffer, talk->buffer + talk->read, talk->length - talk->read);
    talk->length -= talk->read;
    talk->read = 0;
    for (;;) {
        switch (ov_smtp_reply_read((OvSlice){talk->buffer, talk->length}, reply)) {
        case OV_SMTP_REPLY_READ:
            talk->read = reply->length;
            return TRUE;
        case OV_SMTP_REPLY_MALFORMED:
            return fail(talk, "the server does not speak SMTP");
        case OV_SMTP_REPLY_INCOMPLETE:
            break;
        }
        if (!wait_for(talk, POLLIN))
            return FALSE;
        ssize_t n = recv(talk->fd, talk->buffer + talk->length, sizeof talk->buffer - talk->length,
                         MSG_DONTWAIT);
        if (n == 0)
            return fail(talk, "the server closed the connection");
        if (n < 0 && errno != EAGAIN && errno != EINTR)
            return fail(talk, g_strerror(errno));
        talk->length += n > 0 ? (gsize)n : 0;
    }
}

static gboolean say(Talk *talk, const char *line) {
    for (gsize at = 0, end = strlen(line); at < end;) {
        if (!wait_for(talk, POLLOUT))
            return FALSE;
        ssize_t n = send(talk->fd, line + at, end - at, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno != EAGAIN && errno != EINTR)
            return fail(talk, g_strerror(errno));
        at += n > 0 ? (gsize)n : 0;
    }
    return TRUE;
}

static gboolean ask(Talk *talk, const char *line, OvSmtpReply *reply) {
    return say(talk, line) && receive(talk, reply);
}

static const char *words_of(OvArena *arena, const OvSmtpReply *reply, const char *recipient) {
    g_autofree char *text = ov_answer_text(reply->text, ov_slice(recipient));
    return ov_arena_printf(arena, "%u %s", reply->code, text);
}

/* As for a server that takes mail or not: what else a refusal is for says nothing of the mailbox.
 */
static OvMailboxAnswer judge(OvArena *arena, const OvSmtpReply *reply, const char *recipient) {
    gboolean of_mailbox =
        reply->subject != 0 ? reply->subject == SUBJECT_ADDRESS || reply->subject == SUBJECT_MAILBOX
                            : reply->code == 550 || reply->code == 551 || reply->code == 553;
    if (reply->code / 100 == 2)
        return (OvMailboxAnswer){OV_MAILBOX_ACCEPTED, ""};
    return (OvMailboxAnswer){reply->code / 100 == 5 && of_mailbox ? OV_MAILBOX_REFUSED
                                                                  : OV_MAILBOX_UNKNOWN,
                             words_of(arena, reply, recipient)};
}

static gboolean is_positive(const OvSmtpReply *reply) {
    return reply->code / 100 == 2;
}

static gboolean open_connection(Talk *talk, const OvMailboxProbe *probe) {
    struct sockaddr_storage place = {.ss_family = AF_UNSPEC};
    socklen_t size;
    if (probe->server->length == 4) {
        struct sockaddr_in *in = (struct sockaddr_in *)(void *)&place;
        in->sin_family = AF_INET;
        in->sin_port = htons(probe->port);
        memcpy(&in->sin_addr, probe->server->octets, 4);
        size = sizeof *in;
    } else {
        struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)(void *)&place;
        in6->sin6_family = AF_INET6;
        in6->sin6_port = htons(probe->port);
        memcpy(&in6->sin6_addr, probe->server->octets, 16);
        size = sizeof *in6;
    }
    talk->fd = socket(place.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (talk->fd < 0)
        return fail(talk, g_strerror(errno));
    if (connect(talk->fd, (struct sockaddr *)(void *)&place, size) == 0)
        return TRUE;
    int error = errno;
    socklen_t length = sizeof error;
    if (error == EINPROGRESS) {
        gint64 deadline = talk->deadline;
        talk->deadline = MIN(deadline, g_get_monotonic_time() + probe->connect_limit);
        if (!wait_for(talk, POLLOUT))
            return FALSE;
        talk->deadline = deadline;
        getsockopt(talk->fd, SOL_SOCKET, SO_ERROR, &error, &length);
    }
    return error == 0 || fail(talk, g_strerror(error));
}

/* FALSE with trouble; *spoke: a server was there, whatever it said. */
static gboolean introduce(Talk *talk, const OvMailboxProbe *probe, OvArena *arena,
                          gboolean *spoke) {
    OvSmtpReply reply;
    if (!open_connection(talk, probe) || !receive(talk, &reply))
        return FALSE;
    *spoke = TRUE;
    const char *const hello[] = {"EHLO", "HELO"};
    gboolean greeted = FALSE;
    for (guint i = 0; is_positive(&reply) && !greeted && i < G_N_ELEMENTS(hello); i++) {
        OvSmtpReply answer;
        if (!ask(talk, ov_arena_printf(arena, "%s %s\r\n", hello[i], probe->helo), &answer))
            return FALSE;
        greeted = is_positive(&answer);
        /* A server that knows no EHLO says so by 5xx (RFC 5321 3.2). */
        if (!greeted && (answer.code / 100 != 5 || i > 0))
            reply = answer;
    }
    if (greeted && !ask(talk, "MAIL FROM:<>\r\n", &reply))
        return FALSE;
    return is_positive(&reply) || fail(talk, words_of(arena, &reply, ""));
}

static void ask_all(Talk *talk, const OvMailboxProbe *probe, OvArena *arena,
                    OvMailboxAnswer *answers) {
    for (guint i = 0; i < probe->n_recipients && !talk->trouble; i++) {
        OvSmtpReply reply;
        const char *line = ov_arena_printf(arena, "RCPT TO:<%s>\r\n", probe->recipients[i]);
        if (!ask(talk, line, &reply))
            break;
        answers[i] = judge(arena, &reply, probe->recipients[i]);
        if (reply.code == 421)
            talk->trouble = answers[i].answer;
    }
}

/* However it went, unless the connection is no more. */
static void part(Talk *talk) {
    OvSmtpReply reply;
    if (ask(talk, "RSET\r\n", &reply))
        ask(talk, "QUIT\r\n", &reply);
}

gboolean ov_mailbox_probe(const OvMailboxProbe *probe, OvArena *arena, OvMailboxAnswer *answers) {
    Talk talk = {
        .fd = -1,
        .stop = probe->stop,
        .deadline = g_get_monotonic_time() + probe->time_limit,
    };
    gboolean spoke = FALSE;
    for (guint i = 0; i < probe->n_recipients; i++)
        answers[i] = (OvMailboxAnswer){OV_MAILBOX_UNKNOWN, NULL};
    if (introduce(&talk, probe, arena, &spoke))
        ask_all(&talk, probe, arena, answers);
    const char *trouble = talk.trouble ? talk.trouble : "";
    for (guint i = 0; i < probe->n_recipients; i++)
        if (!answers[i].answer)
            answers[i].answer = ov_arena_strndup(arena, trouble, strlen(trouble));
    if (spoke)
        part(&talk);
    if (talk.fd >= 0)
        close(talk.fd);
    return spoke;
}
