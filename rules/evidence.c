#include "rules/evidence.h"

/* Longest form of one character: "\u{10FFFF}". */
enum { ESCAPED_SIZE = 10 };

static gboolean invisible(gunichar character) {
    /* Letters' look-alikes of nothing: Hangul fillers, Mongolian and other variation selectors,
     * tags. GLib's types know the rest. */
    if (character == 0x115F || character == 0x1160 || character == 0x3164 || character == 0xFFA0 ||
        character == 0x034F || (character >= 0x180B && character <= 0x180F) ||
        (character >= 0xFE00 && character <= 0xFE0E) ||
        (character >= 0xE0000 && character <= 0xE0FFF))
        return TRUE;
    switch (g_unichar_type(character)) {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_PRIVATE_USE:
    case G_UNICODE_SURROGATE:
    case G_UNICODE_UNASSIGNED:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
        return TRUE;
    default:
        return FALSE;
    }
}

static gboolean white(gunichar character) {
    return character == ' ' || character == '\t' || character == '\n' || character == '\r' ||
           (character > 0x7F && g_unichar_isspace(character));
}

const char *ov_evidence_limited(OvArena *arena, OvSlice text, guint limit) {
    char *out = ov_arena_alloc(arena, (gsize)limit * ESCAPED_SIZE + sizeof("…"));
    char *end = out;
    guint shown = 0;
    gboolean space = FALSE;
    const char *p = text.data, *stop = text.length ? text.data + text.length : text.data;
    while (p < stop) {
        gunichar character = g_utf8_get_char_validated(p, stop - p);
        gboolean valid = character < 0x110000 && (character != 0 || *p == '\0');
        const char *next = valid ? p + (character ? g_unichar_to_utf8(character, NULL) : 1) : p + 1;
        if (valid && white(character)) {
            space = shown > 0;
            p = next;
            continue;
        }
        if (shown + (space ? 1 : 0) >= limit) {
            end += g_snprintf(end, sizeof("…"), "…");
            break;
        }
        if (space) {
            *end++ = ' ';
            shown++;
            space = FALSE;
        }
        if (!valid)
            end += g_snprintf(end, ESCAPED_SIZE + 1, "\\x{%02X}", (guint)(guchar)*p);
        else if (invisible(character))
            end += g_snprintf(end, ESCAPED_SIZE + 1, "\\u{%04X}", character);
        else
            end += g_unichar_to_utf8(character, end);
        shown++;
        p = next;
    }
    *end = '\0';
    return out;
}

const char *ov_evidence(OvArena *arena, OvSlice text) {
    return ov_evidence_limited(arena, text, OV_EVIDENCE_CHARACTERS);
}
