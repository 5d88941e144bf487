#include "rules/glob.h"

gboolean ov_glob_match(const char *pattern, const char *text) {
    /* Only the last star can need to take more: an earlier one that gave the first match is
     * as good as any other, so one place to go back to is enough. */
    const char *star = NULL, *resume = NULL;
    while (*text) {
        if (*pattern == '*') {
            star = ++pattern;
            resume = text;
        } else if (*pattern &&
                   (*pattern == '?' || g_ascii_tolower(*pattern) == g_ascii_tolower(*text))) {
            pattern++;
            text++;
        } else if (star) {
            pattern = star;
            text = ++resume;
        } else {
            return FALSE;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}
