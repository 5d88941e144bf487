#include "policy/review/markup.h"

#include "policy/review/output.h"

static gboolean stays(gunichar character) {
    switch (character) {
    case '\n':
    case '\t':
    case 0x00AD: /* soft hyphen */
    case 0x200C: /* joiners: Persian, Indic scripts, emoji */
    case 0x200D:
        return TRUE;
    default:
        return ov_is_harmless(character);
    }
}

/* The character at `at`, and its length; for an octet that is no UTF-8 the octet, and FALSE. */
static gboolean next_character(const char *at, const char *end, gunichar *character,
                               gsize *length) {
    *character = g_utf8_get_char_validated(at, end - at);
    *length = 1;
    if (*at == '\0')
        *character = 0;
    if (*character >= 0x110000) {
        *character = (guchar)*at;
        return FALSE;
    }
    if (*at != '\0')
        *length = (gsize)(g_utf8_next_char(at) - at);
    return TRUE;
}

/* Appends the run of one odd character that starts at `at`; returns its end. */
static const char *append_odd(GString *out, const char *at, const char *end) {
    gunichar odd, character;
    gsize length;
    gboolean valid = next_character(at, end, &odd, &length);
    guint n = 0;
    while (at < end && next_character(at, end, &character, &length) == valid && character == odd) {
        at += length;
        n++;
    }
    g_string_append_printf(out, valid ? "<i>U+%04X" : "<i>\\x%02X", odd);
    if (n > 1)
        g_string_append_printf(out, " ×%u", n);
    g_string_append(out, "</i>");
    return at;
}

static const char *reference_of(gunichar character) {
    switch (character) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void ov_markup_append(GString *out, OvSlice text) {
    if (text.length == 0)
        return;
    const char *at = text.data, *end = text.data + text.length;
    while (at < end) {
        gunichar character;
        gsize length;
        if (!next_character(at, end, &character, &length) || !stays(character)) {
            if (character == '\r' && at + 1 < end && at[1] == '\n')
                at++;
            else
                at = append_odd(out, at, end);
            continue;
        }
        const char *reference = reference_of(character);
        if (reference)
            g_string_append(out, reference);
        else
            g_string_append_len(out, at, (gssize)length);
        at += length;
    }
}

void ov_markup_append_text(GString *out, const char *text) {
    ov_markup_append(out, ov_slice(text));
}
