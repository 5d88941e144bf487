/* Unix sockets on this machine, without waiting for ever: every call ends at a deadline
 * (g_get_monotonic_time), and where wake >= 0 as soon as that can be read. */
#pragma once

#include <glib.h>
#include <sys/un.h>

/* FALSE where path is too long. */
gboolean ov_local_address(struct sockaddr_un *address, const char *path);

/* A connection to path, which doesn't block, or -1 with errno. */
int ov_local_dial(const char *path);

/* Until fd is ready for events, as poll(2) has them: 1 ready, 0 too late, -1 woken. */
int ov_local_wait(int fd, short events, int wake, gint64 deadline);

/* Appends what comes, up to the block with a line feed (line) or to the other side's end; for a
 * line the other side's end does, too, where anything came. FALSE when it came too late, was longer
 * than limit octets, or broke. */
gboolean ov_local_read(int fd, GString *text, gsize limit, gboolean line, int wake,
                       gint64 deadline);

/* FALSE when not all of it could be written. */
gboolean ov_local_write(int fd, const char *text, gsize length, int wake, gint64 deadline);
