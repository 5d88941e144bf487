#include "rules/flowed.h"

#include "rules/zones_internal.h"

typedef struct {
    OvSlice text; /* behind marks and stuffing, without line end */
    gsize depth;  /* marks of quotation */
    gboolean stuffed;
} Line;

static Line read_line(OvSlice line) {
    Line result = {.text = line};
    while (result.depth < line.length && line.data[result.depth] == '>')
        result.depth++;
    result.text.data += result.depth;
    result.text.length -= result.depth;
    OvSlice *text = &result.text;
    if (text->length == 0 || text->data[0] != ' ')
        return result;
    gboolean guards =
        text->length > 1 &&
        (text->data[1] == '>' || (text->length > 5 && memcmp(text->data + 1, "From ", 5) == 0));
    if (!guards || result.depth > 0) {
        text->data++;
        text->length--;
        result.stuffed = TRUE;
    }
    return result;
}

static gboolean has_soft_break(OvSlice text) {
    for (const char *at = text.data, *end = text.data + text.length; at < end; at++) {
        at = memchr(at, '\n', (gsize)(end - at));
        if (!at)
            return FALSE;
        const char *last = at > text.data && at[-1] == '\r' ? at - 1 : at;
        if (last > text.data && last[-1] == ' ')
            return TRUE;
    }
    return FALSE;
}

OvSlice ov_flowed_join(OvArena *arena, OvSlice text, gboolean delsp) {
    if (text.length == 0 || !has_soft_break(text))
        return text;
    char *out = ov_arena_alloc(arena, text.length);
    gsize length = 0, depth = 0;
    gboolean open = FALSE; /* the last line goes on */
    OvSlice line_end = {NULL, 0};
    while (text.length > 0) {
        OvSlice line = ov_take_line(&text);
        const char *behind = line.data + line.length;
        Line next = read_line(line);
        gboolean mark = ov_line_is_signature_mark(next.text);
        if (!open || next.depth != depth || mark) {
            memcpy(out + length, line_end.data ? line_end.data : "", line_end.length);
            length += line_end.length;
            memset(out + length, '>', next.depth);
            length += next.depth;
            if (next.depth > 0 && next.stuffed)
                out[length++] = ' ';
        } else if (delsp) {
            length--;
        }
        open = !mark && next.text.length > 0 && next.text.data[next.text.length - 1] == ' ';
        if (next.text.length > 0)
            memcpy(out + length, next.text.data, next.text.length);
        length += next.text.length;
        depth = next.depth;
        line_end = (OvSlice){behind, (gsize)(text.data - behind)};
    }
    if (line_end.length > 0)
        memcpy(out + length, line_end.data, line_end.length);
    length += line_end.length;
    return (OvSlice){out, length};
}
