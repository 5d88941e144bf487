#include "rules/html_entity.h"

typedef struct {
    char name[32];
    char text[7];
    gboolean legacy; /* stands without a semicolon too */
} Entity;

static const Entity entities[] = {
#define E(name, text, legacy) {name, text, legacy},
#include "rules/html_entities.def"
#undef E
};

/* What numbers of C1 controls stand for: windows-1252. */
static const guint16 windows_1252[32] = {
    0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178,
};

static gsize read_number(OvSlice text, char *out, gsize *out_length) {
    gsize at = 2;
    gboolean hexadecimal = at < text.length && (text.data[at] | 0x20) == 'x';
    at += hexadecimal ? 1 : 0;
    gsize first = at;
    guint32 number = 0;
    for (; at < text.length; at++) {
        int digit =
            hexadecimal ? g_ascii_xdigit_value(text.data[at]) : g_ascii_digit_value(text.data[at]);
        if (digit < 0)
            break;
        number = MIN(number * (hexadecimal ? 16 : 10) + (guint32)digit, 0x110000u);
    }
    if (at == first)
        return 0;
    if (number == 0 || number > 0x10FFFF || (number >= 0xD800 && number < 0xE000))
        number = 0xFFFD;
    else if (number >= 0x80 && number < 0xA0)
        number = windows_1252[number - 0x80];
    *out_length = (gsize)g_unichar_to_utf8(number, out);
    return at + (at < text.length && text.data[at] == ';');
}

/* The entity whose name is the longest that text starts with; NULL where there is none. */
static const Entity *find_entity(OvSlice text, gsize *length) {
    const Entity *found = NULL;
    gsize low = 0, high = G_N_ELEMENTS(entities);
    for (gsize at = 0; at < text.length && at < sizeof entities->name - 1; at++) {
        guchar c = (guchar)text.data[at];
        if (!g_ascii_isalnum(c))
            break;
        /* Names that have c at this place; the table is sorted. */
        gsize left = low, right = high;
        while (left < right) {
            gsize middle = (left + right) / 2;
            if ((guchar)entities[middle].name[at] < c)
                left = middle + 1;
            else
                right = middle;
        }
        low = left;
        for (right = high; left < right;) {
            gsize middle = (left + right) / 2;
            if ((guchar)entities[middle].name[at] <= c)
                left = middle + 1;
            else
                right = middle;
        }
        high = left;
        if (low == high)
            break;
        gboolean closed = at + 1 < text.length && text.data[at + 1] == ';';
        if (entities[low].name[at + 1] == '\0' && (closed || entities[low].legacy)) {
            found = &entities[low];
            *length = at + 1;
        }
    }
    return found;
}

gsize ov_entity_read(OvSlice text, gboolean attribute, char *out, gsize *out_length) {
    if (text.length < 3)
        return 0;
    if (text.data[1] == '#')
        return read_number(text, out, out_length);
    if (text.length >= 6 && memcmp(text.data, "&nbsp;", 6) == 0) {
        memcpy(out, "\302\240", *out_length = 2);
        return 6;
    }
    gsize length;
    const Entity *entity = find_entity((OvSlice){text.data + 1, text.length - 1}, &length);
    if (!entity)
        return 0;
    char next = length + 1 < text.length ? text.data[length + 1] : '\0';
    if (next != ';' && attribute && (next == '=' || g_ascii_isalnum(next)))
        return 0;
    *out_length = strlen(entity->text);
    memcpy(out, entity->text, *out_length);
    return length + 1 + (next == ';');
}

gsize ov_entities_decode(OvSlice text, gboolean attribute, char *out) {
    const char *at = text.data, *end = text.data + text.length;
    char *to = out;
    while (at < end) {
        const char *sign = memchr(at, '&', (gsize)(end - at));
        gsize plain = (gsize)((sign ? sign : end) - at);
        memcpy(to, at, plain);
        to += plain;
        at += plain;
        if (at == end)
            break;
        gsize written = 0;
        gsize taken = ov_entity_read((OvSlice){at, (gsize)(end - at)}, attribute, to, &written);
        if (taken == 0) {
            *to++ = '&';
            at++;
        } else {
            to += written;
            at += taken;
        }
    }
    return (gsize)(to - out);
}
