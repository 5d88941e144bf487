#include "rules/content_type.h"

#include "rules/charset.h"
#include "rules/encoded_word.h"

enum { MAX_SECTIONS = 100, MAX_VALUE = 16 * 1024 };

typedef struct OvContentParameter {
    OvSlice name;      /* without section and star */
    OvSlice value;     /* unquoted */
    gint section;      /* RFC 2231 3; -1 where it is whole */
    gboolean extended; /* RFC 2231 4: percent-encoded */
} Parameter;

/* A reading position. */
typedef struct {
    const char *at, *end;
} Cursor;

static gboolean more(const Cursor *cursor) {
    return cursor->at < cursor->end;
}

/* White space and comments, which nest (RFC 5322 3.2.2). */
static void skip_space(Cursor *cursor) {
    guint depth = 0;
    for (; more(cursor); cursor->at++) {
        char c = *cursor->at;
        if (c == '(')
            depth++;
        else if (depth > 0 && c == ')')
            depth--;
        else if (depth > 0 && c == '\\' && cursor->at + 1 < cursor->end)
            cursor->at++;
        else if (depth == 0 && c != ' ' && c != '\t' && c != '\r' && c != '\n')
            break;
    }
}

static OvSlice take_until(Cursor *cursor, const char *stops) {
    const char *start = cursor->at;
    while (more(cursor) && (*cursor->at == '\0' || !strchr(stops, *cursor->at)))
        cursor->at++;
    return (OvSlice){start, (gsize)(cursor->at - start)};
}

static gboolean is_token(OvSlice text) {
    for (gsize i = 0; i < text.length; i++)
        if (text.data[i] <= ' ' || text.data[i] >= 0x7f ||
            strchr("()<>@,;:\\\"/[]?=", text.data[i]))
            return FALSE;
    return text.length > 0;
}

static OvSlice take_quoted(OvArena *arena, Cursor *cursor, gboolean *broken) {
    const char *start = ++cursor->at;
    gboolean escaped = FALSE;
    while (more(cursor) && *cursor->at != '"') {
        if (*cursor->at == '\\' && cursor->at + 1 < cursor->end) {
            escaped = TRUE;
            cursor->at++;
        }
        cursor->at++;
    }
    OvSlice text = {start, (gsize)(cursor->at - start)};
    if (more(cursor))
        cursor->at++;
    else
        *broken = TRUE;
    if (!escaped)
        return text;
    char *out = ov_arena_alloc(arena, text.length);
    gsize used = 0;
    for (gsize i = 0; i < text.length; i++) {
        if (text.data[i] == '\\' && i + 1 < text.length)
            i++;
        out[used++] = text.data[i];
    }
    return (OvSlice){out, used};
}

/* Takes `*`, `*0` and `*0*` off the name. */
static void cut_section(Parameter *parameter) {
    OvSlice *name = &parameter->name;
    if (name->length > 1 && name->data[name->length - 1] == '*') {
        parameter->extended = TRUE;
        name->length--;
    }
    gsize digits = 0;
    while (digits < name->length && g_ascii_isdigit(name->data[name->length - 1 - digits]))
        digits++;
    if (digits == 0 || digits > 3 || digits + 1 >= name->length ||
        name->data[name->length - 1 - digits] != '*')
        return;
    gint section = 0;
    for (gsize i = name->length - digits; i < name->length; i++)
        section = section * 10 + (name->data[i] - '0');
    if (section < MAX_SECTIONS)
        parameter->section = section;
    name->length -= digits + 1;
}

static gboolean take_parameter(OvArena *arena, Cursor *cursor, Parameter *parameter,
                               gboolean *broken) {
    *parameter = (Parameter){.section = -1};
    parameter->name = ov_slice_trim(take_until(cursor, "=;"));
    if (!more(cursor) || *cursor->at != '=' || !is_token(parameter->name)) {
        *broken |= parameter->name.length > 0;
        take_until(cursor, ";");
        return FALSE;
    }
    cursor->at++;
    skip_space(cursor);
    if (more(cursor) && *cursor->at == '"') {
        parameter->value = take_quoted(arena, cursor, broken);
        take_until(cursor, ";");
    } else {
        /* Blanks and other signs do not belong in an unquoted value, and stand there all the same
         * in file names. */
        parameter->value = ov_slice_trim(take_until(cursor, ";"));
    }
    cut_section(parameter);
    return TRUE;
}

static const char *lower_copy(OvArena *arena, OvSlice text) {
    char *copy = ov_arena_strndup(arena, text.data, text.length);
    for (char *c = copy; *c; c++)
        *c = g_ascii_tolower(*c);
    return copy;
}

