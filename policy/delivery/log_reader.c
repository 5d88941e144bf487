#include "policy/delivery/log_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <lzma.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum {
    INPUT = 256 * 1024,
    BUFFER = 256 * 1024, /* twice the longest line, so that moving what is left is rare */
    LONGEST = 128 * 1024
};

static const guint64 XZ_MEMORY = G_GUINT64_CONSTANT(128) * 1024 * 1024;

typedef enum { PLAIN, GZIP, XZ } Form;

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
    Form form;
    gboolean ended;    /* of the file */
    gboolean finished; /* of what is unpacked */
    z_stream gzip;
    lzma_stream xz;
    guchar *input;
    gsize input_start, input_end;
    char *buffer;
    gsize start, end; /* of what was not handed out */
    gsize looked;     /* up to here there is no line feed */
    Front front;
    gint64 position; /* of buffer[start] in a plain file */
    gint64 stop;     /* lines that begin there or behind are another part's */
};

G_DEFINE_QUARK(ov_log_reader_error, ov_log_reader_error)

static gboolean fail(const OvLogReader *reader, OvLogReaderError code, const char *why,
                     GError **error) {
    g_set_error(error, OV_LOG_READER_ERROR, (gint)code, "%s: %s", reader->path, why);
    return FALSE;
}

/* Adds what the file has next to *end, up to room octets; ended where there is none. */
static gboolean read_more(OvLogReader *reader, void *to, gsize room, gsize *end, GError **error) {
    ssize_t got;
    do
        got = read(reader->file, to, room);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return fail(reader, OV_LOG_READER_ERROR_OPEN, g_strerror(errno), error);
    *end += (gsize)got;
    reader->ended = got == 0;
    return TRUE;
}

static gboolean fill_input(OvLogReader *reader, GError **error) {
    reader->input_start = reader->input_end = 0;
    return read_more(reader, reader->input, INPUT, &reader->input_end, error);
}

static gboolean begin(OvLogReader *reader, GError **error) {
    static const guchar GZIP_MAGIC[] = {0x1f, 0x8b}, XZ_MAGIC[] = {0xfd, '7', 'z', 'X', 'Z', 0};
    if (!fill_input(reader, error))
        return FALSE;
    if (reader->input_end >= sizeof XZ_MAGIC &&
        memcmp(reader->input, XZ_MAGIC, sizeof XZ_MAGIC) == 0) {
        reader->form = XZ;
        return lzma_stream_decoder(&reader->xz, XZ_MEMORY, LZMA_CONCATENATED) == LZMA_OK ||
               fail(reader, OV_LOG_READER_ERROR_DATA, "liblzma can't be set up", error);
    }
    if (reader->input_end >= sizeof GZIP_MAGIC &&
        memcmp(reader->input, GZIP_MAGIC, sizeof GZIP_MAGIC) == 0) {
        reader->form = GZIP;
        return inflateInit2(&reader->gzip, 15 + 16) == Z_OK ||
               fail(reader, OV_LOG_READER_ERROR_DATA, "zlib can't be set up", error);
    }
    return TRUE;
}

OvLogReader *ov_log_reader_open(const char *path, GError **error) {
    g_autoptr(OvLogReader) reader = g_new0(OvLogReader, 1);
    reader->path = g_strdup(path);
    reader->stop = G_MAXINT64;
    reader->xz = (lzma_stream)LZMA_STREAM_INIT;
    reader->file = g_str_equal(path, "-") ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                                          : open(path, O_RDONLY | O_CLOEXEC);
    if (reader->file < 0 || fstat(reader->file, &reader->status) != 0) {
        fail(reader, OV_LOG_READER_ERROR_OPEN, g_strerror(errno), error);
        return NULL;
    }
    reader->changed = S_ISREG(reader->status.st_mode)
                          ? reader->status.st_mtim.tv_sec * G_USEC_PER_SEC
                          : g_get_real_time();
    reader->input = g_malloc(INPUT);
    reader->buffer = g_malloc(BUFFER);
    return begin(reader, error) ? g_steal_pointer(&reader) : NULL;
}

OvLogReader *ov_log_reader_open_part(const char *path, gint64 from, gint64 to, GError **error) {
    g_autoptr(OvLogReader) reader = ov_log_reader_open(path, error);
    if (!reader)
        return NULL;
    reader->stop = to;
    if (from == 0)
        return g_steal_pointer(&reader);
    /* Whether a line begins at from is told by the octet before. */
    if (ov_log_reader_size(reader) == 0 || lseek(reader->file, from - 1, SEEK_SET) < 0) {
        fail(reader, OV_LOG_READER_ERROR_OPEN, "the file can't be read in parts", error);
        return NULL;
    }
    reader->input_start = reader->input_end = 0;
    reader->position = from - 1;
    reader->front = FOREIGN;
    return g_steal_pointer(&reader);
}

