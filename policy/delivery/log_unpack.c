#include "policy/delivery/log_unpack.h"

#include <errno.h>
#include <lzma.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "policy/delivery/log_reader.h"

enum { INPUT = 256 * 1024, XZ_THREADS = 2 /* each keeps a block, of 24 MiB by default */ };

static const guint64 XZ_MEMORY = G_GUINT64_CONSTANT(128) * 1024 * 1024;

typedef enum { PLAIN, GZIP, XZ } Form;

struct OvLogUnpack {
    int file;
    const char *path;
    Form form;
    gboolean ended;    /* of the file */
    gboolean finished; /* of what is unpacked */
    z_stream gzip;
    lzma_stream xz;
    guchar *input;
    gsize start, end; /* of what is not unpacked yet */
};

static gboolean fail(const OvLogUnpack *unpack, OvLogReaderError code, const char *why,
                     GError **error) {
    g_set_error(error, OV_LOG_READER_ERROR, (gint)code, "%s: %s", unpack->path, why);
    return FALSE;
}

static gboolean fail_data(const OvLogUnpack *unpack, GError **error) {
    return fail(unpack, OV_LOG_READER_ERROR_DATA,
                unpack->ended ? "the file is cut off" : "the file is damaged", error);
}

/* What the file has next; ended where there is none. */
static gboolean read_file(OvLogUnpack *unpack, void *to, gsize room, gsize *got, GError **error) {
    ssize_t n;
    do
        n = read(unpack->file, to, room);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return fail(unpack, OV_LOG_READER_ERROR_OPEN, g_strerror(errno), error);
    *got = (gsize)n;
    unpack->ended = n == 0;
    return TRUE;
}

static gboolean fill_input(OvLogUnpack *unpack, GError **error) {
    unpack->start = unpack->end = 0;
    return read_file(unpack, unpack->input, INPUT, &unpack->end, error);
}

/* Files of several blocks, as xz -T0 writes them, are unpacked by several threads as far as their
 * blocks fit in the memory. */
static gboolean begin_xz(OvLogUnpack *unpack, GError **error) {
    const lzma_mt settings = {
        .flags = LZMA_CONCATENATED,
        .threads = MIN(g_get_num_processors(), XZ_THREADS),
        .memlimit_threading = XZ_MEMORY,
        .memlimit_stop = XZ_MEMORY,
    };
    unpack->form = XZ;
    return lzma_stream_decoder_mt(&unpack->xz, &settings) == LZMA_OK ||
           fail(unpack, OV_LOG_READER_ERROR_DATA, "liblzma can't be set up", error);
}

static gboolean begin(OvLogUnpack *unpack, GError **error) {
    static const guchar GZIP_MAGIC[] = {0x1f, 0x8b}, XZ_MAGIC[] = {0xfd, '7', 'z', 'X', 'Z', 0};
    if (!fill_input(unpack, error))
        return FALSE;
    if (unpack->end >= sizeof XZ_MAGIC && memcmp(unpack->input, XZ_MAGIC, sizeof XZ_MAGIC) == 0)
        return begin_xz(unpack, error);
    if (unpack->end >= sizeof GZIP_MAGIC &&
        memcmp(unpack->input, GZIP_MAGIC, sizeof GZIP_MAGIC) == 0) {
        unpack->form = GZIP;
        return inflateInit2(&unpack->gzip, 15 + 16) == Z_OK ||
               fail(unpack, OV_LOG_READER_ERROR_DATA, "zlib can't be set up", error);
    }
    return TRUE;
}

OvLogUnpack *ov_log_unpack_new(int file, const char *path, GError **error) {
    g_autoptr(OvLogUnpack) unpack = g_new0(OvLogUnpack, 1);
    unpack->file = file;
    unpack->path = path;
    unpack->xz = (lzma_stream)LZMA_STREAM_INIT;
    unpack->input = g_malloc(INPUT);
    return begin(unpack, error) ? g_steal_pointer(&unpack) : NULL;
}

