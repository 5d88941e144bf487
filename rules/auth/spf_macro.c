#include "rules/auth/spf_macro.h"
#include "rules/auth/domain_name.h"

enum { BUFFER = 1024 };

typedef struct {
    char letter;     /* 0: a literal of one character */
    char literal[4]; /* what %%, %_, %- or a plain character stands for */
    gboolean escape; /* upper case letter: escape as in URLs */
    gboolean reverse;
    guint keep;         /* labels from the right; 0 for all */
    OvSlice delimiters; /* empty for "." */
} Piece;

static const char delimiter_set[] = ".-+,/_=";

/* What stands between "%{" and "}". */
static gboolean read_macro(OvSlice inside, Piece *piece) {
    if (inside.length == 0)
        return FALSE;
    piece->letter = g_ascii_tolower(inside.data[0]);
    piece->escape = g_ascii_isupper(inside.data[0]);
    if (piece->letter == '\0' || !strchr("slodiphv", piece->letter))
        return FALSE;
    gsize i = 1;
    gboolean digits = FALSE;
    for (; i < inside.length && g_ascii_isdigit(inside.data[i]); i++) {
        piece->keep = MIN(piece->keep * 10 + (guint)(inside.data[i] - '0'), G_MAXUINT16);
        digits = TRUE;
    }
    if (digits && piece->keep == 0)
        return FALSE;
    if (i < inside.length && g_ascii_tolower(inside.data[i]) == 'r') {
        piece->reverse = TRUE;
        i++;
    }
    piece->delimiters = (OvSlice){inside.data + i, inside.length - i};
    for (; i < inside.length; i++)
        if (inside.data[i] == '\0' || !strchr(delimiter_set, inside.data[i]))
            return FALSE;
    return TRUE;
}

/* Takes one macro or one literal from the start of *rest, which is not empty. */
static gboolean next_piece(OvSlice *rest, Piece *piece) {
    *piece = (Piece){.letter = 0};
    char first = rest->data[0];
    gsize length = 1;
    if (first != '%') {
        if (!g_ascii_isgraph(first))
            return FALSE;
        piece->literal[0] = first;
    } else {
        char second = rest->length > 1 ? rest->data[1] : '\0';
        length = 2;
        if (second == '{') {
            const char *close = memchr(rest->data, '}', rest->length);
            if (!close)
                return FALSE;
            OvSlice inside = {rest->data + 2, (gsize)(close - rest->data - 2)};
            if (!read_macro(inside, piece))
                return FALSE;
            length = inside.length + 3;
        } else if (second == '%' || second == '_') {
            piece->literal[0] = second == '_' ? ' ' : '%';
        } else if (second == '-') {
            memcpy(piece->literal, "%20", sizeof "%20");
        } else {
            return FALSE;
        }
    }
    *rest = (OvSlice){rest->data + length, rest->length - length};
    return TRUE;
}

gboolean ov_spf_macro_string_is(OvSlice text) {
    Piece piece;
    while (text.length > 0)
        if (!next_piece(&text, &piece))
            return FALSE;
    return TRUE;
}

/* ( *alphanum ALPHA *alphanum ) / ( 1*alphanum "-" *( alphanum / "-" ) alphanum ) */
static gboolean is_top_label(OvSlice label) {
    if (label.length == 0 || !g_ascii_isalnum(label.data[0]) ||
        !g_ascii_isalnum(label.data[label.length - 1]))
        return FALSE;
    gboolean more_than_digits = FALSE;
    for (gsize i = 0; i < label.length; i++) {
        if (!g_ascii_isalnum(label.data[i]) && label.data[i] != '-')
            return FALSE;
        more_than_digits |= !g_ascii_isdigit(label.data[i]);
    }
    return more_than_digits;
}

gboolean ov_spf_domain_spec_is(OvSlice text) {
    if (text.length == 0)
        return FALSE;
    /* The literals behind the last macro, for the top label. */
    OvSlice tail = text;
    Piece piece;
    for (OvSlice rest = text; rest.length > 0;) {
        gboolean macro = rest.data[0] == '%';
        if (!next_piece(&rest, &piece))
            return FALSE;
        if (macro)
            tail = rest;
    }
    if (tail.length == 0)
        return TRUE;
    if (tail.data[tail.length - 1] == '.')
        tail.length--;
    const char *dot = tail.length > 0 ? memrchr(tail.data, '.', tail.length) : NULL;
    if (!dot)
        return FALSE;
    gsize start = (gsize)(dot + 1 - tail.data);
    return is_top_label((OvSlice){tail.data + start, tail.length - start});
}

