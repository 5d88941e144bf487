#include "rules/charset.h"

#include <errno.h>
#include <iconv.h>

/* After so many octets that do not belong to the charset, the rest is not worth converting: ASCII
 * is kept, every other octet becomes U+FFFD. It bounds the time that a lying charset costs. */
enum { MAX_ICONV_FAULTS = 1000, MAX_NAME = 40 };

typedef enum {
    READ_UTF8,
    READ_ASCII,    /* US-ASCII, nothing or unknown: UTF-8, else windows-1252 */
    READ_1252,     /* windows-1252 and what is read as it */
    READ_SUPERSET, /* by iconv; octets below 0x80 are ASCII */
    READ_OTHER,    /* by iconv; octets below 0x80 may be anything */
} Reading;

typedef struct {
    const char *label; /* lower case, letters and digits only */
    const char *iconv_name;
    Reading reading;
} Charset;

static const Charset charsets[] = {
#define CHARSET(label, iconv_name, reading) {label, iconv_name, READ_##reading},
#include "rules/charsets.def"
#undef CHARSET
};

static const Charset *charset_find(const char *name) {
    char label[MAX_NAME];
    gsize length = 0;
    for (const char *c = name; *c; c++) {
        if (!g_ascii_isalnum(*c))
            continue;
        if (length + 1 == sizeof label)
            return NULL;
        label[length++] = g_ascii_tolower(*c);
    }
    label[length] = '\0';
    for (gsize i = 0; i < G_N_ELEMENTS(charsets); i++)
        if (strcmp(charsets[i].label, label) == 0)
            return &charsets[i];
    return NULL;
}

gboolean ov_charset_known(const char *name) {
    return charset_find(name) != NULL;
}

/* U+FFFD in UTF-8. */
static const char replacement[3] = {'\xef', '\xbf', '\xbd'};

/* ASCII, and not NUL. */
static gboolean is_plain(char octet) {
    return (guchar)((guchar)octet - 1) < 0x7f;
}

/* Length of the start of data that is ASCII without NUL. */
static gsize ascii_length(const char *data, gsize length) {
    const guint64 ones = 0x0101010101010101, highs = 0x8080808080808080;
    gsize i = 0;
    for (; i + sizeof(guint64) <= length; i += sizeof(guint64)) {
        guint64 word;
        memcpy(&word, data + i, sizeof word);
        if ((word | (word - ones)) & highs)
            break;
    }
    while (i < length && is_plain(data[i]))
        i++;
    return i;
}

/* Length of the well-formed UTF-8 sequence at data, or 0; then *skip is the length of the maximal
 * ill-formed part that one U+FFFD stands for (Unicode 3.9, table 3-7). NUL is not well-formed here.
 */
static gsize utf8_sequence(const guchar *data, gsize length, gsize *skip) {
    guchar first = data[0], low = 0x80, high = 0xbf;
    gsize n;
    *skip = 1;
    if (first < 0x80)
        return first != 0;
    if (first >= 0xc2 && first <= 0xdf) {
        n = 2;
    } else if (first >= 0xe0 && first <= 0xef) {
        n = 3;
        low = first == 0xe0 ? 0xa0 : 0x80;
        high = first == 0xed ? 0x9f : 0xbf;
    } else if (first >= 0xf0 && first <= 0xf4) {
        n = 4;
        low = first == 0xf0 ? 0x90 : 0x80;
        high = first == 0xf4 ? 0x8f : 0xbf;
    } else {
        return 0;
    }
    for (gsize i = 1; i < n; i++) {
        if (i == length || data[i] < low || data[i] > high)
            return 0;
        low = 0x80;
        high = 0xbf;
        *skip = i + 1;
    }
    return n;
}

gsize ov_utf8_cut(OvSlice text, gsize limit) {
    if (text.length <= limit)
        return text.length;
    while (limit > 0 && ((guchar)text.data[limit] & 0xc0) == 0x80)
        limit--;
    return limit;
}

/* One pass over UTF-8, writing to out where it is not NULL. Returns the length of what is or would
 * be written. */
static gsize utf8_pass(OvSlice octets, gsize limit, char *out, guint *bad, guint *wide) {
    gsize written = 0;
    *bad = *wide = 0;
    for (gsize i = 0; i < octets.length;) {
        gsize ascii = ascii_length(octets.data + i, octets.length - i);
        ascii = MIN(ascii, limit - written);
        if (out)
            memcpy(out + written, octets.data + i, ascii);
        i += ascii;
        written += ascii;
        if (i == octets.length || written == limit)
            break;
        gsize skip, n = utf8_sequence((const guchar *)octets.data + i, octets.length - i, &skip);
        const char *from = n > 0 ? octets.data + i : replacement;
        gsize length = n > 0 ? n : 3;
        if (length > limit - written)
            break;
        if (n > 1)
            (*wide)++;
        else if (n == 0 && octets.data[i] != '\0')
            (*bad)++;
        if (out)
            memcpy(out + written, from, length);
        written += length;
        i += n > 0 ? n : skip;
    }
    return written;
}

static OvSlice from_utf8(OvArena *arena, OvSlice octets, gsize limit, guint *bad, guint *wide) {
    gsize length = utf8_pass(octets, limit, NULL, bad, wide);
    if (*bad == 0 && (octets.length == 0 || !memchr(octets.data, '\0', octets.length)))
        return (OvSlice){octets.data, length};
    char *out = ov_arena_alloc(arena, length);
    utf8_pass(octets, limit, out, bad, wide);
    return (OvSlice){out, length};
}

/* Octets 0x80 to 0x9f of windows-1252; 0 where it has none. */
static const guint16 windows_1252[32] = {
    0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178,
};

