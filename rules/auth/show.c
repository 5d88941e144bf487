#include "rules/auth/show.h"

const char *ov_show(OvArena *arena, OvSlice text) {
    enum { LONGEST = 80 };
    gboolean cut = text.length > LONGEST;
    gsize length = cut ? LONGEST - 3 : text.length;
    char *copy = ov_arena_alloc(arena, LONGEST + 1);
    for (gsize i = 0; i < length; i++)
        copy[i] = g_ascii_isprint(text.data[i]) ? text.data[i] : '?';
    g_strlcpy(copy + length, cut ? "..." : "", LONGEST + 1 - length);
    return copy;
}
