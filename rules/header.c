#include "rules/header.h"

#include "rules/charset.h"
#include "rules/encoded_word.h"

enum { MAX_TEXT = 64 * 1024, FIRST_CAPACITY = 64 };

static const OvSlice known_fields[OV_N_FIELDS] = {
#define FIELD(id, name) [OV_FIELD_##id] = {name, sizeof(name) - 1},
#include "rules/header_fields.def"
#undef FIELD
};

static OvFieldId field_id(OvSlice name) {
    char last = name.length > 0 ? g_ascii_tolower(name.data[name.length - 1]) : '\0';
    for (guint id = OV_FIELD_OTHER + 1; id < OV_N_FIELDS; id++) {
        OvSlice known = known_fields[id];
        /* Most names differ in length or in the last letter. */
        if (known.length == name.length && g_ascii_tolower(known.data[known.length - 1]) == last &&
            ov_slice_equal_nocase(known, name))
            return (OvFieldId)id;
    }
    return OV_FIELD_OTHER;
}

/* Cuts name and value out of field->line; FALSE where it is no field (RFC 5322 2.2). */
static gboolean field_cut(OvField *field) {
    const char *data = field->line.data;
    gsize length = field->line.length, i = 0;
    while (i < length && data[i] > ' ' && data[i] < 0x7f && data[i] != ':')
        i++;
    field->name = (OvSlice){data, i};
    while (i < length && (data[i] == ' ' || data[i] == '\t'))
        i++;
    if (field->name.length == 0 || i == length || data[i] != ':')
        return FALSE;
    i++;
    if (data[length - 1] == '\n')
        length--;
    if (length > i && data[length - 1] == '\r')
        length--;
    field->value = (OvSlice){data + i, length - i};
    return TRUE;
}

/* The end of the line at data; *fold_end the end of the lines that continue it too. */
static const char *line_end(const char *data, const char *end) {
    const char *feed = ov_find_feed(data, end);
    return feed ? feed + 1 : end;
}

static const char *field_end(const char *data, const char *end) {
    do
        data = line_end(data, end);
    while (data < end && (*data == ' ' || *data == '\t'));
    return data;
}

static gboolean is_empty_line(const char *data, const char *end) {
    return data[0] == '\n' || (data[0] == '\r' && end - data > 1 && data[1] == '\n');
}

static gboolean starts_with(const char *data, const char *end, const char *text) {
    gsize length = strlen(text);
    return (gsize)(end - data) >= length && memcmp(data, text, length) == 0;
}

/* The fields that were found; most headers fit in room. */
typedef struct {
    OvField room[FIRST_CAPACITY];
    OvField *fields;
    guint n_fields, capacity;
} Kept;

static void keep_field(OvArena *arena, Kept *kept, const OvField *field) {
    if (kept->n_fields == kept->capacity) {
        OvField *fields = ov_arena_alloc(arena, 2 * kept->capacity * sizeof *fields);
        memcpy(fields, kept->fields, kept->n_fields * sizeof *fields);
        kept->fields = fields;
        kept->capacity *= 2;
    }
    kept->fields[kept->n_fields++] = *field;
}

OvHeader *ov_header_parse(OvArena *arena, OvSlice raw, guint max_fields) {
    OvHeader *header = OV_ARENA_NEW(arena, OvHeader, 1);
    const char *at = raw.data, *end = at + raw.length;
    const char *bad = NULL; /* the line before this one, where it was no field */
    Kept kept;
    kept.fields = kept.room;
    kept.n_fields = 0;
    kept.capacity = FIRST_CAPACITY;
    gboolean any = FALSE;
    /* An mbox separator is no part of the message. */
    if (raw.length > 0 && starts_with(at, end, "From "))
        at = line_end(at, end);
    const char *start = at;
    while (at < end) {
        if (is_empty_line(at, end)) {
            header->ended = TRUE;
            break;
        }
        OvField field = {.line = {at, (gsize)(field_end(at, end) - at)}};
        if (field_cut(&field)) {
            field.id = field_id(field.name);
            if (kept.n_fields < max_fields ||
                (field.id != OV_FIELD_OTHER && header->count[field.id] == 0)) {
                if (header->count[field.id] == 0)
                    header->first[field.id] = kept.n_fields;
                keep_field(arena, &kept, &field);
            }
            header->count[field.id]++;
            any = TRUE;
            bad = NULL;
        } else {
            header->n_bad_lines++;
            if (bad || starts_with(at, end, "--")) {
                at = bad ? bad : at;
                break;
            }
            if (!starts_with(at, end, ">From "))
                bad = at;
        }
        at = field.line.data + field.line.length;
    }
    gsize size = kept.n_fields * sizeof *kept.fields;
    header->n_fields = kept.n_fields;
    header->fields = kept.fields == kept.room ? memcpy(ov_arena_alloc(arena, size), kept.room, size)
                                              : kept.fields;
    /* Without a single field there is no header: what stands there is the body. */
    if (!any && bad) {
        at = start;
        header->ended = FALSE;
    }
    header->raw = (OvSlice){start, (gsize)(at - start)};
    header->body_offset = (gsize)((header->ended ? line_end(at, end) : at) - raw.data);
    return header;
}

const OvField *ov_header_find(const OvHeader *header, OvFieldId id) {
    return id != OV_FIELD_OTHER && header->count[id] > 0 ? &header->fields[header->first[id]]
                                                         : NULL;
}

static OvSlice unfold(OvArena *arena, OvSlice value) {
    value = ov_slice_trim(value);
    if (value.length == 0 || !memchr(value.data, '\n', value.length))
        return value;
    char *out = ov_arena_alloc(arena, value.length);
    gsize used = 0;
    for (gsize i = 0; i < value.length;) {
        const char *feed = ov_find_feed(value.data + i, value.data + value.length);
        gsize next = feed ? (gsize)(feed - value.data) + 1 : value.length;
        gsize stop = feed ? next - 1 : next;
        if (feed && stop > i && value.data[stop - 1] == '\r')
            stop--;
        memcpy(out + used, value.data + i, stop - i);
        used += stop - i;
        i = next;
    }
    return (OvSlice){out, used};
}

OvSlice ov_field_unfolded(OvArena *arena, const OvField *field) {
    return unfold(arena, field->value);
}

OvSlice ov_field_text(OvArena *arena, const OvField *field) {
    OvSlice value = field->value;
    value.length = MIN(value.length, MAX_TEXT);
    OvSlice text = ov_encoded_words_decode(arena, unfold(arena, value));
    text.length = ov_utf8_cut(text, MAX_TEXT);
    return ov_arena_dup(arena, text);
}
