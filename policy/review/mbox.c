#include "policy/review/mbox.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "policy/review/reading.h"
#include "rules/slice.h"

enum {
    CHUNK = 64 * 1024,
    LONGEST_FROM_LINE = 1024, /* a longer line is the message's own */
};

struct OvMbox {
    int fd;
    gboolean ended; /* fd gives no more */
    char *data;
    gsize at, length, capacity; /* what is not yet taken is data[at..length) */
    gsize limit;
};

OvMbox *ov_mbox_new(int fd, char *data, gsize length, gsize limit) {
    OvMbox *mbox = g_new0(OvMbox, 1);
    mbox->fd = fd;
    mbox->ended = fd < 0;
    mbox->data = data;
    mbox->length = mbox->capacity = length;
    mbox->limit = limit;
    return mbox;
}

void ov_mbox_free(OvMbox *mbox) {
    if (mbox->fd >= 0)
        close(mbox->fd);
    g_free(mbox->data);
    g_free(mbox);
}

gboolean ov_mbox_starts(const char *data, gsize length) {
    return length >= 5 && memcmp(data, "From ", 5) == 0;
}

/* Makes sure that a whole line, or enough of one to know what it is, is in the buffer. */
static gboolean fill(OvMbox *mbox, GError **error) {
    while (!mbox->ended && mbox->length - mbox->at < LONGEST_FROM_LINE &&
           !memchr(mbox->data + mbox->at, '\n', mbox->length - mbox->at)) {
        memmove(mbox->data, mbox->data + mbox->at, mbox->length - mbox->at);
        mbox->length -= mbox->at;
        mbox->at = 0;
        if (mbox->capacity < CHUNK) {
            mbox->capacity = CHUNK;
            mbox->data = g_realloc(mbox->data, mbox->capacity);
        }
        gssize n = read(mbox->fd, mbox->data + mbox->length, mbox->capacity - mbox->length);
        if (n < 0 && errno != EINTR) {
            g_set_error(error, OV_READING_ERROR, OV_READING_ERROR_FILE, "%s", g_strerror(errno));
            mbox->ended = TRUE;
            return FALSE;
        }
        if (n == 0)
            mbox->ended = TRUE;
        mbox->length += n > 0 ? (gsize)n : 0;
    }
    return TRUE;
}

/* "From SENDER Mon Nov 23 20:02:53 2026": a word, and a time of day after it. Bodies that nobody
 * quoted have lines that start with "From " too. */
static gboolean is_from_line(OvSlice line) {
    if (!ov_mbox_starts(line.data, line.length))
        return FALSE;
    const char *end = line.data + line.length;
    for (const char *p = line.data + 5; p + 5 <= end; p++)
        if (p[0] == ' ' && g_ascii_isdigit(p[1]) && g_ascii_isdigit(p[2]) && p[3] == ':' &&
            g_ascii_isdigit(p[4]))
            return TRUE;
    return FALSE;
}

/* ">From ", ">>From ", ... */
static gboolean is_quoted_from(OvSlice line) {
    gsize quotes = 0;
    while (quotes < line.length && line.data[quotes] == '>')
        quotes++;
    return quotes > 0 && ov_mbox_starts(line.data + quotes, line.length - quotes);
}

static gboolean is_empty(OvSlice line) {
    return line.length == 1 || (line.length == 2 && line.data[0] == '\r');
}

static void keep(GByteArray *message, guint64 *size, gsize limit, OvSlice octets) {
    gsize room = limit > message->len ? limit - message->len : 0;
    g_byte_array_append(message, (const guint8 *)octets.data, (guint)MIN(octets.length, room));
    *size += octets.length;
}

/* The rest of the buffer up to a line feed, at least LONGEST_FROM_LINE octets where there is none
 * so near. Empty at the end. */
static gboolean peek(OvMbox *mbox, OvSlice *piece, GError **error) {
    if (!fill(mbox, error))
        return FALSE;
    piece->data = mbox->data + mbox->at;
    piece->length = mbox->length - mbox->at;
    const char *feed = memchr(piece->data, '\n', piece->length);
    if (feed)
        piece->length = (gsize)(feed - piece->data) + 1;
    return TRUE;
}

static gboolean ends_line(OvSlice piece) {
    return piece.data[piece.length - 1] == '\n';
}

/* Moves past the "From " line that the buffer is at. */
static gboolean skip_from_line(OvMbox *mbox, GError **error) {
    OvSlice piece;
    do {
        if (!peek(mbox, &piece, error))
            return FALSE;
        mbox->at += piece.length;
    } while (piece.length > 0 && !ends_line(piece));
    return TRUE;
}

gboolean ov_mbox_next(OvMbox *mbox, char **data, gsize *length, guint64 *size, GError **error) {
    OvSlice piece;
    if (!peek(mbox, &piece, error) || piece.length == 0 || !skip_from_line(mbox, error))
        return FALSE;

    g_autoptr(GByteArray) message = g_byte_array_new();
    gboolean line_start = TRUE;
    gboolean may_end = TRUE;      /* the message may end before this line */
    OvSlice empty_line = {"", 0}; /* read, and kept only if the message goes on after it */
    *size = 0;
    for (;;) {
        if (!peek(mbox, &piece, error))
            return FALSE;
        if (piece.length == 0 || (line_start && may_end && is_from_line(piece)))
            break;
        keep(message, size, mbox->limit, empty_line);
        empty_line = OV_SLICE_LITERAL("");
        gboolean whole = line_start && ends_line(piece);
        if (whole && is_empty(piece)) {
            empty_line = piece.length == 2 ? OV_SLICE_LITERAL("\r\n") : OV_SLICE_LITERAL("\n");
            may_end = TRUE;
        } else {
            gsize quote = line_start && is_quoted_from(piece) ? 1 : 0;
            keep(message, size, mbox->limit, (OvSlice){piece.data + quote, piece.length - quote});
            may_end = FALSE;
        }
        line_start = ends_line(piece);
        mbox->at += piece.length;
    }
    *length = message->len;
    *data = (char *)g_byte_array_free(g_steal_pointer(&message), FALSE);
    return TRUE;
}
