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

struct OvLogReader {
    char *path;
    int file;
    gint64 changed;
    Form form;
    gboolean ended;    /* of the file */
    gboolean finished; /* of what is unpacked */
    z_stream gzip;
    lzma_stream xz;
    guchar *input;
    gsize input_start, input_end;
    char *buffer;
    gsize start, end;  /* of what was not handed out */
    gsize looked;      /* up to here there is no line feed */
    gboolean skipping; /* the rest of a line that is too long */
};

G_DEFINE_QUARK(ov_log_reader_error, ov_log_reader_error)

static gboolean fail(const OvLogReader *reader, OvLogReaderError code, const char *why,
                     GError **error) {
    g_set_error(error, OV_LOG_READER_ERROR, (gint)code, "%s: %s", reader->path, why);
    return FALSE;
}

/* More input; ended where there is none. */
static gboolean fill_input(OvLogReader *reader, GError **error) {
    ssize_t got;
    do
        got = read(reader->file, reader->input, INPUT);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return fail(reader, OV_LOG_READER_ERROR_OPEN, g_strerror(errno), error);
    reader->input_start = 0;
    reader->input_end = (gsize)got;
    reader->ended = got == 0;
    return TRUE;
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
    struct stat status;
    reader->path = g_strdup(path);
    reader->xz = (lzma_stream)LZMA_STREAM_INIT;
    reader->file = g_str_equal(path, "-") ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                                          : open(path, O_RDONLY | O_CLOEXEC);
    if (reader->file < 0 || fstat(reader->file, &status) != 0) {
        fail(reader, OV_LOG_READER_ERROR_OPEN, g_strerror(errno), error);
        return NULL;
    }
    reader->changed =
        S_ISREG(status.st_mode) ? status.st_mtim.tv_sec * G_USEC_PER_SEC : g_get_real_time();
    reader->input = g_malloc(INPUT);
    reader->buffer = g_malloc(BUFFER);
    return begin(reader, error) ? g_steal_pointer(&reader) : NULL;
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

static gboolean copy_plain(OvLogReader *reader) {
    gsize n = MIN(reader->input_end - reader->input_start, BUFFER - reader->end);
    memcpy(reader->buffer + reader->end, reader->input + reader->input_start, n);
    reader->input_start += n;
    reader->end += n;
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
    if (reader->input_start == reader->input_end && !reader->ended && !fill_input(reader, error))
        return FALSE;
    switch (reader->form) {
    case GZIP:
        return unpack_gzip(reader, error);
    case XZ:
        return unpack_xz(reader, error);
    default:
        return copy_plain(reader);
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

gboolean ov_log_reader_next(OvLogReader *reader, OvSlice *line, GError **error) {
    for (;;) {
        if (take_line(reader, line)) {
            gboolean whole = !reader->skipping && line->length <= LONGEST;
            reader->skipping = FALSE;
            if (whole)
                return TRUE;
            continue;
        }
        if (reader->finished)
            return FALSE;
        if (reader->end - reader->start > LONGEST) {
            reader->skipping = TRUE;
            reader->start = reader->looked = reader->end;
        }
        if (!fill(reader, error))
            return FALSE;
    }
}
