#include "policy/delivery/log_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policy/delivery/log_ahead.h"

enum {
    BUFFER = 256 * 1024, /* twice the longest line, so that moving what is left is rare */
    LONGEST = 128 * 1024
};

/* What stands at the front of the buffer. */
typedef enum {
    LINE,
    TOO_LONG, /* the rest of a line that is too long */
    FOREIGN,  /* the rest of a line of the part before */
} Front;

struct OvLogReader {
    char *path;
    int file;
    gint64 changed;
    struct stat status;
    OvLogUnpack *unpack;
    OvLogAhead *ahead; /* of a packed file, once it is read */
    gboolean finished;
    char *buffer;
    gsize start, end; /* of what was not handed out */
    gsize looked;     /* up to here there is no line feed */
    Front front;
    gint64 position; /* of buffer[start] in a plain file */
    gint64 stop;     /* lines that begin there or behind are another part's */
};

G_DEFINE_QUARK(ov_log_reader_error, ov_log_reader_error)

static gboolean fail(const OvLogReader *reader, const char *why, GError **error) {
    g_set_error(error, OV_LOG_READER_ERROR, OV_LOG_READER_ERROR_OPEN, "%s: %s", reader->path, why);
    return FALSE;
}

OvLogReader *ov_log_reader_open(const char *path, GError **error) {
    g_autoptr(OvLogReader) reader = g_new0(OvLogReader, 1);
    reader->path = g_strdup(path);
    reader->stop = G_MAXINT64;
    reader->file = g_str_equal(path, "-") ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                                          : open(path, O_RDONLY | O_CLOEXEC);
    if (reader->file < 0 || fstat(reader->file, &reader->status) != 0) {
        fail(reader, g_strerror(errno), error);
        return NULL;
    }
    reader->changed = S_ISREG(reader->status.st_mode)
                          ? reader->status.st_mtim.tv_sec * G_USEC_PER_SEC
                          : g_get_real_time();
    reader->buffer = g_malloc(BUFFER);
    reader->unpack = ov_log_unpack_new(reader->file, reader->path, error);
    return reader->unpack ? g_steal_pointer(&reader) : NULL;
}

OvLogReader *ov_log_reader_open_part(const char *path, gint64 from, gint64 to, GError **error) {
    g_autoptr(OvLogReader) reader = ov_log_reader_open(path, error);
    if (!reader)
        return NULL;
    reader->stop = to;
    if (from == 0)
        return g_steal_pointer(&reader);
    /* Whether a line begins at from is told by the octet before. */
    if (!ov_log_unpack_seek(reader->unpack, from - 1, error))
        return NULL;
    reader->position = from - 1;
    reader->front = FOREIGN;
    return g_steal_pointer(&reader);
}

void ov_log_reader_free(OvLogReader *reader) {
    if (!reader)
        return;
    ov_log_ahead_free(reader->ahead);
    ov_log_unpack_free(reader->unpack);
    if (reader->file >= 0)
        close(reader->file);
    g_free(reader->buffer);
    g_free(reader->path);
    g_free(reader);
}

gint64 ov_log_reader_changed(const OvLogReader *reader) {
    return reader->changed;
}

gint64 ov_log_reader_size(const OvLogReader *reader) {
    gboolean plain = !ov_log_unpack_is_packed(reader->unpack);
    return plain && S_ISREG(reader->status.st_mode) ? reader->status.st_size : 0;
}

void ov_log_reader_identity(const OvLogReader *reader, guint64 *device, guint64 *file) {
    *device = reader->status.st_dev;
    *file = reader->status.st_ino;
}

