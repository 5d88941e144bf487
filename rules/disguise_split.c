#include "rules/disguise_split.h"

enum {
    LONGEST = 40, /* octets, so that a long row of words costs little */
    LEAST_LETTERS = 4,
    MOST_LETTERS = 24,
    SHORT_PIECE = 2,
    LEAST_SINGLES = 4,
};

static gboolean is_letter_like_sign(char c) {
    return c == '!' || c == '@' || c == '$';
}

static gboolean is_letter_like(char c) {
    return g_ascii_isalpha(c) || (g_ascii_isdigit(c) && c != '2' && c != '6' && c < '8');
}

gboolean ov_split_word_read(const char *start, const char *end, OvSplitWord *word) {
    guint pieces = 0, letters = 0, digits = 0, shortest = MOST_LETTERS, longest = 0;
    gboolean sign = FALSE;
    const char *p = start;
    for (;;) {
        const char *piece = p;
        for (; p < end && p - start <= LONGEST && is_letter_like(*p); p++)
            *(g_ascii_isdigit(*p) ? &digits : &letters) += 1;
        guint length = (guint)(p - piece);
        pieces++;
        shortest = MIN(shortest, length);
        longest = MAX(longest, length);
        if (p - start > LONGEST || length == 0)
            return FALSE;
        gboolean strewn = p < end && is_letter_like_sign(*p);
        if (end - p < 2 || !(strewn || ov_is_split_sign(*p)) || !is_letter_like(p[1]))
            break;
        sign |= strewn;
        p++;
    }
    gboolean goes_on = p < end && ((guint8)*p >= 0x80 || g_ascii_isdigit(*p));
    *word = (OvSplitWord){.end = p, .singles = longest == 1};
    if (goes_on || pieces < 2 || digits > letters || letters + digits < LEAST_LETTERS ||
        letters + digits > MOST_LETTERS)
        return FALSE;
    if (word->singles)
        return sign && pieces >= LEAST_SINGLES;
    return !sign && digits == 0 && shortest <= SHORT_PIECE;
}
