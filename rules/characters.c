#include "rules/characters.h"

enum {
    S = OV_CHARACTER_SPACE,
    P = OV_CHARACTER_PUNCTUATION,
    D = OV_CHARACTER_DIGIT,
    U = OV_CHARACTER_UPPER | OV_CHARACTER_LETTER,
    L = OV_CHARACTER_LOWER | OV_CHARACTER_LETTER,
};

const guint8 ov_ascii_characters[128] = {
    /* clang-format off */
    0, 0, 0, 0, 0, 0, 0, 0, 0, S, S, S, S, S, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    /* space ! " # $ % & ' ( ) * + , - . / 0-9 : ; < = > ? */
    S, P, P, P, 0, P, P, P, P, P, P, 0, P, P, P, P, D, D, D, D, D, D, D, D, D, D, P, P, 0, 0, 0, P,
    /* @ A-Z [ \ ] ^ _ */
    P, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, P, P, P, 0, P,
    /* ` a-z { | } ~ DEL */
    0, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, P, 0, P, 0, 0,
    /* clang-format on */
};

static gboolean cherokee(gunichar c) {
    return (c >= 0x13A0 && c <= 0x13FF) || (c >= 0xAB70 && c <= 0xABBF);
}

guint ov_character_beyond_ascii(gunichar c) {
    switch (g_unichar_type(c)) {
    case G_UNICODE_UPPERCASE_LETTER:
    case G_UNICODE_TITLECASE_LETTER:
        return cherokee(c) ? OV_CHARACTER_LETTER : OV_CHARACTER_UPPER | OV_CHARACTER_LETTER;
    case G_UNICODE_LOWERCASE_LETTER:
        return cherokee(c) ? OV_CHARACTER_LETTER : OV_CHARACTER_LOWER | OV_CHARACTER_LETTER;
    case G_UNICODE_MODIFIER_LETTER:
    case G_UNICODE_OTHER_LETTER:
        return OV_CHARACTER_LETTER;
    case G_UNICODE_DECIMAL_NUMBER:
    case G_UNICODE_LETTER_NUMBER:
    case G_UNICODE_OTHER_NUMBER:
        return OV_CHARACTER_DIGIT;
    case G_UNICODE_CONNECT_PUNCTUATION:
    case G_UNICODE_DASH_PUNCTUATION:
    case G_UNICODE_OPEN_PUNCTUATION:
    case G_UNICODE_CLOSE_PUNCTUATION:
    case G_UNICODE_INITIAL_PUNCTUATION:
    case G_UNICODE_FINAL_PUNCTUATION:
    case G_UNICODE_OTHER_PUNCTUATION:
        return OV_CHARACTER_PUNCTUATION;
    case G_UNICODE_SPACING_MARK:
    case G_UNICODE_ENCLOSING_MARK:
    case G_UNICODE_NON_SPACING_MARK:
        return OV_CHARACTER_MARK;
    case G_UNICODE_SPACE_SEPARATOR:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
        return OV_CHARACTER_SPACE;
    default:
        return 0;
    }
}

gboolean ov_character_emoji(gunichar c) {
    if (c < 0x203C)
        return FALSE;
    return (c >= 0x1F300 && c <= 0x1F64F) || (c >= 0x1F680 && c <= 0x1F6FF) ||
           (c >= 0x1F7E0 && c <= 0x1F7EB) || (c >= 0x1F900 && c <= 0x1FAFF) ||
           (c >= 0x2600 && c <= 0x27BF) || c == 0x1F004 || c == 0x1F0CF || c == 0x203C ||
           c == 0x2049 || (c >= 0x231A && c <= 0x231B) || (c >= 0x23E9 && c <= 0x23FA) ||
           (c >= 0x2B05 && c <= 0x2B07) || c == 0x2B50 || c == 0x2B55 ||
           (c >= 0x1F1E6 && c <= 0x1F1FF);
}

gboolean ov_character_right_to_left(gunichar c) {
    return (c >= 0x0590 && c <= 0x08FF) || (c >= 0xFB1D && c <= 0xFDFF) ||
           (c >= 0xFE70 && c <= 0xFEFC) || (c >= 0x10800 && c <= 0x10FFF) ||
           (c >= 0x1E800 && c <= 0x1EFFF);
}
