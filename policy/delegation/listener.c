#include "policy/delegation/listener.h"

#include "policy/control.h"

#include <errno.h>
#include <grp.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 1024 };

static int fail(char **trouble, char *sentence) {
    *trouble = sentence;
    return -1;
}

/* What follows the kind of a socket, "unix:" say; NULL where name is of another kind. */
static const char *after(const char *name, const char *kind) {
    gsize length = strlen(kind);
    return strncmp(name, kind, length) == 0 ? name + length : NULL;
}

/* NULL, or what is wrong. */
static char *give_to_group(const char *path, const char *group) {
    const struct group *entry = getgrnam(group);
    if (!entry)
        return g_strdup_printf("there is no group %s", group);
    if (chown(path, (uid_t)-1, entry->gr_gid) < 0)
        return g_strdup_printf("cannot give %s to group %s: %s (outvetd's user must be a member "
                               "of it)",
                               path, group, g_strerror(errno));
    return NULL;
}

static int listen_unix(const char *path, const char *group, char **trouble) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    g_autoptr(GError) error = NULL;
    if (g_strlcpy(address.sun_path, path, sizeof address.sun_path) >= sizeof address.sun_path)
        return fail(trouble, g_strdup_printf("the path %s is too long for a socket", path));
    if (!ov_control_clear(path, &error))
        return fail(trouble, g_strdup(error->message));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return fail(trouble, g_strdup(g_strerror(errno)));
    mode_t mask = umask(0117);
    gboolean bound = bind(fd, (struct sockaddr *)&address, sizeof address) == 0;
    umask(mask);
    if (!bound || listen(fd, BACKLOG) < 0) {
        g_autofree char *where = g_path_get_dirname(path);
        int saved = errno;
        close(fd);
        return fail(trouble, g_strdup_printf("cannot listen on %s: %s; can outvetd write to %s?",
                                             path, g_strerror(saved), where));
    }
    char *refused = *group ? give_to_group(path, group) : NULL;
    if (!refused)
        return fd;
    close(fd);
    unlink(path);
    return fail(trouble, refused);
}

static int bind_to(const struct addrinfo *found) {
    int on = 1;
    int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, found->ai_addr, found->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    int saved = errno;
    close(fd);
    errno = saved;
    return -1;
}

/* where: "PORT@HOST". */
static int listen_inet(const char *where, int family, char **trouble) {
    const char *at = strchr(where, '@');
    g_autofree char *port = at ? g_strndup(where, (gsize)(at - where)) : g_strdup(where);
    struct addrinfo wanted = {.ai_family = family,
                              .ai_socktype = SOCK_STREAM,
                              .ai_flags = AI_PASSIVE | AI_NUMERICSERV},
                    *found = NULL;
    int code = getaddrinfo(at ? at + 1 : NULL, port, &wanted, &found);
    if (code != 0)
        return fail(trouble, g_strdup_printf("%s is no address to listen on: %s", where,
                                             gai_strerror(code)));
    int fd = bind_to(found);
    int saved = errno;
    freeaddrinfo(found);
    if (fd >= 0)
        return fd;
    return fail(trouble, g_strdup_printf("cannot listen on %s: %s", where, g_strerror(saved)));
}

int ov_listener_open(const char *name, const char *group, char **trouble) {
    const char *path = after(name, "unix:"), *inet = after(name, "inet:"),
               *inet6 = after(name, "inet6:");
    if (path)
        return listen_unix(path, group, trouble);
    if (inet)
        return listen_inet(inet, AF_INET, trouble);
    if (inet6)
        return listen_inet(inet6, AF_INET6, trouble);
    return fail(trouble,
                g_strdup_printf("%s is no socket: write unix:PATH or inet:PORT@HOST", name));
}

void ov_listener_close(const char *name, int listener) {
    const char *path = after(name, "unix:");
    close(listener);
    if (path)
        unlink(path);
}
