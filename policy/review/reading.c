#include "policy/review/reading.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policy/review/mbox.h"

enum {
    DEEPEST = 64,              /* directories in directories */
    FIRST_READ = 64 * 1024,    /* of what has no size: pipes */
    DRAIN = 1024 * 1024 * 1024 /* octets of a pipe that are counted beyond the limit */
};

typedef struct {
    char *path;
    guint depth; /* 0 for a path that was given */
} Pending;

struct OvReading {
    GArray *pending; /* of Pending; the next is the last */
    gsize limit;
    OvMbox *mbox; /* the one being read, or NULL */
    char *mbox_name;
    guint mbox_number;
};

GQuark ov_reading_error_quark(void) {
    return g_quark_from_static_string("ov-reading-error");
}

void ov_stored_free(OvStored *stored) {
    g_free(stored->name);
    g_free(stored->data);
    g_free(stored);
}

static void pending_clear(gpointer data) {
    g_free(((Pending *)data)->path);
}

OvReading *ov_reading_new(const char *const *paths, guint n_paths, gsize limit) {
    OvReading *reading = g_new0(OvReading, 1);
    reading->limit = MIN(limit, G_MAXINT32);
    reading->pending = g_array_new(FALSE, FALSE, sizeof(Pending));
    g_array_set_clear_func(reading->pending, pending_clear);
    for (guint i = n_paths; i > 0; i--) {
        Pending pending = {g_strdup(paths[i - 1]), 0};
        g_array_append_val(reading->pending, pending);
    }
    return reading;
}

static void close_mbox(OvReading *reading) {
    g_clear_pointer(&reading->mbox, ov_mbox_free);
    g_clear_pointer(&reading->mbox_name, g_free);
}

void ov_reading_free(OvReading *reading) {
    close_mbox(reading);
    g_array_unref(reading->pending);
    g_free(reading);
}

static gboolean trouble(const char *path, const char *what, GError **error) {
    g_set_error(error, OV_READING_ERROR, OV_READING_ERROR_FILE, "%s: %s", path, what);
    return FALSE;
}

