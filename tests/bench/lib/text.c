#include "tests/bench/lib/text.h"

#include <string.h>

void ov_add_text(GString *body, gsize length) {
    static const char *const words[] = {
        "the",    "meeting", "moved",   "to",    "Thursday", "please", "bring", "your",
        "notes",  "from",    "last",    "week",  "and",      "tell",   "us",    "which",
        "rooms",  "are",     "still",   "free",  "in",       "spring", "so",    "that",
        "nobody", "waits",   "outside", "again", "thank",    "you",    "for",   "reading",
    };
    guint32 state = 12345;
    gsize end = body->len + length, column = 0;

    while (body->len < end) {
        state = state * 1664525 + 1013904223;
        const char *word = words[state >> 27 & 31];
        g_string_append(body, word);
        column += strlen(word) + 1;
        g_string_append(body, column > 68 ? ".\r\n" : " ");
        if (column > 68)
            column = 0;
    }
    g_string_append(body, "\r\n");
}
