#include "policy/queue/agent.h"

#include <errno.h>
#include <grp.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policy/control.h"
#include "policy/local_socket.h"
#include "policy/log.h"
#include "policy/queue/commands.h"

enum {
    THREADS = 4,      /* so that one who is slow keeps no other waiting */
    MAX_WAITING = 16, /* connections more than that */
    REQUEST_SECONDS = 5,
    ANSWER_SECONDS = 30,
    BACKLOG = 16,
    USUAL_GROUPS = 64, /* of a process */
};

struct OvQueueAgent {
    OvQueueCommands *commands;
    char *path;
    gid_t group;
    int listener, wake; /* wake: eventfd, readable from ov_queue_agent_stop on */
    GMutex command;     /* one at a time */
    GThreadPool *pool;
    GThread *thread;
};

/* --- Who asks --- */

typedef struct ucred Peer;

static gboolean is_member(int client, gid_t group) {
    g_autofree gid_t *groups = g_new(gid_t, USUAL_GROUPS);
    socklen_t size = USUAL_GROUPS * sizeof *groups;
    int got = getsockopt(client, SOL_SOCKET, SO_PEERGROUPS, groups, &size);
    if (got < 0 && errno == ERANGE) {
        groups = g_realloc(groups, size);
        got = getsockopt(client, SOL_SOCKET, SO_PEERGROUPS, groups, &size);
    }
    for (gsize i = 0; got == 0 && i < size / sizeof *groups; i++)
        if (groups[i] == group)
            return TRUE;
    return FALSE;
}

/* The socket's mode says the same; but not whoever was handed a connection by somebody else. */
static gboolean is_allowed(const OvQueueAgent *agent, int client, Peer *peer) {
    socklen_t size = sizeof *peer;
    return getsockopt(client, SOL_SOCKET, SO_PEERCRED, peer, &size) == 0 &&
           (peer->uid == 0 || peer->uid == geteuid() || peer->gid == agent->group ||
            is_member(client, agent->group));
}

/* --- One request --- */

static void log_outcome(const OvQueueRequest *request, const Peer *peer, const char *said,
                        const char *trouble) {
    gboolean looks = request->verb == OV_QUEUE_HELLO || request->verb == OV_QUEUE_LIST;
    if (looks && !trouble)
        return; /* every few seconds */
    g_autofree char *messages = looks ? NULL : g_strdup_printf("%u", request->n);
    g_autofree char *uid = g_strdup_printf("%u", (guint)peer->uid);
    ov_log(trouble ? OV_LOG_ERROR : OV_LOG_INFO, request->n == 1 ? request->ids[0] : NULL, "event",
           "queue", "verb", ov_queue_verb_name(request->verb), "messages", messages, "uid", uid,
           "result", trouble ? "failed" : "done", "said", said && *said ? said : NULL, "error",
           trouble, NULL);
}

static void log_refusal(const Peer *peer, const char *why) {
    g_autofree char *uid = g_strdup_printf("%u", (guint)peer->uid);
    ov_log(OV_LOG_WARNING, NULL, "event", "queue", "result", "refused", "uid", uid, "error", why,
           NULL);
}

static void send_all(OvQueueAgent *agent, int client, char *line, const char *output,
                     gsize length) {
    gint64 deadline = g_get_monotonic_time() + ANSWER_SECONDS * G_USEC_PER_SEC;
    if (ov_local_write(client, line, strlen(line), agent->wake, deadline))
        ov_local_write(client, output, length, agent->wake, deadline);
    g_free(line);
}

static void carry_out(OvQueueAgent *agent, int client, const Peer *peer,
                      const OvQueueRequest *request) {
    g_auto(OvQueueAnswer) answer = {.output = NULL};
    g_autoptr(GError) error = NULL;
    g_mutex_lock(&agent->command);
    gboolean done = ov_queue_commands_run(agent->commands, request, &answer, &error);
    g_mutex_unlock(&agent->command);
    log_outcome(request, peer, answer.said, done ? NULL : error->message);
    if (done)
        send_all(agent, client, ov_queue_answer_format(&answer), answer.output, answer.length);
    else
        send_all(agent, client, ov_queue_refusal_format(error->message), "", 0);
}

static void refuse(OvQueueAgent *agent, int client, const Peer *peer, const char *why) {
    log_refusal(peer, why);
    send_all(agent, client, ov_queue_refusal_format(why), "", 0);
}

