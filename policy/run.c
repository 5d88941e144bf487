#include "policy/run.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHUNK = 64 * 1024, MAX_SAID = 64 * 1024, LOOK_UP = 200 /* milliseconds */ };

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
static gboolean collect(const OvProgram *program, Stream *out, Stream *err) {
    gint64 deadline = g_get_monotonic_time() + program->time_limit;
    g_autofree char *buffer = g_malloc(CHUNK);
    while ((out->fd >= 0 || err->fd >= 0) && !out->over) {
        gint64 left = (deadline - g_get_monotonic_time()) / 1000;
        if (left <= 0 || (program->give_up && program->give_up(program->data)))
            return FALSE;
        if (program->give_up)
            left = MIN(left, LOOK_UP);
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

char *ov_run_last_line(const char *said) {
    g_autofree char *text = g_strchomp(g_strdup(said));
    const char *feed = strrchr(text, '\n');
    return g_strdup(feed ? feed + 1 : text);
}

gboolean ov_ran_well(const OvRan *ran, const char *program, GError **error) {
    if (WIFEXITED(ran->status) && WEXITSTATUS(ran->status) == 0)
        return TRUE;
    g_autofree char *words = ov_run_last_line(ran->said);
    if (words[0])
        g_set_error_literal(error, OV_RUN_ERROR, OV_RUN_ERROR_EXIT, words);
    else
        g_set_error(error, OV_RUN_ERROR, OV_RUN_ERROR_EXIT, "%s ended with %s %d", program,
                    WIFEXITED(ran->status) ? "status" : "signal",
                    WIFEXITED(ran->status) ? WEXITSTATUS(ran->status) : WTERMSIG(ran->status));
    return FALSE;
}

/* A file in memory, so that a program that reads nothing can't stop us. -1 with error. */
static int input_file(const char *text, GError **error) {
    int file = memfd_create("input", MFD_CLOEXEC);
    gsize length = strlen(text), written = 0;
    while (file >= 0 && written < length) {
        gssize n = write(file, text + written, length - written);
        if (n <= 0 && errno != EINTR) {
            close(file);
            file = -1;
        } else if (n > 0) {
            written += (gsize)n;
        }
    }
    if (file < 0 || lseek(file, 0, SEEK_SET) != 0)
        g_set_error(error, OV_RUN_ERROR, OV_RUN_ERROR_START, "input for a program: %s",
                    g_strerror(errno));
    return file;
}

/* In the child, before the program: only what is safe there (signal-safety(7)). */
static void settle_child(gpointer data) {
    sigset_t none;
    (void)data;
    setpgid(0, 0);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
}

/* That of a program; the caller frees it. */
static char **environment_of(const OvProgram *program) {
    char **environment = g_environ_setenv(g_get_environ(), "LC_ALL", "C", TRUE);
    for (const char *const *more = program->environment; more && *more; more++) {
        g_autofree char *name = g_strndup(*more, strcspn(*more, "="));
        environment = g_environ_setenv(environment, name, *more + strlen(name) + 1, TRUE);
    }
    return environment;
}

static gboolean start(const OvProgram *program, GPid *pid, int *out, int *err, GError **error) {
    g_auto(GStrv) environment = environment_of(program);
    int input = -1;
    if (program->input && (input = input_file(program->input, error)) < 0)
        return FALSE;
    g_autoptr(GError) inner = NULL;
    gboolean started = g_spawn_async_with_pipes_and_fds(
        NULL, program->argv, (const char *const *)environment,
        G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_CLOEXEC_PIPES, program->own_group ? settle_child : NULL,
        NULL, input, -1, -1, NULL, NULL, 0, pid, NULL, out, err, &inner);
    if (input >= 0)
        close(input);
    if (!started)
        g_set_error_literal(error, OV_RUN_ERROR, OV_RUN_ERROR_START, inner->message);
    return started;
}

gboolean ov_run_program(const OvProgram *program, OvRan *ran, GError **error) {
    Stream out = {-1, NULL, program->max_output, FALSE};
    Stream err = {-1, NULL, MAX_SAID, FALSE};
    GPid pid = 0;
    if (!start(program, &pid, &out.fd, &err.fd, error))
        return FALSE;
    out.text = g_string_new(NULL);
    err.text = g_string_new(NULL);
    gboolean in_time = collect(program, &out, &err);
    drop(&out);
    drop(&err);
    if (!in_time || out.over)
        kill(program->own_group ? -pid : pid, SIGKILL);
    *ran = (OvRan){.status = reap(pid), .truncated = out.over, .length = out.text->len};
    ran->output = g_string_free(out.text, FALSE);
    ran->said = g_string_free(err.text, FALSE);
    if (in_time)
        return TRUE;
    g_autofree char *words = ov_run_last_line(ran->said);
    ov_ran_clear(ran);
    g_set_error(error, OV_RUN_ERROR, OV_RUN_ERROR_TIME, "%s did not end within %g s%s%s",
                program->argv[0], (double)program->time_limit / G_USEC_PER_SEC, *words ? ": " : "",
                words);
    return FALSE;
}

void ov_ran_clear(OvRan *ran) {
    g_clear_pointer(&ran->output, g_free);
    g_clear_pointer(&ran->said, g_free);
}

char *ov_run(const char *const *argv, gsize max_output, guint seconds, gsize *length,
             gboolean *truncated, char **said, GError **error) {
    OvProgram program = {
        .argv = argv, .max_output = max_output, .time_limit = seconds * G_USEC_PER_SEC};
    g_auto(OvRan) ran = {.output = NULL};
    if (!ov_run_program(&program, &ran, error) ||
        (!ran.truncated && !ov_ran_well(&ran, argv[0], error)))
        return NULL;
    *length = ran.length;
    if (truncated)
        *truncated = ran.truncated;
    if (said)
        *said = g_steal_pointer(&ran.said);
    return g_steal_pointer(&ran.output);
}