static gint by_name(gconstpointer a, gconstpointer b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Puts the directory's entries on the stack, the last name first. */
static gboolean enter_directory(OvReading *reading, const Pending *directory, GError **error) {
    if (directory->depth >= DEEPEST)
        return trouble(directory->path, "directories are nested too deep", error);
    DIR *stream = opendir(directory->path);
    if (!stream)
        return trouble(directory->path, g_strerror(errno), error);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    for (const struct dirent *entry; (entry = readdir(stream));)
        if (entry->d_name[0] != '.')
            g_ptr_array_add(names, g_strdup(entry->d_name));
    closedir(stream);
    g_ptr_array_sort(names, by_name);
    for (guint i = names->len; i > 0; i--) {
        Pending entry = {g_build_filename(directory->path, names->pdata[i - 1], NULL),
                         directory->depth + 1};
        g_array_append_val(reading->pending, entry);
    }
    return TRUE;
}

/* Reads up to the limit; *data grows with what comes when the size is not known before. */
static gboolean read_up_to(int fd, gsize expected, gsize limit, char **data, gsize *length,
                           GError **error) {
    gsize capacity = MIN(expected, limit) + 1;
    *data = g_malloc(capacity);
    *length = 0;
    while (*length < limit) {
        if (*length == capacity) {
            capacity = MIN(capacity * 2, limit);
            *data = g_realloc(*data, capacity);
        }
        gssize n = read(fd, *data + *length, MIN(capacity, limit) - *length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            g_set_error(error, OV_READING_ERROR, OV_READING_ERROR_FILE, "%s", g_strerror(errno));
            g_clear_pointer(data, g_free);
            return FALSE;
        }
        if (n == 0)
            break;
        *length += (gsize)n;
    }
    return TRUE;
}

/* How much more a pipe gives, DRAIN octets at most. */
static guint64 drain(int fd) {
    g_autofree char *buffer = g_malloc(FIRST_READ);
    guint64 drained = 0;
    while (drained < DRAIN) {
        gssize n = read(fd, buffer, FIRST_READ);
        if (n == 0 || (n < 0 && errno != EINTR))
            break;
        drained += n > 0 ? (guint64)n : 0;
    }
    return drained;
}

/* The message, or the first of an mbox, in an open file; takes fd. NULL without error: an mbox
 * was opened. */
static OvStored *read_file(OvReading *reading, const char *path, int fd, const struct stat *about,
                           GError **error) {
    gboolean regular = S_ISREG(about->st_mode);
    gsize expected = regular && about->st_size > 0 ? (gsize)about->st_size : FIRST_READ;
    char *data = NULL;
    gsize length = 0;
    g_autoptr(GError) inner = NULL;
    if (!read_up_to(fd, expected, reading->limit, &data, &length, &inner)) {
        close(fd);
        trouble(path, inner->message, error);
        return NULL;
    }
    gboolean standard_input = strcmp(path, "-") == 0;
    if (length == 0 && (standard_input || !regular)) {
        close(fd);
        g_free(data);
        g_set_error(error, OV_READING_ERROR, OV_READING_ERROR_EMPTY, "%s: there is no message",
                    standard_input ? "standard input" : path);
        return NULL;
    }
    if (ov_mbox_starts(data, length)) {
        reading->mbox = ov_mbox_new(fd, data, length, reading->limit);
        reading->mbox_name = g_strdup(path);
        reading->mbox_number = 0;
        return NULL;
    }
    guint64 size = length;
    if (length == reading->limit)
        size = regular ? MAX(length, (guint64)about->st_size) : length + drain(fd);
    close(fd);
    OvStored *stored = g_new0(OvStored, 1);
    *stored = (OvStored){g_strdup(path), 0, data, length, size};
    return stored;
}

/* Opens what path names. NULL without error: a directory or an mbox was entered, or what is no
 * message was passed over. */
static OvStored *take_path(OvReading *reading, const Pending *pending, GError **error) {
    const char *path = pending->path;
    gboolean given = pending->depth == 0;
    int fd = given && strcmp(path, "-") == 0
                 ? dup(STDIN_FILENO)
                 /* A pipe in a directory must not keep us waiting for its writer. */
                 : open(path, O_RDONLY | O_CLOEXEC | (given ? 0 : O_NONBLOCK));
    struct stat about;
    if (fd < 0 || fstat(fd, &about) != 0) {
        /* Links that lead nowhere are no messages. */
        if (given || errno != ENOENT)
            trouble(path, g_strerror(errno), error);
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    if (S_ISDIR(about.st_mode)) {
        close(fd);
        struct stat link;
        if (given || (lstat(path, &link) == 0 && !S_ISLNK(link.st_mode)))
            enter_directory(reading, pending, error);
        return NULL;
    }
    if (!given && !S_ISREG(about.st_mode)) {
        close(fd);
        return NULL;
    }
    return read_file(reading, path, fd, &about, error);
}

static OvStored *next_of_mbox(OvReading *reading, GError **error) {
    OvStored *stored = g_new0(OvStored, 1);
    g_autoptr(GError) inner = NULL;
    if (ov_mbox_next(reading->mbox, &stored->data, &stored->length, &stored->size, &inner)) {
        stored->name = g_strdup(reading->mbox_name);
        stored->number = ++reading->mbox_number;
        return stored;
    }
    if (inner)
        trouble(reading->mbox_name, inner->message, error);
    close_mbox(reading);
    ov_stored_free(stored);
    return NULL;
}

OvReadingResult ov_reading_next(OvReading *reading, OvStored **stored, GError **error) {
    for (;;) {
        g_autoptr(GError) inner = NULL;
        if (reading->mbox) {
            *stored = next_of_mbox(reading, &inner);
        } else {
            if (reading->pending->len == 0)
                return OV_READING_END;
            Pending pending = g_array_index(reading->pending, Pending, reading->pending->len - 1);
            g_array_index(reading->pending, Pending, reading->pending->len - 1).path = NULL;
            g_array_set_size(reading->pending, reading->pending->len - 1);
            *stored = take_path(reading, &pending, &inner);
            g_free(pending.path);
        }
        if (*stored)
            return OV_READING_MESSAGE;
        if (inner) {
            g_propagate_error(error, g_steal_pointer(&inner));
            return OV_READING_TROUBLE;
        }
    }
}