static void serve(OvQueueAgent *agent, int client) {
    Peer peer = {.uid = (uid_t)-1};
    gint64 deadline = g_get_monotonic_time() + REQUEST_SECONDS * G_USEC_PER_SEC;
    g_autoptr(GString) line = g_string_new(NULL);
    g_autoptr(OvArena) arena = ov_arena_new();
    g_autoptr(GError) error = NULL;
    OvQueueRequest request;

    if (!is_allowed(agent, client, &peer))
        refuse(agent, client, &peer, "outvet-queue serves root and the group of [mta] queue_group");
    else if (!ov_local_read(client, line, OV_QUEUE_MAX_REQUEST, TRUE, agent->wake, deadline))
        refuse(agent, client, &peer, "the request came too late, or is over 65536 octets long");
    else if (!ov_queue_request_parse(&request, line->str, line->len, arena, &error))
        refuse(agent, client, &peer, error->message);
    else
        carry_out(agent, client, &peer, &request);
}

/* --- The socket --- */

static void serve_next(gpointer client, gpointer data) {
    serve(data, GPOINTER_TO_INT(client) - 1);
    close(GPOINTER_TO_INT(client) - 1);
}

static gpointer accept_on(gpointer data) {
    OvQueueAgent *agent = data;

    while (ov_local_wait(agent->listener, POLLIN, agent->wake, G_MAXINT64 / 2) == 1) {
        int client = accept4(agent->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (client < 0) {
            if (errno == EMFILE || errno == ENFILE || errno == ENOMEM)
                g_usleep(100 * 1000);
        } else if (g_thread_pool_unprocessed(agent->pool) >= MAX_WAITING) {
            close(client);
        } else {
            g_thread_pool_push(agent->pool, GINT_TO_POINTER(client + 1), NULL);
        }
    }
    return NULL;
}

static gboolean find_group(const char *name, gid_t *group, GError **error) {
    const struct group *entry = *name ? getgrnam(name) : NULL;
    *group = entry ? entry->gr_gid : getegid();
    if (entry || !*name)
        return TRUE;
    g_set_error(error, OV_QUEUE_ERROR, OV_QUEUE_ERROR_MTA,
                "[mta] queue_group: there is no group %s", name);
    return FALSE;
}

/* The socket belongs to the group from its first moment. Its name is never used to change it: in a
 * directory of somebody else's that name could mean another file by then. */
static gboolean bind_for(int fd, const char *path, gid_t group) {
    struct sockaddr_un address;
    gid_t own = getegid();
    if (!ov_local_address(&address, path)) {
        errno = ENAMETOOLONG;
        return FALSE;
    }
    if (group != own && setegid(group) < 0)
        return FALSE;
    mode_t mask = umask(0117);
    int bound = bind(fd, (struct sockaddr *)&address, sizeof address);
    int saved = errno;
    umask(mask);
    if (group != own && setegid(own) < 0)
        return FALSE;
    errno = saved;
    return bound == 0;
}

static int listen_on(const char *path, gid_t group, GError **error) {
    if (!ov_control_clear(path, error))
        return -1;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && bind_for(fd, path, group) && listen(fd, BACKLOG) == 0)
        return fd;
    g_set_error(error, OV_QUEUE_ERROR, OV_QUEUE_ERROR_SILENT,
                "cannot make the socket %s: %s ([mta] queue_socket)", path, g_strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

OvQueueAgent *ov_queue_agent_start(const OvSettings *settings, GError **error) {
    gid_t group;
    g_autoptr(OvQueueCommands) commands = ov_queue_commands_find(settings, error);
    if (!commands || !find_group(settings->queue_group, &group, error))
        return NULL;
    int listener = listen_on(settings->queue_socket, group, error);
    if (listener < 0)
        return NULL;

    OvQueueAgent *agent = g_new0(OvQueueAgent, 1);
    agent->commands = g_steal_pointer(&commands);
    agent->path = g_strdup(settings->queue_socket);
    agent->group = group;
    agent->listener = listener;
    agent->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    g_mutex_init(&agent->command);
    agent->pool = g_thread_pool_new(serve_next, agent, THREADS, TRUE, NULL);
    agent->thread = g_thread_new("agent", accept_on, agent);
    return agent;
}

void ov_queue_agent_stop(OvQueueAgent *agent) {
    guint64 one = 1;
    if (write(agent->wake, &one, sizeof one) == sizeof one)
        g_thread_join(agent->thread);
    unlink(agent->path);
    g_thread_pool_free(agent->pool, FALSE, TRUE);
    close(agent->listener);
    close(agent->wake);
    ov_queue_commands_free(agent->commands);
    g_mutex_clear(&agent->command);
    g_free(agent->path);
    g_free(agent);
}
