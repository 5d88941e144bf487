#include "rules/image_size.h"

static guint big16(const guchar *at) {
    return (guint)at[0] << 8 | at[1];
}

static guint little16(const guchar *at) {
    return (guint)at[1] << 8 | at[0];
}

static guint32 big32(const guchar *at) {
    return (guint32)big16(at) << 16 | big16(at + 2);
}

static guint32 little32(const guchar *at) {
    return (guint32)little16(at + 2) << 16 | little16(at);
}

static gboolean starts_with(const guchar *octets, gsize n, const char *start, gsize length) {
    return n >= length && memcmp(octets, start, length) == 0;
}

/* The frame header, behind segments that each tell their length (ITU T.81 B.1, B.2.2). */
static gboolean jpeg_size(const guchar *octets, gsize n, guint *width, guint *height) {
    gsize at = 2;
    while (at + 9 <= n) {
        if (octets[at] != 0xFF)
            return FALSE;
        guint marker = octets[at + 1];
        if (marker == 0xFF) { /* fill */
            at++;
            continue;
        }
        gboolean frame =
            marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
        if (frame) {
            *height = big16(octets + at + 5);
            *width = big16(octets + at + 7);
            return TRUE;
        }
        if (marker == 0xDA || marker == 0xD9)
            return FALSE;
        guint length = big16(octets + at + 2);
        if (length < 2)
            return FALSE;
        at += 2 + length;
    }
    return FALSE;
}

/* The three kinds of the first chunk (RFC 9649 2.5 to 2.7). */
static gboolean webp_size(const guchar *octets, gsize n, guint *width, guint *height) {
    if (n < 30)
        return FALSE;
    if (memcmp(octets + 12, "VP8 ", 4) == 0) {
        *width = little16(octets + 26) & 0x3FFF;
        *height = little16(octets + 28) & 0x3FFF;
    } else if (memcmp(octets + 12, "VP8L", 4) == 0) {
        guint32 bits = little32(octets + 21);
        *width = (bits & 0x3FFF) + 1;
        *height = (bits >> 14 & 0x3FFF) + 1;
    } else if (memcmp(octets + 12, "VP8X", 4) == 0) {
        *width = (little32(octets + 24) & 0xFFFFFF) + 1;
        *height = (little32(octets + 26) >> 8) + 1;
    } else {
        return FALSE;
    }
    return TRUE;
}

static gboolean bmp_size(const guchar *octets, gsize n, guint *width, guint *height) {
    if (n < 26)
        return FALSE;
    if (little32(octets + 14) == 12) { /* the OS/2 header */
        *width = little16(octets + 18);
        *height = little16(octets + 20);
        return TRUE;
    }
    *width = little32(octets + 18);
    guint32 rows = little32(octets + 22);
    *height = rows > G_MAXINT32 ? 0 - rows : rows; /* negative: from top to bottom */
    return TRUE;
}

static gboolean read_size(const guchar *octets, gsize n, guint *width, guint *height) {
    if (starts_with(octets, n, "\x89PNG\r\n\x1a\n", 8) && n >= 24) {
        *width = big32(octets + 16);
        *height = big32(octets + 20);
        return TRUE;
    }
    if ((starts_with(octets, n, "GIF87a", 6) || starts_with(octets, n, "GIF89a", 6)) && n >= 10) {
        *width = little16(octets + 6);
        *height = little16(octets + 8);
        return TRUE;
    }
    if (starts_with(octets, n, "\xff\xd8", 2))
        return jpeg_size(octets, n, width, height);
    if (starts_with(octets, n, "RIFF", 4) && n >= 12 && memcmp(octets + 8, "WEBP", 4) == 0)
        return webp_size(octets, n, width, height);
    return starts_with(octets, n, "BM", 2) && bmp_size(octets, n, width, height);
}

gboolean ov_image_size(OvSlice start, guint *width, guint *height) {
    return read_size((const guchar *)start.data, start.length, width, height) && *width > 0 &&
           *height > 0 && *width <= G_MAXINT32 && *height <= G_MAXINT32;
}
