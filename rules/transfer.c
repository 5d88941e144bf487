#include "rules/transfer.h"

#define XX 0x80
/* Values of base64 digits; XX for every other octet. */
static const guint8 digit[256] = {
    XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX,
    XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, 62, XX, XX, XX, 63,
    52, 53, 54, 55, 56, 57, 58, 59, 60, 61, XX, XX, XX, XX, XX, XX, XX, 0,  1,  2,  3,  4,  5,  6,
    7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, XX, XX, XX, XX, XX,
    XX, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48,
    49, 50, 51, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX,
    XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX,
    XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX,
    XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX,
    XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX,
    XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX,
};

gsize ov_base64_decode(OvSlice in, char *out, gsize room) {
    const guchar *at = (const guchar *)in.data, *end = at + in.length;
    gsize used = 0;
    guint32 bits = 0;
    guint n_bits = 0;
    while (at < end && used < room) {
        while (n_bits == 0 && end - at >= 4 && room - used >= 3) {
            guint8 a = digit[at[0]], b = digit[at[1]], c = digit[at[2]], d = digit[at[3]];
            if ((a | b | c | d) & XX)
                break;
            out[used] = (char)(a << 2 | b >> 4);
            out[used + 1] = (char)(b << 4 | c >> 2);
            out[used + 2] = (char)(c << 6 | d);
            used += 3;
            at += 4;
        }
        if (at == end || used == room)
            break;
        guint8 value = digit[*at];
        if (*at++ == '=') {
            n_bits = 0;
            continue;
        }
        if (value & XX)
            continue;
        bits = bits << 6 | value;
        n_bits += 6;
        if (n_bits >= 8) {
            n_bits -= 8;
            out[used++] = (char)(bits >> n_bits);
        }
    }
    return used;
}

gsize ov_base64_foreign(OvSlice in) {
    gsize foreign = 0;
    gboolean padded = FALSE;
    for (gsize i = 0; i < in.length; i++) {
        guchar octet = (guchar)in.data[i];
        if (!(digit[octet] & XX))
            foreign += padded ? 1 : 0;
        else if (octet == '=')
            padded = TRUE;
        else if (octet != '\n' && octet != '\r' && octet != ' ' && octet != '\t')
            foreign++;
    }
    return foreign;
}

/* Values of hexadecimal digits plus 1; 0 for every other octet. */
static const guint8 hexadecimal[256] = {
    ['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
    ['8'] = 9,  ['9'] = 10, ['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
    ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
};

/* The octet that =XY at data stands for, or -1. */
static gint escape(const char *data, gsize length) {
    if (length < 3)
        return -1;
    gint high = hexadecimal[(guint8)data[1]] - 1, low = hexadecimal[(guint8)data[2]] - 1;
    return (high | low) < 0 ? -1 : high << 4 | low;
}

/* Decodes what has no line end; returns the octets written. */
static gsize decode_line(OvSlice line, char *out, gsize room) {
    gsize used = 0;
    while (line.length > 0 && used < room) {
        gsize taken;
        if (line.data[0] == '=') {
            gint octet = escape(line.data, line.length);
            taken = octet < 0 ? 1 : 3;
            out[used++] = octet < 0 ? '=' : (char)octet;
        } else {
            const char *equals = memchr(line.data, '=', line.length);
            taken = MIN(equals ? (gsize)(equals - line.data) : line.length, room - used);
            memcpy(out + used, line.data, taken);
            used += taken;
        }
        line.data += taken;
        line.length -= taken;
    }
    return used;
}

/* Takes the next line from in, its line end apart. */
static OvSlice take_line(OvSlice *in, OvSlice *line_end) {
    const char *feed = ov_find_feed(in->data, in->data + in->length);
    gsize whole = feed ? (gsize)(feed - in->data) + 1 : in->length;
    gsize content = feed ? whole - 1 : whole;
    if (feed && content > 0 && in->data[content - 1] == '\r')
        content--;
    OvSlice line = {in->data, content};
    *line_end = (OvSlice){in->data + content, whole - content};
    in->data += whole;
    in->length -= whole;
    return line;
}

gsize ov_quoted_printable_decode(OvSlice in, char *out, gsize room) {
    gsize used = 0;
    while (in.length > 0 && used < room) {
        OvSlice line_end, line = take_line(&in, &line_end);
        /* White space at the end of a line was added on the way (RFC 2045 6.7 rule 3). */
        while (line.length > 0 &&
               (line.data[line.length - 1] == ' ' || line.data[line.length - 1] == '\t'))
            line.length--;
        gboolean soft = line.length > 0 && line.data[line.length - 1] == '=';
        if (soft)
            line.length--;
        used += decode_line(line, out + used, room - used);
        if (soft)
            continue;
        gsize n = MIN(line_end.length, room - used);
        memcpy(out + used, line_end.data, n);
        used += n;
    }
    return used;
}

gsize ov_q_decode(OvSlice in, char *out, gsize room) {
    gsize used = 0;
    for (gsize i = 0; i < in.length && used < room; i++) {
        gint octet = in.data[i] == '=' ? escape(in.data + i, in.length - i) : -1;
        if (octet >= 0)
            i += 2;
        else
            octet = in.data[i] == '_' ? ' ' : (guchar)in.data[i];
        out[used++] = (char)octet;
    }
    return used;
}

gsize ov_quoted_printable_foreign(OvSlice in, gsize *long_lines) {
    gsize foreign = 0;
    *long_lines = 0;
    while (in.length > 0) {
        OvSlice line_end, line = take_line(&in, &line_end);
        *long_lines += line.length > 78;
        for (gsize i = 0; i < line.length; i++) {
            guchar octet = (guchar)line.data[i];
            gboolean control = octet < 0x20 && octet != '\t';
            gboolean broken =
                octet == '=' && i + 1 < line.length && escape(line.data + i, line.length - i) < 0;
            foreign += octet >= 0x7f || control || broken;
        }
    }
    return foreign;
}
