#include "policy/local_socket.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

gboolean ov_local_address(struct sockaddr_un *address, const char *path) {
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    return g_strlcpy(address->sun_path, path, sizeof address->sun_path) < sizeof address->sun_path;
}

int ov_local_dial(const char *path) {
    struct sockaddr_un address;

    if (!ov_local_address(&address, path)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
        int saved = errno;
        close(fd);
        errno = saved;
        return -1;
    }
    return fd;
}

int ov_local_wait(int fd, short events, int wake, gint64 deadline) {
    for (;;) {
        struct pollfd fds[] = {{.fd = fd, .events = events}, {.fd = wake, .events = POLLIN}};
        gint64 left = (deadline - g_get_monotonic_time() + 999) / 1000;
        if (left <= 0)
            return 0;
        int n = poll(fds, 2, (int)MIN(left, G_MAXINT));
        if (n < 0 && errno != EINTR)
            return 0;
        if (n > 0 && fds[1].revents)
            return -1;
        if (n > 0 && fds[0].revents)
            return 1;
    }
}

gboolean ov_local_read(int fd, GString *text, gsize limit, gboolean line, int wake,
                       gint64 deadline) {
    char block[8192];

    while (text->len <= limit) {
        ssize_t n = read(fd, block, sizeof block);
        if (n == 0)
            return !line || text->len > 0;
        if (n < 0) {
            if (errno == EINTR)
                continue;
            if (errno != EAGAIN || ov_local_wait(fd, POLLIN, wake, deadline) != 1)
                return FALSE;
            continue;
        }
        g_string_append_len(text, block, n);
        if (line && memchr(block, '\n', (gsize)n))
            return text->len <= limit;
        /* Who never stops sending would not get to the wait. */
        if (g_get_monotonic_time() > deadline)
            return FALSE;
    }
    return FALSE;
}

gboolean ov_local_write(int fd, const char *text, gsize length, int wake, gint64 deadline) {
    while (length > 0) {
        ssize_t n = send(fd, text, length, MSG_NOSIGNAL);
        if (n >= 0) {
            text += n;
            length -= (gsize)n;
        } else if (errno != EINTR &&
                   (errno != EAGAIN || ov_local_wait(fd, POLLOUT, wake, deadline) != 1)) {
            return FALSE;
        }
    }
    return TRUE;
}
