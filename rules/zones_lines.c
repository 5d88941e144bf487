#include "rules/zones_internal.h"

enum { HEADER_NAME_OCTETS = 24, DIVIDER_DASHES = 5, UNDERSCORES = 20, HEADER_WITHIN = 3 };

/* How mail programs write From and Sent (or Date) above what they quote. */
static const struct {
    const char *from;
    const char *sent;
} quoted_headers[] = {
    {"From", "Sent"},    {"From", "Date"},  {"De", "Envoyé"},  {"De", "Date"},
    {"Von", "Gesendet"}, {"Von", "Datum"},  {"De", "Enviado"}, {"De", "Fecha"},
    {"De", "Data"},      {"Da", "Inviato"}, {"Da", "Data"},    {"Van", "Verzonden"},
    {"Van", "Datum"},    {"Od", "Wysłano"}, {"Od", "Data"},
};

static gboolean one_of(char c, const char *set) {
    return c && strchr(set, c);
}

OvSlice ov_take_line(OvSlice *text) {
    const char *end = ov_find_feed(text->data, text->data + text->length);
    OvSlice line = {text->data, end ? (gsize)(end - text->data) : text->length};
    gsize taken = line.length + (end != NULL);
    text->data += taken;
    text->length -= taken;
    if (line.length > 0 && line.data[line.length - 1] == '\r')
        line.length--;
    return line;
}

guint ov_count_lines(OvSlice rest, guint most) {
    guint n = 0;
    while (rest.length > 0 && n < most)
        n += ov_slice_trim(ov_take_line(&rest)).length > 0;
    return n;
}

gboolean ov_has_digit(OvSlice text) {
    for (gsize i = 0; i < text.length; i++)
        if (g_ascii_isdigit(text.data[i]))
            return TRUE;
    return FALSE;
}

gboolean ov_line_is_indented(OvSlice line) {
    return (line.length > 0 && line.data[0] == '\t') ||
           (line.length > 4 && memcmp(line.data, "    ", 4) == 0);
}

guint ov_count_indented(OvSlice rest, guint most) {
    guint n = 0, looked_at = 0;
    while (rest.length > 0 && n < most && looked_at++ < 2 * most) {
        OvSlice line = ov_take_line(&rest);
        if (ov_slice_trim(line).length == 0)
            continue;
        if (!ov_line_is_indented(line))
            break;
        n++;
    }
    return n;
}

/* Octets up to and with the mark of quotation at the line's start; 0 where there is none. */
static gsize quotation_mark(OvSlice line) {
    gsize i = 0;
    while (i < line.length && i < 3 && line.data[i] == ' ')
        i++;
    gsize initials = i;
    while (i < line.length && i - initials < 4 && g_ascii_isupper(line.data[i]))
        i++;
    if (i >= line.length || line.data[i] != '>' ||
        (i == 0 && line.length >= 6 && memcmp(line.data, ">From ", 6) == 0))
        return 0;
    return i + 1;
}

gboolean ov_line_is_quoted(OvSlice line) {
    return quotation_mark(line) > 0;
}

OvSlice ov_line_unquoted(OvSlice line) {
    gboolean quoted = FALSE;
    for (gsize mark; (mark = quotation_mark(line)) > 0; quoted = TRUE) {
        line.data += mark;
        line.length -= mark;
    }
    if (quoted && line.length > 0 && line.data[0] == ' ') {
        line.data++;
        line.length--;
    }
    return line;
}

gboolean ov_line_is_signature_mark(OvSlice line) {
    return (line.length == 2 || (line.length == 3 && line.data[2] == ' ')) &&
           memcmp(line.data, "--", 2) == 0;
}

gboolean ov_line_is_underscores(OvSlice trimmed) {
    gsize n = 0;
    while (n < trimmed.length && trimmed.data[n] == '_')
        n++;
    return n == trimmed.length && n >= UNDERSCORES;
}

static gboolean starts_with(OvSlice line, const char *start) {
    gsize length = strlen(start);
    return line.length >= length && memcmp(line.data, start, length) == 0;
}

gboolean ov_patch_starts(OvSlice line, OvSlice rest) {
    if (starts_with(line, "diff --git "))
        return TRUE;
    return starts_with(line, "--- ") && rest.length > 0 && starts_with(ov_take_line(&rest), "+++ ");
}

gboolean ov_line_is_of_patch(OvSlice line) {
    static const char *const between[] = {"diff ",         "index ",    "new file mode ",
                                          "deleted file ", "rename ",   "similarity index ",
                                          "old mode ",     "new mode ", "Binary files "};
    if (line.length == 0 || strchr(" +-@\\", line.data[0]))
        return TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(between); i++)
        if (starts_with(line, between[i]))
            return TRUE;
    return FALSE;
}

gboolean ov_line_is_fence(OvSlice line) {
    return line.length >= 3 &&
           (memcmp(line.data, "```", 3) == 0 || memcmp(line.data, "~~~", 3) == 0);
}

