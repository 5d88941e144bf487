#include "rules/parameter.h"

/* The end of the quoted string or comment that starts at at; past the end where it never ends. */
static gsize skip_enclosed(OvSlice value, gsize at) {
    char open = value.data[at];
    guint depth = 1;
    for (at++; at < value.length && depth > 0; at++) {
        char c = value.data[at];
        if (c == '\\')
            at++;
        else if (open == '"')
            depth -= c == '"';
        else
            depth += (c == '(') - (guint)(c == ')');
    }
    return MIN(at, value.length);
}

/* The end of the segment that starts at start: its semicolon, or the end of value. equals gets the
 * offset of its first =, or the segment's end. */
static gsize segment_end(OvSlice value, gsize start, gsize *equals) {
    gsize at = start;
    *equals = G_MAXSIZE;
    while (at < value.length && value.data[at] != ';') {
        if (value.data[at] == '"' || value.data[at] == '(') {
            at = skip_enclosed(value, at);
            continue;
        }
        if (value.data[at] == '=' && *equals == G_MAXSIZE)
            *equals = at;
        at++;
    }
    *equals = MIN(*equals, at);
    return at;
}

static OvSlice unquoted(OvArena *arena, OvSlice text) {
    if (text.length < 2 || text.data[0] != '"')
        return text;
    gsize end = skip_enclosed(text, 0);
    if (text.data[end - 1] == '"')
        end--;
    char *copy = ov_arena_alloc(arena, end);
    gsize length = 0;
    for (gsize i = 1; i < end; i++) {
        if (text.data[i] == '\\' && i + 1 < end)
            i++;
        if (text.data[i] != '\r' && text.data[i] != '\n')
            copy[length++] = text.data[i];
    }
    return (OvSlice){copy, length};
}

OvSlice ov_parameter_find(OvArena *arena, OvSlice value, const char *name) {
    OvSlice wanted = ov_slice(name);
    for (gsize start = 0, equals, end; start < value.length; start = end + 1) {
        end = segment_end(value, start, &equals);
        if (equals == end)
            continue;
        OvSlice left = ov_slice_trim((OvSlice){value.data + start, equals - start});
        if (ov_slice_equal_nocase(left, wanted)) {
            OvSlice right = {value.data + equals + 1, end - equals - 1};
            return unquoted(arena, ov_slice_trim(right));
        }
    }
    return (OvSlice){NULL, 0};
}
