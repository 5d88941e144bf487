#include "policy/control.h"

#include "policy/local_socket.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    REQUEST_LIMIT = 64 * 1024,
    ANSWER_LIMIT = 16 * 1024 * 1024,
    CLIENT_SECONDS = 5,
};

struct OvControl {
    char *path;
    int listener;
    int wake; /* eventfd; readable from ov_control_stop on */
    GThread *thread;
    OvControlHandler handler;
    gpointer data;
};

G_DEFINE_QUARK(ov_control_error, ov_control_error)

static gboolean write_json(int fd, const json_t *object, int wake, gint64 deadline) {
    char *text = json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS);
    if (!text)
        return FALSE;
    gboolean ok = ov_local_write(fd, text, strlen(text), wake, deadline) &&
                  ov_local_write(fd, "\n", 1, wake, deadline);
    free(text);
    return ok;
}

static json_t *refusal(const char *sentence) {
    return json_pack("{s:b, s:s}", "ok", 0, "error", sentence);
}

static void serve(OvControl *control, int client) {
    gint64 deadline = g_get_monotonic_time() + CLIENT_SECONDS * G_USEC_PER_SEC;
    GString *line = g_string_new(NULL);

    if (ov_local_read(client, line, REQUEST_LIMIT, TRUE, control->wake, deadline)) {
        json_t *request = json_loadb(line->str, line->len, JSON_REJECT_DUPLICATES, NULL);
        const char *command = json_string_value(json_object_get(request, "command"));
        json_t *answer = command ? control->handler(command, request, control->data)
                                 : refusal("a request is a JSON object with a \"command\"");
        /* The handler's time is not the client's. */
        deadline = g_get_monotonic_time() + CLIENT_SECONDS * G_USEC_PER_SEC;
        write_json(client, answer, control->wake, deadline);
        json_decref(answer);
        json_decref(request);
    }
    g_string_free(line, TRUE);
}

static gpointer control_thread(gpointer data) {
    OvControl *control = data;

    while (ov_local_wait(control->listener, POLLIN, control->wake, G_MAXINT64 / 2) == 1) {
        int client = accept4(control->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (client >= 0) {
            serve(control, client);
            close(client);
        } else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM) {
            /* Nothing can be accepted until others close theirs; the listener stays readable. */
            g_usleep(100 * 1000);
        }
    }
    return NULL;
}

gboolean ov_control_is_live(const char *path) {
    int fd = ov_local_dial(path);
    if (fd >= 0)
        close(fd);
    /* A full backlog (EAGAIN) and a socket that is not ours to use have a listener too. */
    return fd >= 0 || errno == EAGAIN || errno == EACCES;
}

gboolean ov_control_clear(const char *path, GError **error) {
    struct stat status;

    if (lstat(path, &status) < 0)
        return TRUE;
    if (!S_ISSOCK(status.st_mode)) {
        g_set_error(error, OV_CONTROL_ERROR, OV_CONTROL_ERROR_SOCKET,
                    "%s is not a socket: remove it, or choose another path", path);
        return FALSE;
    }
    if (ov_control_is_live(path)) {
        g_set_error(error, OV_CONTROL_ERROR, OV_CONTROL_ERROR_RUNNING,
                    "another process already listens on %s", path);
        return FALSE;
    }
    if (unlink(path) < 0) {
        g_set_error(error, OV_CONTROL_ERROR, OV_CONTROL_ERROR_SOCKET,
                    "cannot remove the old socket %s: %s", path, g_strerror(errno));
        return FALSE;
    }
    return TRUE;
}

/* A listening socket at path, 0660, or -1 with error. */
static int listen_on(const char *path, GError **error) {
    struct sockaddr_un address;

    if (!ov_local_address(&address, path)) {
        g_set_error(error, OV_CONTROL_ERROR, OV_CONTROL_ERROR_SOCKET,
                    "the control socket's path is too long: %s", path);
        return -1;
    }
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    /* The mode is right before listen() lets anybody connect. */
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0 ||
        g_chmod(path, 0660) < 0 || listen(fd, 16) < 0) {
        g_set_error(error, OV_CONTROL_ERROR, OV_CONTROL_ERROR_SOCKET,
                    "cannot make the control socket %s: %s", path, g_strerror(errno));
        if (fd >= 0)
            close(fd);
        return -1;
    }
    return fd;
}

OvControl *ov_control_start(const char *path, OvControlHandler handler, gpointer data,
                            GError **error) {
    if (!ov_control_clear(path, error))
        return NULL;
    int listener = listen_on(path, error);
    if (listener < 0)
        return NULL;

    OvControl *control = g_new0(OvControl, 1);
    control->path = g_strdup(path);
    control->listener = listener;
    control->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    control->handler = handler;
    control->data = data;
    control->thread = g_thread_new("control", control_thread, control);
    return control;
}

void ov_control_stop(OvControl *control) {
    if (!control)
        return;
    guint64 one = 1;
    if (write(control->wake, &one, sizeof one) == sizeof one)
        g_thread_join(control->thread);
    unlink(control->path);
    close(control->listener);
    close(control->wake);
    g_free(control->path);
    g_free(control);
}

json_t *ov_control_ask(const char *path, const char *command, guint timeout, GError **error) {
    json_t *request = json_pack("{s:s}", "command", command);
    json_t *answer = ov_control_request(path, request, timeout, error);
    json_decref(request);
    return answer;
}

json_t *ov_control_request(const char *path, const json_t *request, guint timeout, GError **error) {
    gint64 deadline = g_get_monotonic_time() + (gint64)timeout * G_USEC_PER_SEC;
    g_autoptr(GString) line = g_string_new(NULL);
    json_t *answer = NULL;

    int fd = ov_local_dial(path);
    if (fd < 0) {
        if (errno == EACCES || errno == EPERM)
            g_set_error(error, OV_CONTROL_ERROR, OV_CONTROL_ERROR_DENIED,
                        "no right to use %s: become root or the user that runs outvetd", path);
        else
            g_set_error(error, OV_CONTROL_ERROR, OV_CONTROL_ERROR_SILENT,
                        "outvetd does not answer on %s: is it running?", path);
        return NULL;
    }
    gboolean came = write_json(fd, request, -1, deadline) &&
                    ov_local_read(fd, line, ANSWER_LIMIT, TRUE, -1, deadline);
    close(fd);

    if (!came)
        g_set_error(error, OV_CONTROL_ERROR, OV_CONTROL_ERROR_SILENT,
                    "outvetd gave no answer on %s within %u s", path, timeout);
    else if (!(answer = json_loadb(line->str, line->len, JSON_REJECT_DUPLICATES, NULL)))
        g_set_error(error, OV_CONTROL_ERROR, OV_CONTROL_ERROR_ANSWER,
                    "what answers on %s is not outvetd", path);
    return answer;
}
