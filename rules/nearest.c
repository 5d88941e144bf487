#include "rules/nearest.h"

#include <string.h>

/* Longer names are compared by their beginnings: no name that people type is longer. */
enum { MAX_LETTERS = 64 };

/* Edits (insert, delete, replace, swap of neighbours) that make b of a, without regard to case. */
static guint edits(const char *a, guint n_a, const char *b, guint n_b) {
    guint8 rows[3][MAX_LETTERS + 1];
    guint8 *before_last = rows[0], *last = rows[1], *row = rows[2];
    for (guint j = 0; j <= n_b; j++)
        last[j] = (guint8)j;
    for (guint i = 1; i <= n_a; i++) {
        row[0] = (guint8)i;
        for (guint j = 1; j <= n_b; j++) {
            char x = g_ascii_tolower(a[i - 1]), y = g_ascii_tolower(b[j - 1]);
            guint least = last[j - 1] + (guint)(x != y);
            least = MIN(least, last[j] + 1u);
            least = MIN(least, row[j - 1] + 1u);
            if (i > 1 && j > 1 && x == g_ascii_tolower(b[j - 2]) && y == g_ascii_tolower(a[i - 2]))
                least = MIN(least, before_last[j - 2] + 1u);
            row[j] = (guint8)least;
        }
        guint8 *spare = before_last;
        before_last = last;
        last = row;
        row = spare;
    }
    return last[n_b];
}

void ov_nearest_offer(OvNearest *nearest, const char *name) {
    guint n_wanted = (guint)strnlen(nearest->wanted, MAX_LETTERS);
    guint n_name = (guint)strnlen(name, MAX_LETTERS);
    guint longer = MAX(n_wanted, n_name);
    guint distance = edits(nearest->wanted, n_wanted, name, n_name);
    if (distance * 3 <= longer && distance < nearest->distance) {
        nearest->best = name;
        nearest->distance = distance;
    }
}