static gunichar from_1252_octet(guchar octet) {
    if (octet >= 0xa0)
        return octet;
    return windows_1252[octet - 0x80] ? windows_1252[octet - 0x80] : 0xfffd;
}

static OvSlice from_1252(OvArena *arena, OvSlice octets, gsize limit, guint *bad) {
    /* Octets that are not ASCII need two bytes or three. */
    gsize room = octets.length, used = 0;
    for (gsize i = 0; i < octets.length; i++)
        if (!is_plain(octets.data[i]))
            room += 2;
    char *out = ov_arena_alloc(arena, MIN(room, limit));
    for (gsize i = 0; i < octets.length && used < limit;) {
        gsize ascii = ascii_length(octets.data + i, octets.length - i);
        ascii = MIN(ascii, limit - used);
        memcpy(out + used, octets.data + i, ascii);
        i += ascii;
        used += ascii;
        if (i == octets.length || used == limit)
            break;
        guchar octet = (guchar)octets.data[i++];
        gunichar c = octet == 0 ? 0xfffd : from_1252_octet(octet);
        char character[6];
        gsize length = (gsize)g_unichar_to_utf8(c, character);
        if (length > limit - used)
            break;
        if (c == 0xfffd && octet != 0)
            (*bad)++;
        memcpy(out + used, character, length);
        used += length;
    }
    return (OvSlice){out, used};
}

/* Nothing declared, US-ASCII or unknown: what it looks like. */
static OvSlice from_ascii(OvArena *arena, OvSlice octets, gsize limit, guint *bad) {
    guint faults, wide;
    gsize length = utf8_pass(octets, limit, NULL, &faults, &wide);
    if (faults == 0) {
        *bad += wide;
        if (!memchr(octets.data, '\0', octets.length))
            return (OvSlice){octets.data, length};
        return from_utf8(arena, octets, limit, &faults, &wide);
    }
    guint undefined = 0;
    for (gsize i = 0; i < octets.length; i++)
        *bad += (guchar)octets.data[i] >= 0x80;
    return from_1252(arena, octets, limit, &undefined);
}

/* The rest of a text whose charset proved a lie. */
static gsize ascii_only(const char *in, gsize length, char *out, gsize room) {
    gsize used = 0;
    for (gsize i = 0; i < length && room - used >= 3; i++) {
        if ((guchar)in[i] < 0x80) {
            out[used++] = in[i];
        } else {
            memcpy(out + used, replacement, 3);
            used += 3;
        }
    }
    return used;
}

static gsize convert(iconv_t converter, OvSlice octets, char *buffer, gsize room, guint *bad) {
    char *in = (char *)octets.data, *out = buffer;
    gsize in_left = octets.length, out_left = room;
    for (guint faults = 0; in_left > 0; faults++) {
        if (iconv(converter, &in, &in_left, &out, &out_left) != (size_t)-1) {
            iconv(converter, NULL, NULL, &out, &out_left);
            break;
        }
        if (errno == E2BIG || out_left < 3)
            break;
        (*bad)++;
        memcpy(out, replacement, 3);
        out += 3;
        out_left -= 3;
        in++;
        in_left--;
        if (faults == MAX_ICONV_FAULTS) {
            out += ascii_only(in, in_left, out, out_left);
            break;
        }
    }
    return (gsize)(out - buffer);
}

/* A converter of one's own. The first of each charset is kept open and never used: the C library
 * unloads a charset's tables when nothing has them open, and loading them takes 300 times as long
 * as opening a converter does. */
static iconv_t converter_open(const Charset *charset) {
    static gsize kept[G_N_ELEMENTS(charsets)];
    gsize *first = &kept[charset - charsets];
    if (g_once_init_enter(first))
        g_once_init_leave(first, (gsize)iconv_open("UTF-8", charset->iconv_name));
    return *first == (gsize)-1 ? (iconv_t)-1 : iconv_open("UTF-8", charset->iconv_name);
}

static OvSlice from_iconv(OvArena *arena, const Charset *charset, OvSlice octets, gsize limit,
                          guint *bad) {
    iconv_t converter = converter_open(charset);
    if (converter == (iconv_t)-1)
        return from_ascii(arena, octets, limit, bad);
    /* No charset here makes more than three bytes of one octet. */
    gsize room = MIN(octets.length, G_MAXSIZE / 4) * 3 + 16;
    room = MIN(room, MIN(limit, G_MAXSIZE / 2) + 16);
    g_autofree char *buffer = g_malloc(room);
    OvSlice text = {buffer, convert(converter, octets, buffer, room, bad)};
    iconv_close(converter);
    text = ov_arena_dup(arena, text);
    guint faults, wide;
    return from_utf8(arena, text, limit, &faults, &wide);
}

OvSlice ov_charset_to_utf8(OvArena *arena, const char *charset, OvSlice octets, gsize limit,
                           guint *bad_sequences) {
    guint bad = 0, wide = 0;
    OvSlice text;
    const Charset *found = charset ? charset_find(charset) : NULL;
    Reading reading = found ? found->reading : READ_ASCII;
    if (octets.length == 0 ||
        (reading != READ_OTHER && ascii_length(octets.data, octets.length) == octets.length))
        text = (OvSlice){octets.data, MIN(octets.length, limit)};
    else if (reading == READ_UTF8)
        text = from_utf8(arena, octets, limit, &bad, &wide);
    else if (reading == READ_ASCII)
        text = from_ascii(arena, octets, limit, &bad);
    else if (reading == READ_1252)
        text = from_1252(arena, octets, limit, &bad);
    else
        text = from_iconv(arena, found, octets, limit, &bad);
    if (bad_sequences)
        *bad_sequences = bad;
    return text;
}
