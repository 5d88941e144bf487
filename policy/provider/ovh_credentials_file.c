#include "policy/provider/ovh_credentials_file.h"

#include "policy/provider/hosting.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static gboolean fail(const char *path, const char *trouble, GError **error) {
    g_set_error(error, OV_HOSTING_ERROR, OV_HOSTING_ERROR_SETUP, "the credentials %s: %s", path,
                trouble);
    return FALSE;
}

/* Whoever is root may use the file of the user that outvetd runs as. The group may read it: that is
 * how root keeps a file that outvetd, an ordinary user's process, reads and can't change. */
static const char *fault_of(const struct stat *status) {
    if (!S_ISREG(status->st_mode))
        return "it is no file";
    if (status->st_uid != 0 && geteuid() != 0 && status->st_uid != geteuid())
        return "it belongs to another user";
    if (status->st_mode & (S_IWGRP | S_IRWXO))
        return "others may read or write it; chmod 640 it, or 600";
    return status->st_size > OV_OVH_MAX_FILE ? "it is longer than 32 KiB" : NULL;
}

static gboolean read_all(int file, char *room, gsize *length) {
    gssize n = 1;
    *length = 0;
    while (n > 0 && *length < OV_OVH_MAX_FILE) {
        n = read(file, room + *length, OV_OVH_MAX_FILE - *length);
        *length += n > 0 ? (gsize)n : 0;
    }
    return n >= 0;
}

gboolean ov_ovh_credentials_file(const char *path, OvSecrets *secrets, OvSlice *text,
                                 struct stat *status, GError **error) {
    struct stat own;
    status = status ? status : &own;
    char *room = ov_secrets_room(secrets, OV_OVH_MAX_FILE);
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file < 0 || fstat(file, status) != 0) {
        fail(path, g_strerror(errno), error);
        if (file >= 0)
            close(file);
        return FALSE;
    }
    const char *fault = fault_of(status);
    if (!fault && !read_all(file, room, &text->length))
        fault = g_strerror(errno);
    close(file);
    text->data = room;
    return fault ? fail(path, fault, error) : TRUE;
}