gboolean ov_spf_asks_validated(OvSlice domain_spec) {
    Piece piece;
    while (domain_spec.length > 0 && next_piece(&domain_spec, &piece))
        if (piece.letter == 'p')
            return TRUE;
    return FALSE;
}

/* Output of which only the end can matter: names are cut from the left. */
typedef struct {
    char text[BUFFER];
    gsize length;
} Output;

static void put(Output *output, char c) {
    if (output->length == BUFFER) {
        memcpy(output->text, output->text + BUFFER / 2, BUFFER / 2);
        output->length = BUFFER / 2;
    }
    output->text[output->length++] = c;
}

static void put_value(Output *output, const char *from, const char *to, const Piece *piece,
                      OvSlice delimiters) {
    for (const char *p = from; p < to; p++) {
        if (memchr(delimiters.data, *p, delimiters.length)) {
            put(output, '.');
        } else if (piece->escape && !g_ascii_isalnum(*p) && !(*p && strchr("-._~", *p))) {
            put(output, '%');
            put(output, "0123456789ABCDEF"[(guchar)*p >> 4]);
            put(output, "0123456789ABCDEF"[(guchar)*p & 15]);
        } else {
            put(output, *p);
        }
    }
}

/* The value cut at the delimiters, its labels perhaps reversed, the last `keep` of them. */
static void put_transformed(Output *output, OvSlice value, const Piece *piece) {
    OvSlice delimiters = piece->delimiters.length > 0 ? piece->delimiters : OV_SLICE_LITERAL(".");
    const char *start = value.data, *end = value.data + value.length;
    guint left = piece->keep > 0 ? piece->keep : G_MAXUINT;
    if (!piece->reverse) {
        const char *p = end;
        while (p > start && (!memchr(delimiters.data, p[-1], delimiters.length) || --left > 0))
            p--;
        put_value(output, p, end, piece, delimiters);
        return;
    }
    /* The last labels of the reversed value are the first of the value. */
    const char *stop = start;
    while (stop < end && (!memchr(delimiters.data, *stop, delimiters.length) || --left > 0))
        stop++;
    for (const char *to = stop;;) {
        const char *p = to;
        while (p > start && !memchr(delimiters.data, p[-1], delimiters.length))
            p--;
        put_value(output, p, to, piece, delimiters);
        if (p == start)
            return;
        put(output, '.');
        to = p - 1;
    }
}

static OvSlice value_of(OvArena *arena, char letter, const OvSpfMacros *macros) {
    switch (letter) {
    case 's':
        return macros->sender;
    case 'l':
        return macros->local;
    case 'o':
        return macros->sender_domain;
    case 'd':
        return macros->domain;
    case 'h':
        return macros->helo;
    case 'i':
        return ov_ip_address_dotted(arena, macros->address, FALSE);
    case 'p':
        return macros->validated;
    default: /* v */
        return ov_slice(macros->address->length == 4 ? "in-addr" : "ip6");
    }
}

static gboolean is_ascii(OvSlice text) {
    for (gsize i = 0; i < text.length; i++)
        if (text.data[i] == '\0' || (guchar)text.data[i] >= 0x80)
            return FALSE;
    return TRUE;
}

OvSlice ov_spf_expand(OvArena *arena, OvSlice domain_spec, const OvSpfMacros *macros) {
    Output output = {.length = 0};
    Piece piece;
    while (domain_spec.length > 0 && next_piece(&domain_spec, &piece)) {
        if (!piece.letter) {
            for (const char *p = piece.literal; *p; p++)
                put(&output, *p);
            continue;
        }
        OvSlice value = value_of(arena, piece.letter, macros);
        if (!is_ascii(value))
            return (OvSlice){NULL, 0};
        if (value.length > 0)
            put_transformed(&output, value, &piece);
    }
    OvSlice name = {output.text, output.length};
    if (name.length > 0 && name.data[name.length - 1] == '.')
        name.length--;
    while (name.length > OV_DNS_NAME_LIMIT) {
        const char *dot = memchr(name.data, '.', name.length);
        gsize cut = dot ? (gsize)(dot + 1 - name.data) : name.length;
        name = (OvSlice){name.data + cut, name.length - cut};
    }
    return ov_domain_name_is(name) ? ov_arena_dup(arena, name) : (OvSlice){NULL, 0};
}