/* Makes room, and puts more into the buffer. */
static gboolean fill(OvLogReader *reader, GError **error) {
    gsize got = 0;
    memmove(reader->buffer, reader->buffer + reader->start, reader->end - reader->start);
    reader->looked -= reader->start;
    reader->end -= reader->start;
    reader->start = 0;
    char *to = reader->buffer + reader->end;
    gsize room = BUFFER - reader->end;
    if (ov_log_unpack_is_packed(reader->unpack) && !reader->ahead)
        reader->ahead = ov_log_ahead_new(reader->unpack);
    if (!(reader->ahead ? ov_log_ahead_read(reader->ahead, to, room, &got, error)
                        : ov_log_unpack_read(reader->unpack, to, room, &got, error)))
        return FALSE;
    reader->end += got;
    reader->finished = got == 0;
    return TRUE;
}

/* The whole line at the front of the buffer, if there is one. */
static gboolean take_line(OvLogReader *reader, OvSlice *line) {
    const char *from = reader->buffer + reader->looked;
    const char *end = memchr(from, '\n', reader->end - reader->looked);
    gsize stop = end ? (gsize)(end - reader->buffer) : reader->end;
    reader->looked = stop;
    if (!end && !(reader->finished && stop > reader->start))
        return FALSE;
    *line = (OvSlice){reader->buffer + reader->start, stop - reader->start};
    reader->start = reader->looked = MIN(stop + 1, reader->end);
    return TRUE;
}

/* Goes on behind all that is in memory where that is no line's end yet, and too long for one. */
static void skip_giant(OvLogReader *reader) {
    if (reader->end - reader->start <= LONGEST)
        return;
    if (reader->front == LINE)
        reader->front = TOO_LONG;
    reader->position += (gint64)(reader->end - reader->start);
    reader->start = reader->looked = reader->end;
}

gboolean ov_log_reader_next(OvLogReader *reader, OvSlice *line, GError **error) {
    for (;;) {
        if (take_line(reader, line)) {
            gboolean whole = reader->front == LINE && line->length <= LONGEST;
            reader->front = LINE;
            if (whole)
                return TRUE;
            continue;
        }
        if (reader->finished)
            return FALSE;
        skip_giant(reader);
        if (!fill(reader, error))
            return FALSE;
    }
}

/* Where the whole lines at the front of the buffer end that begin in the part; at the front where
 * there are none. */
static gsize lines_end(const OvLogReader *reader) {
    const char *from = reader->buffer + reader->start;
    const char *end = memrchr(reader->buffer + reader->looked, '\n', reader->end - reader->looked);
    gsize stop = end ? (gsize)(end - reader->buffer) + 1 : reader->start;
    if (reader->finished)
        stop = reader->end;
    gint64 left = MAX(reader->stop - reader->position, 1);
    if (left >= (gint64)(stop - reader->start))
        return stop;
    /* The last line is the one in which the part ends. */
    end = memchr(from + left - 1, '\n', stop - reader->start - (gsize)left + 1);
    return end ? (gsize)(end - reader->buffer) + 1 : stop;
}

/* Takes the rest of what is no line of ours off the front of lines. */
static void drop_front(Front front, OvSlice *lines) {
    if (front == LINE)
        return;
    const char *feed = memchr(lines->data, '\n', lines->length);
    gsize dropped = feed ? (gsize)(feed - lines->data) + (front == FOREIGN) : lines->length;
    *lines = (OvSlice){lines->data + dropped, lines->length - dropped};
}

gboolean ov_log_reader_lines(OvLogReader *reader, OvSlice *lines, GError **error) {
    for (;;) {
        if (reader->front == LINE && reader->position >= reader->stop)
            return FALSE;
        gsize stop = lines_end(reader);
        if (stop > reader->start) {
            Front front = reader->front;
            *lines = (OvSlice){reader->buffer + reader->start, stop - reader->start};
            reader->position += (gint64)lines->length;
            reader->start = reader->looked = stop;
            reader->front = LINE;
            drop_front(front, lines);
            if (lines->length > 0)
                return TRUE;
            continue;
        }
        if (reader->finished)
            return FALSE;
        reader->looked = reader->end;
        skip_giant(reader);
        if (!fill(reader, error))
            return FALSE;
    }
}