void ov_log_reader_free(OvLogReader *reader) {
    if (!reader)
        return;
    if (reader->form == GZIP)
        inflateEnd(&reader->gzip);
    lzma_end(&reader->xz);
    if (reader->file >= 0)
        close(reader->file);
    g_free(reader->input);
    g_free(reader->buffer);
    g_free(reader->path);
    g_free(reader);
}

gint64 ov_log_reader_changed(const OvLogReader *reader) {
    return reader->changed;
}

gint64 ov_log_reader_size(const OvLogReader *reader) {
    return reader->form == PLAIN && S_ISREG(reader->status.st_mode) ? reader->status.st_size : 0;
}

void ov_log_reader_identity(const OvLogReader *reader, guint64 *device, guint64 *file) {
    *device = reader->status.st_dev;
    *file = reader->status.st_ino;
}

/* What was read to see the file's form comes first. */
static gboolean take_plain(OvLogReader *reader, GError **error) {
    gsize n = MIN(reader->input_end - reader->input_start, BUFFER - reader->end);
    memcpy(reader->buffer + reader->end, reader->input + reader->input_start, n);
    reader->input_start += n;
    reader->end += n;
    if (n == 0 && !reader->ended &&
        !read_more(reader, reader->buffer + reader->end, BUFFER - reader->end, &reader->end, error))
        return FALSE;
    reader->finished = reader->ended;
    return TRUE;
}

static gboolean unpack_gzip(OvLogReader *reader, GError **error) {
    z_stream *gzip = &reader->gzip;
    gzip->next_in = reader->input + reader->input_start;
    gzip->avail_in = (uInt)(reader->input_end - reader->input_start);
    gzip->next_out = (Bytef *)reader->buffer + reader->end;
    gzip->avail_out = (uInt)(BUFFER - reader->end);
    int result = inflate(gzip, Z_NO_FLUSH);
    reader->input_start = reader->input_end - gzip->avail_in;
    reader->end = BUFFER - gzip->avail_out;
    /* More members may follow; what is no member any more is padding. */
    if (result == Z_STREAM_END && inflateReset(gzip) == Z_OK) {
        reader->finished = reader->ended;
        if (reader->input_start < reader->input_end && reader->input[reader->input_start] != 0x1f)
            reader->finished = TRUE;
        return TRUE;
    }
    if (result == Z_BUF_ERROR && reader->ended && gzip->total_in == 0) {
        reader->finished = TRUE;
        return TRUE;
    }
    if (result == Z_OK || (result == Z_BUF_ERROR && !reader->ended))
        return TRUE;
    return fail(reader, OV_LOG_READER_ERROR_DATA,
                reader->ended ? "the file is cut off" : "the file is damaged", error);
}

static gboolean unpack_xz(OvLogReader *reader, GError **error) {
    lzma_stream *xz = &reader->xz;
    xz->next_in = reader->input + reader->input_start;
    xz->avail_in = reader->input_end - reader->input_start;
    xz->next_out = (uint8_t *)reader->buffer + reader->end;
    xz->avail_out = BUFFER - reader->end;
    lzma_ret result = lzma_code(xz, reader->ended ? LZMA_FINISH : LZMA_RUN);
    reader->input_start = reader->input_end - xz->avail_in;
    reader->end = BUFFER - xz->avail_out;
    if (result == LZMA_STREAM_END)
        reader->finished = TRUE;
    if (result == LZMA_OK || result == LZMA_STREAM_END ||
        (result == LZMA_BUF_ERROR && !reader->ended))
        return TRUE;
    return fail(reader, OV_LOG_READER_ERROR_DATA,
                reader->ended ? "the file is cut off" : "the file is damaged", error);
}

/* Makes room, and puts more into the buffer. */
static gboolean fill(OvLogReader *reader, GError **error) {
    memmove(reader->buffer, reader->buffer + reader->start, reader->end - reader->start);
    reader->looked -= reader->start;
    reader->end -= reader->start;
    reader->start = 0;
    if (reader->form != PLAIN && reader->input_start == reader->input_end && !reader->ended &&
        !fill_input(reader, error))
        return FALSE;
    switch (reader->form) {
    case GZIP:
        return unpack_gzip(reader, error);
    case XZ:
        return unpack_xz(reader, error);
    default:
        return take_plain(reader, error);
    }
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
