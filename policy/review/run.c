#include "policy/review/run.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHUNK = 64 * 1024, MAX_SAID = 64 * 1024 };

typedef struct {
    int fd; /* -1 when it is closed */
    GString *text;
    gsize limit; /* further octets of this stream are dropped */
    gboolean over;
} Stream;

GQuark ov_run_error_quark(void) {
    return g_quark_from_static_string("ov-run-error");
}

static void drop(Stream *stream) {
    if (stream->fd >= 0)
        close(stream->fd);
    stream->fd = -1;
}

static void take(Stream *stream, char *buffer) {
    gssize n = read(stream->fd, buffer, CHUNK);
    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (n <= 0) {
        drop(stream);
        return;
    }
    gsize room = stream->limit - stream->text->len;
    stream->over = stream->over || (gsize)n > room;
    g_string_append_len(stream->text, buffer, MIN(n, (gssize)room));
}

/* Reads both streams until they end, there is too much output, or the time is over: FALSE then. */
static gboolean collect(Stream *out, Stream *err, gint64 deadline) {
    g_autofree char *buffer = g_malloc(CHUNK);
    while ((out->fd >= 0 || err->fd >= 0) && !out->over) {
        gint64 left = (deadline - g_get_monotonic_time()) / 1000;
        if (left <= 0)
            return FALSE;
        struct pollfd fds[] = {{.fd = out->fd, .events = POLLIN},
                               {.fd = err->fd, .events = POLLIN}};
        if (poll(fds, 2, (int)left) < 0 && errno != EINTR)
            return FALSE;
        if (fds[0].revents)
            take(out, buffer);
        if (fds[1].revents)
            take(err, buffer);
    }
    return TRUE;
}

static int reap(GPid pid) {
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    g_spawn_close_pid(pid);
    return status;
}

/* What the program said last, on one line. */
static char *last_line(const GString *said) {
    g_autofree char *text = g_strchomp(g_strndup(said->str, said->len));
    const char *feed = strrchr(text, '\n');
    return g_strdup(feed ? feed + 1 : text);
}

static gboolean check_exit(const char *program, int status, const GString *said, GError **error) {
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return TRUE;
    g_autofree char *words = last_line(said);
    if (words[0])
        g_set_error_literal(error, OV_RUN_ERROR, OV_RUN_ERROR_EXIT, words);
    else
        g_set_error(error, OV_RUN_ERROR, OV_RUN_ERROR_EXIT, "%s ended with %s %d", program,
                    WIFEXITED(status) ? "status" : "signal",
                    WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
    return FALSE;
}

char *ov_run(const char *const *argv, gsize max_output, guint seconds, gsize *length,
             gboolean *truncated, char **said, GError **error) {
    Stream out = {-1, NULL, max_output, FALSE};
    Stream err = {-1, NULL, MAX_SAID, FALSE};
    GPid pid = 0;
    g_auto(GStrv) environment = g_environ_setenv(g_get_environ(), "LC_ALL", "C", TRUE);
    g_autoptr(GError) inner = NULL;
    if (!g_spawn_async_with_pipes(NULL, (char **)argv, environment,
                                  G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_CLOEXEC_PIPES, NULL, NULL,
                                  &pid, NULL, &out.fd, &err.fd, &inner)) {
        g_set_error_literal(error, OV_RUN_ERROR, OV_RUN_ERROR_START, inner->message);
        return NULL;
    }
    g_autoptr(GString) out_text = out.text = g_string_new(NULL);
    g_autoptr(GString) err_text = err.text = g_string_new(NULL);
    gboolean in_time = collect(&out, &err, g_get_monotonic_time() + seconds * G_USEC_PER_SEC);
    drop(&out);
    drop(&err);
    if (!in_time || out.over)
        kill(pid, SIGKILL);
    int status = reap(pid);

    if (!in_time) {
        g_set_error(error, OV_RUN_ERROR, OV_RUN_ERROR_TIME, "%s did not end within %u s", argv[0],
                    seconds);
        return NULL;
    }
    if (!out.over && !check_exit(argv[0], status, err_text, error))
        return NULL;
    *length = out_text->len;
    if (truncated)
        *truncated = out.over;
    if (said)
        *said = g_string_free(g_steal_pointer(&err_text), FALSE);
    return g_string_free(g_steal_pointer(&out_text), FALSE);
}
