/* Words that signs are strewn into: "mon.ey", "b!u!y!n!o!w". */
#pragma once

#include <glib.h>

typedef struct {
    const char *end;
    gboolean singles; /* every letter stands alone */
} OvSplitWord;

/* Whether a word of ASCII letters with a sign between two of them begins at start, which is behind
 * no other letter: four to 24 letters in pieces, one of which has one or two. Hyphens are no such
 * signs, as compounds have them and people differ on which ("e-mail"); nor is what names in
 * programs have. Single letters, and digits for letters, count where one of ! @ $ is between them;
 * other ones are OV_DISGUISE_GAPS already. */
gboolean ov_split_word_read(const char *start, const char *end, OvSplitWord *word);

static inline gboolean ov_is_split_sign(char c) {
    switch (c) {
    case '.':
    case '*':
    case '~':
    case '|':
    case '^':
    case '`':
    case '+':
    case ';':
    case '\\':
        return TRUE;
    default:
        return FALSE;
    }
}