gboolean ov_fence_closes(OvSlice rest, char mark) {
    const char closing[] = {'\n', mark, mark, mark};
    return (rest.length >= 3 && memcmp(rest.data, closing + 1, 3) == 0) ||
           memmem(rest.data, rest.length, closing, sizeof closing) != NULL;
}

/* The name before the colon of a line like "From: ..." or "*From:* ..."; empty where it is none. */
static OvSlice header_name(OvSlice line) {
    line = ov_slice_trim(line);
    while (line.length > 0 && line.data[0] == '*')
        line.data++, line.length--;
    gsize n = 0;
    while (n < line.length && n < HEADER_NAME_OCTETS &&
           (g_ascii_isalpha(line.data[n]) || (guchar)line.data[n] >= 128 || line.data[n] == ' ' ||
            line.data[n] == '-'))
        n++;
    OvSlice name = ov_slice_trim((OvSlice){line.data, n});
    gsize colon = n;
    while (colon < line.length && line.data[colon] == '*')
        colon++;
    /* Before a colon French puts a space, often a no-break one (two octets in UTF-8). */
    if (name.length > 2 && memcmp(name.data + name.length - 2, "\u00A0", 2) == 0)
        name.length -= 2;
    return colon < line.length && line.data[colon] == ':' ? name : (OvSlice){line.data, 0};
}

static guint header_lines(OvSlice rest) {
    guint n = 0;
    for (guint i = 0; i < HEADER_WITHIN && rest.length > 0; i++)
        n += header_name(ov_take_line(&rest)).length > 0;
    return n;
}

static gboolean divider(OvSlice trimmed) {
    gsize dashes = 0;
    while (dashes < trimmed.length && trimmed.data[dashes] == '-')
        dashes++;
    return dashes >= DIVIDER_DASHES && trimmed.length > dashes + 4 &&
           trimmed.data[trimmed.length - 1] == '-';
}

gboolean ov_quotation_starts(OvSlice line, OvSlice rest) {
    OvSlice trimmed = ov_slice_trim(line);
    if (trimmed.length == 0)
        return FALSE;
    if (trimmed.data[0] == '-' || trimmed.data[0] == '_')
        return (divider(trimmed) || ov_line_is_underscores(trimmed)) && header_lines(rest) >= 2;
    if (!one_of(trimmed.data[0], "FDVO*"))
        return FALSE;
    OvSlice name = header_name(trimmed);
    for (gsize i = 0; i < G_N_ELEMENTS(quoted_headers) && name.length > 0; i++) {
        if (!ov_slice_equal(name, ov_slice(quoted_headers[i].from)))
            continue;
        OvSlice after = rest;
        for (guint n = 0; n < HEADER_WITHIN && after.length > 0; n++)
            if (ov_slice_equal(header_name(ov_take_line(&after)), ov_slice(quoted_headers[i].sent)))
                return TRUE;
    }
    return FALSE;
}

static gboolean ends_word(char c) {
    return g_ascii_isspace(c) || c == '<' || c == '>' || c == '"';
}

static gboolean address(const char *word, gsize length) {
    if (length >= 5 && g_ascii_strncasecmp(word, "www.", 4) == 0)
        return TRUE;
    const char *colon = memmem(word, length, "://", 3);
    if (colon && colon > word && g_ascii_isalpha(colon[-1]))
        return TRUE;
    const char *at = memchr(word, '@', length);
    return at && at > word && memchr(at, '.', length - (gsize)(at - word));
}

/* Cheap: FALSE for most lines, which then are copied as they stand. */
static gboolean may_have_address(OvSlice line) {
    if (line.length == 0)
        return FALSE;
    if (memchr(line.data, '@', line.length) || memchr(line.data, '/', line.length))
        return TRUE;
    const char *end = line.data + line.length;
    for (const char *dot = line.data; (dot = memchr(dot, '.', (gsize)(end - dot))); dot++)
        if (dot - line.data >= 3 && g_ascii_strncasecmp(dot - 3, "www", 3) == 0)
            return TRUE;
    return FALSE;
}

gsize ov_line_without_addresses(OvSlice line, char *out) {
    if (!may_have_address(line)) {
        if (line.length > 0)
            memcpy(out, line.data, line.length);
        return line.length;
    }
    char *to = out;
    const char *end = line.data + line.length;
    for (const char *p = line.data; p < end;) {
        const char *start = p;
        while (p < end && !ends_word(*p))
            p++;
        const char *first = start, *last = p;
        while (first < last && one_of(*first, "([{'*"))
            first++;
        while (last > first && one_of(last[-1], ")]}'*.,;:!?"))
            last--;
        if (last > first && address(first, (gsize)(last - first))) {
            memcpy(to, start, (gsize)(first - start));
            to += first - start;
            *to++ = ' ';
            start = last;
        }
        memcpy(to, start, (gsize)(p - start));
        to += p - start;
        if (p < end)
            *to++ = *p++;
    }
    return (gsize)(to - out);
}