OvContent *ov_content_parse(OvArena *arena, OvSlice value) {
    OvContent *content = OV_ARENA_NEW(arena, OvContent, 1);
    Cursor cursor = {value.data, value.data + value.length};
    skip_space(&cursor);
    OvSlice type = ov_slice_trim(take_until(&cursor, "/;(")), subtype = {NULL, 0};
    skip_space(&cursor);
    if (more(&cursor) && *cursor.at == '/') {
        cursor.at++;
        skip_space(&cursor);
        subtype = ov_slice_trim(take_until(&cursor, ";( \t\r\n"));
        content->broken |= !is_token(subtype);
        skip_space(&cursor);
    }
    content->broken |= !is_token(type);
    content->type = is_token(type) ? lower_copy(arena, type) : "";
    content->subtype = is_token(subtype) ? lower_copy(arena, subtype) : "";
    /* Parameters after something that does not belong there are read all the same. */
    content->broken |= more(&cursor) && *cursor.at != ';';
    take_until(&cursor, ";");
    Parameter found[OV_CONTENT_MAX_PARAMETERS];
    while (more(&cursor) && content->n_parameters < OV_CONTENT_MAX_PARAMETERS) {
        cursor.at++;
        skip_space(&cursor);
        if (take_parameter(arena, &cursor, &found[content->n_parameters], &content->broken))
            content->n_parameters++;
    }
    gsize size = content->n_parameters * sizeof *found;
    content->parameters = memcpy(ov_arena_alloc(arena, size), found, size);
    return content;
}

static const Parameter *find(const OvContent *content, OvSlice name, gint section) {
    for (guint i = 0; i < content->n_parameters; i++)
        if (content->parameters[i].section == section &&
            ov_slice_equal_nocase(content->parameters[i].name, name))
            return &content->parameters[i];
    return NULL;
}

static gsize percent_decode(OvSlice in, char *out) {
    gsize used = 0;
    for (gsize i = 0; i < in.length; i++) {
        gint high = -1, low = -1;
        if (in.data[i] == '%' && in.length - i > 2) {
            high = g_ascii_xdigit_value(in.data[i + 1]);
            low = g_ascii_xdigit_value(in.data[i + 2]);
        }
        if (low >= 0 && high >= 0) {
            out[used++] = (char)(high << 4 | low);
            i += 2;
        } else {
            out[used++] = in.data[i];
        }
    }
    return used;
}

/* Takes charset'language' off the start of an extended value. NULL where there is none. */
static const char *take_charset(OvArena *arena, OvSlice *value) {
    const char *first = value->length > 0 ? memchr(value->data, '\'', value->length) : NULL;
    if (!first)
        return NULL;
    gsize before = (gsize)(first - value->data), rest = value->length - before - 1;
    const char *second = memchr(first + 1, '\'', rest);
    if (!second)
        return NULL;
    const char *charset = before > 0 ? ov_arena_strndup(arena, value->data, before) : NULL;
    value->length -= (gsize)(second + 1 - value->data);
    value->data = second + 1;
    return charset;
}

/* The value with its sections joined and percent signs decoded; *extended whether RFC 2231 applies,
 * *charset what it names. */
static OvSlice collect(OvArena *arena, const OvContent *content, const char *name,
                       gboolean *extended, const char **charset) {
    OvSlice wanted = ov_slice(name);
    const Parameter *whole = find(content, wanted, -1);
    *extended = whole ? whole->extended : FALSE;
    *charset = NULL;
    if (whole && !whole->extended)
        return whole->value;
    const Parameter *parts[MAX_SECTIONS];
    guint n_parts = 0;
    gsize length = 0;
    if (whole)
        parts[n_parts++] = whole;
    while (!whole && n_parts < MAX_SECTIONS &&
           (parts[n_parts] = find(content, wanted, (gint)n_parts)) != NULL)
        n_parts++;
    if (n_parts == 0)
        return (OvSlice){NULL, 0};
    for (guint i = 0; i < n_parts; i++)
        length += parts[i]->value.length;
    *extended = parts[0]->extended;
    char *out = ov_arena_alloc(arena, length);
    gsize used = 0;
    for (guint i = 0; i < n_parts; i++) {
        OvSlice value = parts[i]->value;
        if (i == 0 && parts[i]->extended)
            *charset = take_charset(arena, &value);
        if (parts[i]->extended) {
            used += percent_decode(value, out + used);
        } else if (value.length > 0) {
            memcpy(out + used, value.data, value.length);
            used += value.length;
        }
    }
    return (OvSlice){out, used};
}

OvSlice ov_content_parameter(OvArena *arena, const OvContent *content, const char *name) {
    gboolean extended;
    const char *charset;
    return collect(arena, content, name, &extended, &charset);
}

const char *ov_content_parameter_text(OvArena *arena, const OvContent *content, const char *name) {
    gboolean extended;
    const char *charset;
    OvSlice value = collect(arena, content, name, &extended, &charset);
    if (!value.data)
        return NULL;
    value.length = MIN(value.length, MAX_VALUE);
    value = extended ? ov_charset_to_utf8(arena, charset, value, MAX_VALUE, NULL)
                     : ov_encoded_words_decode(arena, value);
    return ov_arena_strndup(arena, value.data, ov_utf8_cut(value, MAX_VALUE));
}
