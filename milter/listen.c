#include "milter/listen.h"

#include "policy/control.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <grp.h>
#include <libmilter/mfapi.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

G_DEFINE_QUARK(ov_listen_error, ov_listen_error)

/* Path of a Unix socket as libmilter writes it, or NULL for another kind. */
static const char *unix_path(const char *socket) {
    if (g_str_has_prefix(socket, "unix:"))
        return socket + strlen("unix:");
    if (g_str_has_prefix(socket, "local:"))
        return socket + strlen("local:");
    return strchr(socket, ':') ? NULL : socket;
}

static const struct passwd *find_user(const char *user, GError **error) {
    const struct passwd *entry = getpwnam(user);

    if (!entry)
        g_set_error(error, OV_LISTEN_ERROR, OV_LISTEN_ERROR_USER, "there is no user %s", user);
    return entry;
}

/* Gives the socket to user and group, each where one is named. */
static gboolean give_away(const char *path, const char *user, const char *group, GError **error) {
    uid_t uid = (uid_t)-1;
    gid_t gid = (gid_t)-1;

    if (user) {
        const struct passwd *entry = find_user(user, error);
        if (!entry)
            return FALSE;
        uid = entry->pw_uid;
        gid = entry->pw_gid;
    }
    if (*group) {
        const struct group *entry = getgrnam(group);
        if (!entry) {
            g_set_error(error, OV_LISTEN_ERROR, OV_LISTEN_ERROR_USER,
                        "[milter] socket_group: there is no group %s", group);
            return FALSE;
        }
        gid = entry->gr_gid;
    }
    if (chown(path, uid, gid) == 0)
        return TRUE;
    g_set_error(error, OV_LISTEN_ERROR, OV_LISTEN_ERROR_SOCKET,
                "cannot give %s to group %s: %s (outvetd's user must be a member of it)", path,
                *group ? group : "of its user", g_strerror(errno));
    return FALSE;
}

gboolean ov_listen_open(const OvSettings *settings, const char *user, GError **error) {
    const char *path = unix_path(settings->milter_socket);

    if (!user && geteuid() == 0) {
        g_set_error(error, OV_LISTEN_ERROR, OV_LISTEN_ERROR_USER,
                    "outvetd does not judge mail as root: name its user by --user");
        return FALSE;
    }
    if (path && !ov_control_clear(path, error))
        return FALSE;
    g_autofree char *socket = g_strdup(settings->milter_socket);
    mode_t mask = umask(0007);
    gboolean opened = smfi_setconn(socket) == MI_SUCCESS && smfi_opensocket(FALSE) == MI_SUCCESS;
    umask(mask);
    if (!opened) {
        g_autofree char *where = path ? g_path_get_dirname(path) : NULL;
        if (path)
            g_set_error(error, OV_LISTEN_ERROR, OV_LISTEN_ERROR_SOCKET,
                        "cannot listen on %s: can outvetd write to %s?", settings->milter_socket,
                        where);
        else
            g_set_error(error, OV_LISTEN_ERROR, OV_LISTEN_ERROR_SOCKET,
                        "cannot listen on %s: is another outvetd running, is the address one of "
                        "this machine?",
                        settings->milter_socket);
        return FALSE;
    }
    return !path ||
           give_away(path, geteuid() == 0 ? user : NULL, settings->milter_socket_group, error);
}

void ov_listen_close(const OvSettings *settings) {
    const char *path = unix_path(settings->milter_socket);

    if (path)
        unlink(path);
}

gboolean ov_listen_drop_root(const char *user, GError **error) {
    if (!user)
        return TRUE;
    const struct passwd *entry = find_user(user, error);
    if (!entry)
        return FALSE;
    if (entry->pw_uid == geteuid() && entry->pw_uid != 0)
        return TRUE;
    if (entry->pw_uid == 0) {
        g_set_error(error, OV_LISTEN_ERROR, OV_LISTEN_ERROR_USER,
                    "--user %s is root: name an ordinary user", user);
        return FALSE;
    }
    if (initgroups(user, entry->pw_gid) == 0 && setgid(entry->pw_gid) == 0 &&
        setuid(entry->pw_uid) == 0)
        return TRUE;
    g_set_error(error, OV_LISTEN_ERROR, OV_LISTEN_ERROR_USER, "cannot become user %s: %s", user,
                g_strerror(errno));
    return FALSE;
}