void ov_log_unpack_free(OvLogUnpack *unpack) {
    if (!unpack)
        return;
    if (unpack->form == GZIP)
        inflateEnd(&unpack->gzip);
    lzma_end(&unpack->xz);
    g_free(unpack->input);
    g_free(unpack);
}

gboolean ov_log_unpack_is_packed(const OvLogUnpack *unpack) {
    return unpack->form != PLAIN;
}

gboolean ov_log_unpack_seek(OvLogUnpack *unpack, gint64 position, GError **error) {
    if (unpack->form != PLAIN || lseek(unpack->file, position, SEEK_SET) < 0)
        return fail(unpack, OV_LOG_READER_ERROR_OPEN, "the file can't be read in parts", error);
    unpack->start = unpack->end = 0;
    return TRUE;
}

/* What was read to see the file's form comes first. */
static gboolean take_plain(OvLogUnpack *unpack, char *to, gsize room, gsize *got, GError **error) {
    *got = MIN(unpack->end - unpack->start, room);
    if (*got == 0)
        return unpack->ended || read_file(unpack, to, room, got, error);
    memcpy(to, unpack->input + unpack->start, *got);
    unpack->start += *got;
    return TRUE;
}

/* What the next input unpacks to; finished at the end. */
static gboolean unpack_gzip(OvLogUnpack *unpack, char *to, gsize room, gsize *got, GError **error) {
    z_stream *gzip = &unpack->gzip;
    gzip->next_in = unpack->input + unpack->start;
    gzip->avail_in = (uInt)(unpack->end - unpack->start);
    gzip->next_out = (Bytef *)to;
    gzip->avail_out = (uInt)room;
    int result = inflate(gzip, Z_NO_FLUSH);
    unpack->start = unpack->end - gzip->avail_in;
    *got = room - gzip->avail_out;
    /* More members may follow; what is no member any more is padding. */
    if (result == Z_STREAM_END && inflateReset(gzip) == Z_OK) {
        unpack->finished =
            unpack->ended || (unpack->start < unpack->end && unpack->input[unpack->start] != 0x1f);
        return TRUE;
    }
    if (result == Z_BUF_ERROR && unpack->ended && gzip->total_in == 0) {
        unpack->finished = TRUE;
        return TRUE;
    }
    if (result == Z_OK || (result == Z_BUF_ERROR && !unpack->ended))
        return TRUE;
    return fail_data(unpack, error);
}

static gboolean unpack_xz(OvLogUnpack *unpack, char *to, gsize room, gsize *got, GError **error) {
    lzma_stream *xz = &unpack->xz;
    xz->next_in = unpack->input + unpack->start;
    xz->avail_in = unpack->end - unpack->start;
    xz->next_out = (uint8_t *)to;
    xz->avail_out = room;
    lzma_ret result = lzma_code(xz, unpack->ended ? LZMA_FINISH : LZMA_RUN);
    unpack->start = unpack->end - xz->avail_in;
    *got = room - xz->avail_out;
    unpack->finished = result == LZMA_STREAM_END;
    if (result == LZMA_OK || result == LZMA_STREAM_END ||
        (result == LZMA_BUF_ERROR && !unpack->ended))
        return TRUE;
    return fail_data(unpack, error);
}

gboolean ov_log_unpack_read(OvLogUnpack *unpack, char *to, gsize room, gsize *got, GError **error) {
    gboolean fine = TRUE;
    *got = 0;
    if (unpack->form == PLAIN)
        return take_plain(unpack, to, room, got, error);
    while (fine && *got < room && !unpack->finished) {
        gsize more = 0;
        if (unpack->start == unpack->end && !unpack->ended && !fill_input(unpack, error))
            return FALSE;
        fine = unpack->form == GZIP ? unpack_gzip(unpack, to + *got, room - *got, &more, error)
                                    : unpack_xz(unpack, to + *got, room - *got, &more, error);
        *got += more;
    }
    return fine;
}
