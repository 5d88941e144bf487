#include "rules/css_declarations.h"

enum { NOT_SYNTAX = 0x7F, MAX_ESCAPE_DIGITS = 6 };

gsize ov_css_escape(OvSlice text, gsize at, gunichar *c) {
    gsize digits = 0;
    *c = 0;
    for (at++; at < text.length && digits < MAX_ESCAPE_DIGITS; at++, digits++) {
        int digit = g_ascii_xdigit_value(text.data[at]);
        if (digit < 0)
            break;
        *c = *c * 16 + (gunichar)digit;
    }
    if (digits > 0) {
        if (*c == 0 || !g_unichar_validate(*c))
            *c = 0xFFFD;
        return at + (at < text.length && g_ascii_isspace(text.data[at]));
    }
    *c = 0xFFFD;
    if (at == text.length)
        return at;
    *c = g_utf8_get_char_validated(text.data + at, (gssize)(text.length - at));
    if (*c == (gunichar)-1 || *c == (gunichar)-2) {
        *c = 0xFFFD;
        return at + 1;
    }
    return at + (gsize)g_unichar_to_utf8(*c, NULL);
}

OvSlice ov_css_without_comments(OvArena *arena, OvSlice text) {
    if (text.length == 0 || !memchr(text.data, '/', text.length) ||
        !memmem(text.data, text.length, "/*", 2))
        return text;
    char *plain = ov_arena_alloc(arena, text.length);
    gsize length = 0, at = 0;
    while (at < text.length) {
        const char *start = memmem(text.data + at, text.length - at, "/*", 2);
        gsize kept = start ? (gsize)(start - text.data) - at : text.length - at;
        memcpy(plain + length, text.data + at, kept);
        length += kept;
        at += kept;
        if (!start)
            break;
        const char *end = memmem(start + 2, text.length - at - 2, "*/", 2);
        plain[length++] = ' ';
        at = end ? (gsize)(end - text.data) + 2 : text.length;
    }
    return (OvSlice){plain, length};
}

OvSlice ov_css_plain(OvArena *arena, OvSlice text) {
    text = ov_css_without_comments(arena, text);
    if (text.length == 0 || !memchr(text.data, '\\', text.length))
        return text;
    /* An escape of two octets can become U+FFFD, of three. */
    char *plain = ov_arena_alloc(arena, text.length * 2 + 8);
    gsize length = 0, at = 0;
    while (at < text.length) {
        if (text.data[at] != '\\') {
            plain[length++] = text.data[at++];
            continue;
        }
        gunichar c;
        at = ov_css_escape(text, at, &c);
        /* What it stands for is no syntax, whatever it looks like. */
        if (c < 0x80 && !g_ascii_isalnum((gchar)c) && c != '-' && c != '_')
            c = NOT_SYNTAX;
        length += (gsize)g_unichar_to_utf8(c, plain + length);
    }
    return (OvSlice){plain, length};
}

/* Octets that mean something: OvCssStop, and what opens and closes strings and brackets. */
enum { QUOTE = 1 << 6, BRACKET = 1 << 7 };

static const guint8 signs[256] = {
    [' '] = OV_CSS_AT_SPACE,
    ['\t'] = OV_CSS_AT_SPACE,
    ['\n'] = OV_CSS_AT_SPACE,
    ['\r'] = OV_CSS_AT_SPACE,
    ['\f'] = OV_CSS_AT_SPACE,
    [';'] = OV_CSS_AT_SEMICOLON,
    [','] = OV_CSS_AT_COMMA,
    ['{'] = OV_CSS_AT_OPEN | BRACKET,
    ['}'] = OV_CSS_AT_CLOSE | BRACKET,
    [')'] = OV_CSS_AT_ROUND | BRACKET,
    ['('] = BRACKET,
    ['['] = BRACKET,
    [']'] = BRACKET,
    ['"'] = QUOTE,
    ['\''] = QUOTE,
    ['\\'] = QUOTE,
};

/* Behind the string that starts at `at`; a line end ends it too. Of an escape, behind it. */
static gsize skip_string(OvSlice text, gsize at) {
    char quote = text.data[at++];
    if (quote == '\\')
        return at + 1;
    for (; at < text.length; at++) {
        if (text.data[at] == quote || text.data[at] == '\n')
            return at + 1;
        if (text.data[at] == '\\')
            at++;
    }
    return at;
}

gsize ov_css_skip(OvSlice text, gsize at, guint stops) {
    guint depth = 0;
    while (at < text.length) {
        guint sign = signs[(guchar)text.data[at]];
        if (sign & stops && depth == 0)
            return at;
        if (sign & QUOTE) {
            at = skip_string(text, at);
            continue;
        }
        if (sign & BRACKET) {
            if (strchr("([{", text.data[at]))
                depth++;
            else if (depth > 0)
                depth--;
        }
        at++;
    }
    return text.length;
}
