#include "policy/review/output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void ov_complain(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_autoptr(GString) line = g_string_new("outvet: ");
    ov_safe_append(line, text, -1, FALSE);
    fprintf(stderr, "%s\n", line->str);
}

gboolean ov_output_colour(void) {
    const char *refused = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");
    return isatty(STDOUT_FILENO) && !(refused && refused[0]) && terminal &&
           strcmp(terminal, "dumb") != 0;
}

void ov_paint(GString *out, gboolean colour, OvPaint paint, const char *text) {
    static const char *const codes[] = {"32", "33", "31", "2", "1"};
    if (colour)
        g_string_append_printf(out, "\033[%sm%s\033[0m", codes[paint], text);
    else
        g_string_append(out, text);
}

OvPaint ov_verdict_paint(const char *verdict) {
    if (strcmp(verdict, "accept") == 0)
        return OV_PAINT_GOOD;
    return strcmp(verdict, "tag") == 0 ? OV_PAINT_WARN : OV_PAINT_BAD;
}

gboolean ov_is_harmless(gunichar character) {
    switch (g_unichar_type(character)) {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_SURROGATE:
    case G_UNICODE_UNASSIGNED:
    case G_UNICODE_PRIVATE_USE:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
        return FALSE;
    default:
        return TRUE;
    }
}

void ov_safe_append(GString *out, const char *text, gssize length, gboolean lines) {
    const char *end = text + (length < 0 ? (gssize)strlen(text) : length);
    while (text < end) {
        const char *plain = text;
        while (plain < end && *plain >= ' ' && *plain != 0x7F)
            plain++;
        g_string_append_len(out, text, plain - text);
        text = plain;
        if (text == end)
            return;
        gunichar character = g_utf8_get_char_validated(text, end - text);
        if (*text == '\0') {
            g_string_append(out, "\\u{0000}");
            text++;
        } else if (character >= 0x110000) {
            g_string_append_printf(out, "\\x{%02X}", (guint)(guchar)*text++);
        } else {
            if (ov_is_harmless(character) || (lines && (character == '\n' || character == '\t')))
                g_string_append_unichar(out, character);
            else if (!(lines && character == '\r' && text + 1 < end && text[1] == '\n'))
                g_string_append_printf(out, "\\u{%04X}", character);
            text = g_utf8_next_char(text);
        }
    }
}

void ov_wrap_append(GString *out, const char *text, guint indent, guint width) {
    while (*text) {
        text += strspn(text, " ");
        gsize taken = 0; /* octets that fit */
        guint columns = 0;
        const char *p = text;
        for (; *p && *p != '\n'; p = g_utf8_next_char(p)) {
            gboolean wide = g_unichar_iswide(g_utf8_get_char(p));
            if (*p == ' ' || wide)
                taken = (gsize)(p - text);
            columns += wide ? 2 : 1;
            if (columns > width && taken > 0)
                break;
        }
        if (!*p || *p == '\n')
            taken = (gsize)(p - text);
        if (taken > 0)
            g_string_append_printf(out, "%*s%.*s", (int)indent, "", (int)taken, text);
        g_string_append_c(out, '\n');
        text += taken;
        if (*text == '\n')
            text++;
    }
}

char *ov_time_for_people(gint64 microseconds) {
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_local(microseconds / G_USEC_PER_SEC);
    return time ? g_date_time_format(time, "%Y-%m-%d %H:%M:%S") : g_strdup("?");
}

char *ov_time_for_programs(gint64 microseconds) {
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(microseconds / G_USEC_PER_SEC);
    return time ? g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ") : g_strdup("");
}
