/* A log file that is rotated, by renaming or by copying and truncating. The position is an offset
 * and a hash of the octets before it: they tell a file again whatever its name, and tell a new file
 * under an old inode from the old one. */
#include "policy/delivery/source_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    BUFFER = 128 * 1024, /* the longest line that is read */
    PRINT = 256,         /* octets before the position that tell a file */
    MOST_OLDER = 100     /* rotated files that are looked at */
};

/* How long a writer may need to leave the file that was rotated for the new one. */
static const gint64 LEAVE = 3 * G_USEC_PER_SEC;
/* How much longer, at most, a file that was rotated is written to than the one after it. */
static const gint64 LATE = 60 * G_GINT64_CONSTANT(1000000000); /* nanoseconds */

typedef struct {
    guint64 offset; /* of the first line that was not read */
    guint64 print;
} Position;

typedef struct {
    OvLogSource source;
    char *path, *directory, *base;
    int file; /* -1 for none */
    dev_t device;
    ino_t inode;
    gboolean known; /* position is that of a file */
    Position position;
    GPtrArray *older;  /* char *: files to read after this one, before the one under path */
    gboolean rotated;  /* file is not the one under path */
    gint64 noticed;    /* when that was seen at its end; 0 for not */
    int notify;        /* -1 for none */
    gsize length;      /* octets in the buffer, from the position on */
    gboolean skipping; /* the rest of a line that is too long */
    char *buffer;
} FileSource;

/* FNV-1a over at most PRINT octets before the offset; FALSE where the file does not reach so far.
 */
static gboolean print_of(int file, guint64 offset, guint64 *print) {
    char octets[PRINT];
    gsize length = (gsize)MIN(offset, PRINT);
    ssize_t got = pread(file, octets, length, (off_t)(offset - length));
    if (got < 0 || (gsize)got != length)
        return FALSE;
    *print = G_GUINT64_CONSTANT(14695981039346656037);
    for (gsize i = 0; i < length; i++)
        *print = (*print ^ (guchar)octets[i]) * G_GUINT64_CONSTANT(1099511628211);
    return TRUE;
}

static gboolean is_at(int file, const Position *position) {
    guint64 print;
    return print_of(file, position->offset, &print) && print == position->print;
}

static gboolean fail(GError **error, const char *path) {
    int reason = errno;
    gint code = reason == ENOENT                      ? OV_SOURCE_ERROR_MISSING
                : reason == EACCES || reason == EPERM ? OV_SOURCE_ERROR_DENIED
                                                      : OV_SOURCE_ERROR_READ;
    g_set_error(error, OV_SOURCE_ERROR, code, "the log %s can't be read: %s", path,
                g_strerror(reason));
    return FALSE;
}

static void close_file(FileSource *source) {
    if (source->file >= 0)
        close(source->file);
    source->file = -1;
    source->length = 0;
    source->noticed = 0;
}

/* From offset on; the file is ours then. */
static void take_file(FileSource *source, int file, guint64 offset) {
    struct stat status = {0};
    close_file(source);
    fstat(file, &status);
    source->file = file;
    source->device = status.st_dev;
    source->inode = status.st_ino;
    source->skipping = FALSE;
    source->position.offset = offset;
    source->known = print_of(file, offset, &source->position.print);
}

/* A file of that name is one that the log was rotated to, and not compressed. */
static gboolean is_older(const FileSource *source, const char *name) {
    static const char *const COMPRESSED[] = {".gz", ".xz", ".bz2", ".zst", ".lz4", ".lzma"};
    gsize length = strlen(source->base);
    if (strncmp(name, source->base, length) != 0 || (name[length] != '.' && name[length] != '-'))
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(COMPRESSED); i++)
        if (g_str_has_suffix(name, COMPRESSED[i]))
            return FALSE;
    return TRUE;
}

typedef struct {
    char *path;
    gint64 changed; /* nanoseconds since the epoch */
} Older;

static void older_clear(gpointer data) {
    g_free(((Older *)data)->path);
}

