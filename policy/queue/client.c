#include "policy/queue/client.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "policy/local_socket.h"

enum {
    SECONDS = 120,                          /* a command's minute, and another's before it */
    MAX_ANSWER = 256 * 1024 * 1024 + 65536, /* the longest listing, and its line */
};

static int dial(const char *path, GError **error) {
    int fd = ov_local_dial(path);
    if (fd >= 0)
        return fd;
    if (errno == ENOENT)
        g_set_error(error, OV_QUEUE_ERROR, OV_QUEUE_ERROR_ABSENT, "there is no outvet-queue at %s",
                    path);
    else if (errno == EACCES || errno == EPERM)
        g_set_error(error, OV_QUEUE_ERROR, OV_QUEUE_ERROR_PERMISSION,
                    "no right to use %s: it is for root and the group of [mta] queue_group", path);
    else
        g_set_error(error, OV_QUEUE_ERROR, OV_QUEUE_ERROR_SILENT,
                    "outvet-queue does not answer on %s: is it running?", path);
    return -1;
}

gboolean ov_queue_agent_ask(const char *socket, const OvQueueRequest *request, int wake,
                            OvQueueAnswer *answer, GError **error) {
    gint64 deadline = g_get_monotonic_time() + SECONDS * G_USEC_PER_SEC;
    int fd = dial(socket, error);
    if (fd < 0)
        return FALSE;
    g_autofree char *line = ov_queue_request_format(request);
    g_autoptr(GString) text = g_string_new(NULL);
    /* What refuses a request may do so before it has read all of it. */
    gboolean written = ov_local_write(fd, line, strlen(line), wake, deadline);
    gboolean read = ov_local_read(fd, text, MAX_ANSWER, FALSE, wake, deadline);
    close(fd);
    if (text->len > 0 && read)
        return ov_queue_answer_parse(answer, text->str, text->len, error);
    g_set_error(error, OV_QUEUE_ERROR, OV_QUEUE_ERROR_SILENT, "outvet-queue on %s %s", socket,
                written ? "gave no whole answer" : "took no request");
    return FALSE;
}
