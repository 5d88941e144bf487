#include "policy/delegation/connection.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    BLOCK = 16 * 1024,
    MAX_ROUNDS = 8, /* blocks that are read before other connections have their turn */
    KEEP = 8 * 1024 /* a larger buffer is given back when it is empty */
};

OvPolicyConnection *ov_policy_connection_new(int fd) {
    OvPolicyConnection *connection = g_new0(OvPolicyConnection, 1);
    connection->fd = fd;
    connection->link.data = connection;
    connection->in = g_string_new(NULL);
    connection->out = g_string_new(NULL);
    return connection;
}

void ov_policy_connection_free(OvPolicyConnection *connection) {
    close(connection->fd);
    g_string_free(connection->in, TRUE);
    g_string_free(connection->out, TRUE);
    g_free(connection);
}

static gsize owed(const OvPolicyConnection *connection) {
    return connection->out->len - connection->written;
}

gboolean ov_policy_connection_is_half(const OvPolicyConnection *connection) {
    return connection->in->len > 0 || owed(connection) > 0;
}

guint ov_policy_connection_events(const OvPolicyConnection *connection) {
    gboolean full = owed(connection) >= OV_POLICY_MAX_OWED;
    return (full || connection->ended ? 0 : (guint)EPOLLIN) |
           (owed(connection) > 0 ? (guint)EPOLLOUT : 0);
}

static void empty(GString **buffer) {
    if ((*buffer)->allocated_len <= KEEP) {
        g_string_truncate(*buffer, 0);
        return;
    }
    g_string_free(*buffer, TRUE);
    *buffer = g_string_new(NULL);
}

/* TRUE where an empty line ends in what is not answered. What was searched is not searched again: a
 * request is read once, however many pieces it comes in. */
static gboolean has_end(OvPolicyConnection *connection) {
    const GString *in = connection->in;
    gsize taken = connection->taken;
    const char *end = in->str + in->len;
    const char *at = in->str + MAX(taken, MAX(connection->searched, 2) - 2);
    while (at < end && (at = memchr(at, '\n', (gsize)(end - at)))) {
        const char *next = at + 1 < end && at[1] == '\r' ? at + 2 : at + 1;
        if (next < end && *next == '\n')
            return TRUE;
        at++;
    }
    connection->searched = in->len;
    return in->len > taken &&
           (in->str[taken] == '\n' || in->len - taken >= OV_POLICY_REQUEST_LIMIT);
}

/* Forgets what is answered. */
static void forget(OvPolicyConnection *connection) {
    gsize taken = connection->taken;
    connection->taken = 0;
    if (taken == connection->in->len)
        empty(&connection->in);
    else
        g_string_erase(connection->in, 0, (gssize)taken);
    connection->searched -= MIN(connection->searched, taken);
}

/* FALSE: the other side has gone. */
static gboolean write_out(OvPolicyConnection *connection) {
    while (owed(connection) > 0) {
        ssize_t n = send(connection->fd, connection->out->str + connection->written,
                         owed(connection), MSG_NOSIGNAL);
        if (n >= 0)
            connection->written += (gsize)n;
        else if (errno == EAGAIN)
            return TRUE;
        else if (errno != EINTR)
            return FALSE;
    }
    connection->written = 0;
    empty(&connection->out);
    return TRUE;
}

typedef enum { MORE, DRAINED, BROKEN } Input;

static Input read_block(OvPolicyConnection *connection) {
    char block[BLOCK];
    ssize_t n = recv(connection->fd, block, sizeof block, 0);
    if (n > 0) {
        g_string_append_len(connection->in, block, n);
        return n == (ssize_t)sizeof block ? MORE : DRAINED;
    }
    if (n == 0)
        connection->ended = TRUE;
    return n == 0 || errno == EAGAIN || errno == EINTR ? DRAINED : BROKEN;
}

void ov_policy_connection_begin(OvPolicyConnection *connection) {
    connection->rounds = 0;
    connection->answered = 0;
    connection->more = TRUE;
}

/* Looks for a request in what was read. */
static gboolean find_request(OvPolicyConnection *connection, OvPolicyRequest *request,
                             const char **fault) {
    OvSlice rest = {connection->in->str + connection->taken,
                    connection->in->len - connection->taken};
    return owed(connection) < OV_POLICY_MAX_OWED && has_end(connection) &&
           ov_policy_request_read(rest, request, &connection->asked, fault) == OV_POLICY_READ;
}

static gboolean may_read(const OvPolicyConnection *connection) {
    return connection->more && !connection->ended && connection->rounds < MAX_ROUNDS &&
           owed(connection) < OV_POLICY_MAX_OWED;
}

OvPolicyFate ov_policy_connection_next(OvPolicyConnection *connection, OvPolicyRequest *request,
                                       const char **fault) {
    *fault = NULL;
    for (;;) {
        gboolean was_full = owed(connection) >= OV_POLICY_MAX_OWED;
        if (find_request(connection, request, fault))
            return OV_POLICY_ASKED;
        /* What was answered before the fault is still told. */
        if (!write_out(connection))
            return OV_POLICY_OVER;
        if (*fault)
            return OV_POLICY_DROP;
        if (was_full && owed(connection) < OV_POLICY_MAX_OWED)
            continue;
        forget(connection);
        if (!may_read(connection))
            break;
        Input input = read_block(connection);
        if (input == BROKEN)
            return OV_POLICY_OVER;
        connection->rounds++;
        connection->more = input == MORE;
    }
    if (!connection->ended || owed(connection) > 0)
        return OV_POLICY_GO_ON;
    *fault = "ended within a request";
    return connection->in->len > 0 ? OV_POLICY_DROP : OV_POLICY_OVER;
}

GString *ov_policy_connection_answer(OvPolicyConnection *connection) {
    return g_string_append(connection->out, "action=");
}

void ov_policy_connection_answered(OvPolicyConnection *connection) {
    g_string_append(connection->out, "\n\n");
    connection->answered++;
    connection->taken += connection->asked;
    connection->searched = MAX(connection->searched, connection->taken);
}
