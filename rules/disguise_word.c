#include "rules/disguise_word.h"

#include "rules/characters.h"
#include "rules/lookalike.h"

enum { EURO = 0x20AC };

typedef enum {
    DELIMITER,
    LATIN,
    PHONETIC,
    ALIKE,
    FOREIGN, /* of an alphabet with case */
    OTHER_LETTER,
    STYLED,
    LEET,
    OTHER_DIGIT,
    INVISIBLE,
    SOFT_HYPHEN,
    MARK,
} Kind;

static Kind ascii_kind(char c) {
    if (g_ascii_isalpha(c))
        return LATIN;
    if (g_ascii_isdigit(c))
        return strchr("2689", c) ? OTHER_DIGIT : LEET;
    return c == '@' || c == '$' || c == '!' ? LEET : DELIMITER;
}

static gboolean is_between(gunichar c, gunichar first, gunichar last) {
    return c >= first && c <= last;
}

/* Characters that show nothing, but for the soft hyphen. */
static gboolean is_invisible(gunichar c) {
    return is_between(c, 0x200B, 0x200F) || is_between(c, 0x202A, 0x202D) ||
           is_between(c, 0x2060, 0x206F) || c == 0xFEFF || c == 0x034F || c == 0x180E ||
           is_between(c, 0xFE00, 0xFE0F) || is_between(c, 0xE0000, 0xE0FFF) || c == 0x115F ||
           c == 0x1160 || c == 0x3164 || c == 0xFFA0;
}

static gboolean is_phonetic(gunichar c) {
    return is_between(c, 0x250, 0x2AF) || is_between(c, 0x1D00, 0x1DBF) || c == 0xA730 ||
           c == 0xA731;
}

static Kind kind_of(gunichar c) {
    if (c < 0x80)
        return ascii_kind((char)c);
    if (c < 0x250) {
        if (c == 0xAD)
            return SOFT_HYPHEN;
        if (c == 0xA2 || c == 0xA3 || c == 0xA5)
            return LEET;
        return (c >= 0xC0 && c != 0xD7 && c != 0xF7) || c == 0xAA || c == 0xBA ? LATIN : DELIMITER;
    }
    if (is_between(c, 0x3040, 0x9FFF) && c != 0x3164)
        return OTHER_LETTER;
    if (is_invisible(c))
        return INVISIBLE;
    if (c == EURO)
        return LEET;
    if (is_between(c, 0x300, 0x36F))
        return MARK;
    if (is_phonetic(c))
        return PHONETIC;
    if (ov_lookalike(c))
        return ALIKE;
    if (is_between(c, 0x370, 0x52F))
        return g_unichar_isalpha(c) ? FOREIGN : DELIMITER;
    if (ov_styled_letter(c))
        return STYLED;
    guint kind = ov_character(c);
    if (kind & (OV_CHARACTER_LETTER | OV_CHARACTER_DIGIT))
        return is_between(c, 0x1E00, 0x1EFF) ? LATIN
               : kind & OV_CHARACTER_LETTER  ? OTHER_LETTER
                                             : OTHER_DIGIT;
    return kind & OV_CHARACTER_MARK ? MARK : DELIMITER;
}

/* The letter that a mark makes with the one before it, or 0. */
static gunichar composed(gunichar base, gunichar mark) {
    gunichar c = 0;
    return g_unichar_compose(base, mark, &c) ? c : 0;
}

static gboolean has_case(Kind kind) {
    return kind == LATIN || kind == PHONETIC || kind == ALIKE || kind == FOREIGN || kind == STYLED;
}

static void count(OvWord *word, Kind kind, gunichar c) {
    word->characters++;
    switch (kind) {
    case PHONETIC:
        word->phonetic++;
        G_GNUC_FALLTHROUGH;
    case LATIN:
        word->latin++;
        word->latin_small += (c < 0x80 ? c >= 'a' : g_unichar_islower(c)) ? 1 : 0;
        break;
    case ALIKE:
        word->alike++;
        word->alike_big += g_unichar_isupper(c) ? 1 : 0;
        break;
    case STYLED:
        word->styled++;
        word->full_width += c >= 0xFF00 && c < 0x10000;
        break;
    case LEET:
        word->leet++;
        break;
    case OTHER_DIGIT:
        word->other_digits++;
        break;
    default:
        word->foreign++;
    }
}

/* What stands since the last letter, which counts if another follows. */
typedef struct {
    gboolean invisible;
    guint soft_hyphens;
    guint piece; /* letters since the last soft hyphen that counted */
} Between;

static void count_between(OvWord *word, Between *between) {
    word->invisible += between->invisible ? 1 : 0;
    if (between->soft_hyphens > 0) {
        word->soft_hyphens += between->soft_hyphens;
        word->lone_letters += between->piece == 1 ? 1 : 0;
        between->piece = 0;
    }
}

/* Signs at the ends are punctuation, but for "$ave" and "@ct". */
static void leave_signs_out(OvWord *word) {
    OvSlice *text = &word->text;
    guint before = word->characters;
    for (; text->length > 0 && text->data[0] == '!'; word->characters--)
        text->data++, text->length--;
    for (; text->length > 0 && strchr("!@", text->data[text->length - 1]); word->characters--)
        text->length--;
    word->leet -= before - word->characters;
}

gboolean ov_word_next(OvSlice text, OvWord *word, OvSlice *rest) {
    const char *end = text.data + text.length, *p = text.data, *last = p;
    Between between = {0};
    gunichar before = 0; /* letter that marks may belong to */
    gboolean after_letter = FALSE;
    Kind letters = DELIMITER; /* kind of the letters so far */
    *word = (OvWord){.text = {p, 0}};
    while (p < end) {
        const char *at = p;
        gunichar c = ov_character_next(&p);
        Kind kind = c == RIGHT_TO_LEFT_OVERRIDE ? DELIMITER : kind_of(c);
        if (kind == DELIMITER) {
            if (word->characters == 0 && c != RIGHT_TO_LEFT_OVERRIDE)
                continue;
            p = at;
            break;
        }
        if (kind == INVISIBLE || kind == SOFT_HYPHEN) {
            between.invisible |= kind == INVISIBLE && after_letter;
            between.soft_hyphens += kind == SOFT_HYPHEN && after_letter ? 1 : 0;
            continue;
        }
        if (kind == MARK) {
            gunichar made = before ? composed(before, c) : 0;
            word->loose_marks += before && !made;
            before = made ? made : before;
            continue;
        }
        if (word->characters == 0)
            word->text.data = at;
        after_letter = has_case(kind);
        if (after_letter)
            count_between(word, &between);
        between = (Between){.piece = between.piece + 1};
        before = kind == LATIN || kind == ALIKE ? c : 0;
        count(word, kind, c);
        if (after_letter) {
            word->switches += letters != DELIMITER && letters != kind ? 1 : 0;
            letters = kind;
        }
        last = p;
    }
    word->lone_letters += word->soft_hyphens > 0 && between.piece == 1 ? 1 : 0;
    word->text.length = (gsize)(last - word->text.data);
    *rest = (OvSlice){p, (gsize)(end - p)};
    leave_signs_out(word);
    return word->characters > 0;
}
