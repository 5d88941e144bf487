/* What kind of character a code point is, as far as counting text needs it (Unicode general
 * categories). ASCII, most of all mail, is one table look-up. */
#pragma once

#include "rules/slice.h"

typedef enum {
    OV_CHARACTER_UPPER = 1 << 0,  /* Lu and Lt, without Cherokee, whose ordinary text is Lu */
    OV_CHARACTER_LOWER = 1 << 1,  /* Ll */
    OV_CHARACTER_LETTER = 1 << 2, /* any letter: L* */
    OV_CHARACTER_DIGIT = 1 << 3,  /* N* */
    OV_CHARACTER_PUNCTUATION = 1 << 4,
    OV_CHARACTER_MARK = 1 << 5,  /* M*: belongs to the letter before it */
    OV_CHARACTER_SPACE = 1 << 6, /* white space, line ends included */
    OV_CHARACTER_CASED = OV_CHARACTER_UPPER | OV_CHARACTER_LOWER,
    OV_CHARACTER_WORD = OV_CHARACTER_LETTER | OV_CHARACTER_DIGIT,
    /* What a reader sees: one of these is one visible character (rule catalogue 1.3), which is the
     * grapheme cluster but for emoji sequences and conjoining jamo. Symbols do not count. */
    OV_CHARACTER_VISIBLE = OV_CHARACTER_LETTER | OV_CHARACTER_DIGIT | OV_CHARACTER_PUNCTUATION,
} OvCharacter;

extern const guint8 ov_ascii_characters[128];

/* The OvCharacter flags of a code point; 0 for symbols, controls and what is unassigned. */
guint ov_character_beyond_ascii(gunichar c);

static inline guint ov_character(gunichar c) {
    return c < 128 ? ov_ascii_characters[c] : ov_character_beyond_ascii(c);
}

/* Decodes the character at text and steps over it; text is valid UTF-8. */
static inline gunichar ov_character_next(const char **text) {
    guchar first = (guchar) * *text;
    if (first < 128) {
        (*text)++;
        return first;
    }
    gunichar c = g_utf8_get_char(*text);
    *text = g_utf8_next_char(*text);
    return c;
}

/* TRUE for characters of scripts written without spaces (Han, Hiragana, Katakana): each is taken
 * for a word, as UAX 29 does for ideographs. */
static inline gboolean ov_character_ideographic(gunichar c) {
    return (c >= 0x3040 && c <= 0x30FF) || (c >= 0x3400 && c <= 0x9FFF) ||
           (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x20000 && c <= 0x3FFFF);
}

/* TRUE for pictures: emoji and the dingbats that mail programs show as such. */
gboolean ov_character_emoji(gunichar c);
/* TRUE for letters of scripts written from right to left. */
gboolean ov_character_right_to_left(gunichar c);