static gint by_change(gconstpointer a, gconstpointer b) {
    const Older *one = a, *other = b;
    return (one->changed > other->changed) - (one->changed < other->changed);
}

static GArray *list_older(const FileSource *source) {
    GArray *list = g_array_new(FALSE, FALSE, sizeof(Older));
    g_array_set_clear_func(list, older_clear);
    GDir *directory = g_dir_open(source->directory, 0, NULL);
    for (const char *name; directory && (name = g_dir_read_name(directory));) {
        struct stat status;
        if (list->len >= MOST_OLDER || !is_older(source, name))
            continue;
        char *path = g_build_filename(source->directory, name, NULL);
        Older older = {path, 0};
        if (stat(path, &status) == 0 && S_ISREG(status.st_mode)) {
            older.changed =
                status.st_mtim.tv_sec * G_GINT64_CONSTANT(1000000000) + status.st_mtim.tv_nsec;
            g_array_append_val(list, older);
        } else {
            g_free(path);
        }
    }
    if (directory)
        g_dir_close(directory);
    g_array_sort(list, by_change);
    return list;
}

/* The one of the list that has the position is opened; the list's length where none has it. */
static guint find_position(FileSource *source, const GArray *list) {
    for (guint i = 0; i < list->len; i++) {
        int file = open(g_array_index(list, Older, i).path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        if (file >= 0 && is_at(file, &source->position)) {
            take_file(source, file, source->position.offset);
            return i;
        }
        if (file >= 0)
            close(file);
    }
    return list->len;
}

/* Goes on in the rotated file that has the position, if one has it; those that are newer follow,
 * and those that may be, as its writer could have been the last to leave: what is read twice does
 * no harm. */
static gboolean resume_older(FileSource *source) {
    g_autoptr(GArray) list = list_older(source);
    guint found = find_position(source, list);
    g_ptr_array_set_size(source->older, 0);
    source->rotated = found < list->len;
    if (!source->rotated)
        return FALSE;
    gint64 since = g_array_index(list, Older, found).changed - LATE;
    for (guint i = 0; i < list->len; i++) {
        const Older *older = &g_array_index(list, Older, i);
        if (i != found && older->changed >= since)
            g_ptr_array_add(source->older, g_strdup(older->path));
    }
    return TRUE;
}

/* Opens the file that is to be read next. */
static gboolean open_next(FileSource *source, GError **error) {
    gboolean resuming = source->known && source->position.offset > 0;
    int file = open(source->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    int reason = errno;
    if (file >= 0 && resuming && is_at(file, &source->position)) {
        take_file(source, file, source->position.offset);
        source->rotated = FALSE;
        return TRUE;
    }
    if (resuming && resume_older(source)) {
        if (file >= 0)
            close(file);
        return TRUE;
    }
    errno = reason;
    if (file < 0)
        return fail(error, source->path);
    take_file(source, file, 0);
    source->rotated = FALSE;
    return TRUE;
}

/* The next of those that were rotated after the one that is through, or the current one. */
static gboolean open_following(FileSource *source, GError **error) {
    while (source->older->len > 0) {
        g_autofree char *path = g_ptr_array_steal_index(source->older, 0);
        int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        if (file >= 0) {
            take_file(source, file, 0);
            return TRUE;
        }
    }
    int file = open(source->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0)
        return fail(error, source->path);
    take_file(source, file, 0);
    source->rotated = FALSE;
    return TRUE;
}

/* Hands over the whole lines of the buffer. */
static guint hand_over(FileSource *source, OvIntake *intake) {
    gsize start = 0;
    guint n = 0;
    while (n < OV_SOURCE_AT_ONCE) {
        const char *data = source->buffer + start;
        const char *end = memchr(data, '\n', source->length - start);
        if (!end)
            break;
        if (!source->skipping)
            ov_intake_line(intake, (OvSlice){data, (gsize)(end - data)});
        source->skipping = FALSE;
        start += (gsize)(end - data) + 1;
        n++;
    }
    if (start == 0 && source->length == BUFFER) {
        source->skipping = TRUE;
        start = source->length;
    }
    memmove(source->buffer, source->buffer + start, source->length - start);
    source->length -= start;
    source->position.offset += start;
    return n;
}

static gboolean fill(FileSource *source, gboolean *ended, GError **error) {
    ssize_t got = pread(source->file, source->buffer + source->length, BUFFER - source->length,
                        (off_t)(source->position.offset + source->length));
    if (got < 0)
        return fail(error, source->path);
    source->length += (gsize)got;
    *ended = got == 0;
    return TRUE;
}

/* At the file's end: TRUE where it is not the one under the path any more and its writer had the
 * time to leave it. */
static gboolean is_left(FileSource *source) {
    struct stat status;
    if (source->rotated)
        return TRUE;
    if (stat(source->path, &status) != 0 ||
        (status.st_dev == source->device && status.st_ino == source->inode))
        return FALSE;
    gint64 now = g_get_monotonic_time();
    if (source->noticed == 0)
        source->noticed = now;
    return status.st_size > 0 || now - source->noticed > LEAVE;
}

/* The file is shorter than what was read of it, or holds something else there. */
static gboolean is_truncated(const FileSource *source) {
    struct stat status;
    return fstat(source->file, &status) == 0 &&
           ((guint64)status.st_size < source->position.offset ||
            (source->known && !is_at(source->file, &source->position)));
}

static gboolean read_file(OvLogSource *base, OvIntake *intake, gboolean *more, GError **error) {
    FileSource *source = (FileSource *)base;
    if (source->file >= 0 && is_truncated(source))
        close_file(source);
    if (source->file < 0 && !open_next(source, error))
        return FALSE;
    guint n = 0;
    gboolean ended = FALSE;
    ov_intake_set_reference(intake, g_get_real_time());
    while (n < OV_SOURCE_AT_ONCE && !ended) {
        if (!fill(source, &ended, error))
            return FALSE;
        n += hand_over(source, intake);
    }
    source->known = print_of(source->file, source->position.offset, &source->position.print);
    *more = !ended;
    if (ended && is_left(source)) {
        *more = TRUE;
        if (source->rotated)
            return open_following(source, error);
        close_file(source);
    }
    return TRUE;
}

static char *position_of(const OvLogSource *base) {
    const FileSource *source = (const FileSource *)base;
    return source->known ? g_strdup_printf("%" G_GUINT64_FORMAT " %016" G_GINT64_MODIFIER "x",
                                           source->position.offset, source->position.print)
                         : NULL;
}

static int descriptor_of(const OvLogSource *base) {
    return ((const FileSource *)base)->notify;
}

static void take_notices(OvLogSource *base) {
    char notices[4096];
    while (read(((FileSource *)base)->notify, notices, sizeof notices) > 0)
        continue;
}

static void free_file(OvLogSource *base) {
    FileSource *source = (FileSource *)base;
    close_file(source);
    if (source->notify >= 0)
        close(source->notify);
    g_ptr_array_unref(source->older);
    g_free(source->buffer);
    g_free(source->path);
    g_free(source->directory);
    g_free(source->base);
    g_free(source);
}

static void read_position(FileSource *source, const char *text) {
    source->known = text && sscanf(text, "%" G_GUINT64_FORMAT " %" G_GINT64_MODIFIER "x",
                                   &source->position.offset, &source->position.print) == 2;
}

OvLogSource *ov_source_file_new(const char *path, const char *position) {
    static const OvSourceKind FILE_SOURCE = {free_file, read_file, position_of, descriptor_of,
                                             take_notices};
    FileSource *source = g_new0(FileSource, 1);
    source->source.kind = &FILE_SOURCE;
    source->path = g_strdup(path);
    source->directory = g_path_get_dirname(path);
    source->base = g_path_get_basename(path);
    source->file = -1;
    source->buffer = g_malloc(BUFFER);
    source->older = g_ptr_array_new_with_free_func(g_free);
    read_position(source, position);
    source->notify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (source->notify >= 0)
        inotify_add_watch(source->notify, source->directory,
                          IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_ATTRIB);
    return &source->source;
}
