#include "rules/mime.h"

#include "rules/content_type.h"

enum {
    FIRST_CAPACITY = 8,
    MAX_BOUNDARY = 70,       /* RFC 2046 5.1.1 */
    LONGEST_BOUNDARY = 1000, /* read all the same */
    MAX_CHARSET_NAME = 64,
    LINES_PER_LOOK = 4096, /* lines between two looks at the clock */
};

/* A part that has begun and not ended. Those with a boundary are chained by its hash, the innermost
 * first, so that a line is compared with next to none of them. */
typedef struct {
    guint part;
    OvSlice boundary; /* empty where no delimiter is waited for */
    guint8 bucket;
    guint8 next; /* number of the next one in the chain plus 1 */
    gboolean has_parts;
} Open;

typedef struct {
    OvArena *arena;
    OvMime *mime;
    OvPart *parts;
    guint *parents; /* number of the parent plus 1, for each part */
    guint n_parts, capacity;
    const char *at, *end; /* where reading goes on, at the start of a line */
    Open open[OV_MIME_MAX_DEPTH + 1];
    guint n_open;
    guint n_waiting;    /* of them, those with a boundary */
    guint8 chains[256]; /* number of the first open part of a chain plus 1 */
    gint64 deadline;
    gboolean stopped;
} Walk;

/* A delimiter line. */
typedef struct {
    guint open;    /* whose */
    gboolean last; /* the close delimiter */
    const char *start, *end;
} Delimiter;

static const char *after_line(const char *data, const char *end) {
    const char *feed = ov_find_feed(data, end);
    return feed ? feed + 1 : end;
}

static guint8 hash(OvSlice text) {
    guint32 value = 2166136261u;
    for (gsize i = 0; i < text.length; i++)
        value = (value ^ (guchar)text.data[i]) * 16777619u;
    return (guint8)(value ^ value >> 8 ^ value >> 16 ^ value >> 24);
}

static gboolean find_open(const Walk *walk, OvSlice boundary, guint *open) {
    if (boundary.length == 0 || boundary.length > LONGEST_BOUNDARY)
        return FALSE;
    for (guint i = walk->chains[hash(boundary)]; i > 0; i = walk->open[i - 1].next)
        if (ov_slice_equal(walk->open[i - 1].boundary, boundary)) {
            *open = i - 1;
            return TRUE;
        }
    return FALSE;
}

/* TRUE when the line at data is a delimiter of an open multipart (RFC 2046 5.1.1: blanks may
 * follow). */
static gboolean is_delimiter(const Walk *walk, const char *data, const char *line_end,
                             Delimiter *delimiter) {
    if (line_end - data < 3 || data[0] != '-' || data[1] != '-')
        return FALSE;
    OvSlice line = {data + 2, (gsize)(line_end - data) - 2};
    while (line.length > 0 && ov_is_blank(line.data[line.length - 1]))
        line.length--;
    *delimiter = (Delimiter){.start = data, .end = line_end};
    if (find_open(walk, line, &delimiter->open))
        return TRUE;
    delimiter->last = TRUE;
    return line.length > 2 && line.data[line.length - 1] == '-' &&
           line.data[line.length - 2] == '-' &&
           find_open(walk, (OvSlice){line.data, line.length - 2}, &delimiter->open);
}

static gboolean next_delimiter(Walk *walk, Delimiter *delimiter) {
    const char *at = walk->at, *end = walk->end;
    for (guint lines = 1; at < end; lines++) {
        const char *line_end = after_line(at, end);
        if (is_delimiter(walk, at, line_end, delimiter))
            return TRUE;
        at = line_end;
        if (lines % LINES_PER_LOOK == 0 && walk->deadline &&
            g_get_monotonic_time() > walk->deadline) {
            walk->mime->late = walk->stopped = TRUE;
            return FALSE;
        }
    }
    return FALSE;
}

static void wait_for(Walk *walk, Open *open, OvSlice boundary) {
    open->boundary = boundary;
    open->bucket = hash(boundary);
    open->next = walk->chains[open->bucket];
    walk->chains[open->bucket] = (guint8)walk->n_open;
    walk->n_waiting++;
}

/* No delimiter of the innermost open part is waited for any more: it is the first of its chain. */
static void wait_no_more(Walk *walk, Open *open) {
    walk->chains[open->bucket] = open->next;
    open->boundary.length = 0;
    walk->n_waiting--;
}

/* Ends the innermost open part before end. */
static void close_part(Walk *walk, const char *end) {
    Open *open = &walk->open[walk->n_open - 1];
    OvPart *part = &walk->parts[open->part];
    part->raw.length = end > part->raw.data ? (gsize)(end - part->raw.data) : 0;
    if (open->boundary.length > 0) {
        wait_no_more(walk, open);
        part->container = open->has_parts || walk->stopped;
        if (!part->forwarded && !walk->stopped) {
            walk->mime->boundary_missing |= !open->has_parts;
            walk->mime->not_closed |= open->has_parts;
        }
    }
    walk->n_open--;
}

/* The last line end before a delimiter belongs to the delimiter. */
static const char *before_line_end(const Delimiter *delimiter, const char *start) {
    const char *end = delimiter->start;
    if (end > start && end[-1] == '\n')
        end--;
    if (end > start && end[-1] == '\r')
        end--;
    return end;
}

static gboolean boundary_allowed(OvSlice boundary) {
    for (gsize i = 0; i < boundary.length; i++)
        if (!g_ascii_isalnum(boundary.data[i]) &&
            (boundary.data[i] == '\0' || !strchr("'()+_,-./:=? ", boundary.data[i])))
            return FALSE;
    return boundary.length > 0 && boundary.length <= MAX_BOUNDARY &&
           boundary.data[boundary.length - 1] != ' ';
}

static OvEncoding encoding_of(OvSlice value) {
    static const struct {
        const char *name;
        OvEncoding encoding;
    } encodings[] = {
        {"7bit", OV_ENCODING_7BIT},     {"8bit", OV_ENCODING_8BIT},
        {"binary", OV_ENCODING_BINARY}, {"quoted-printable", OV_ENCODING_QUOTED_PRINTABLE},
        {"base64", OV_ENCODING_BASE64},
    };
    gsize length = 0;
    while (length < value.length && !strchr(" \t;(", value.data[length]))
        length++;
    for (gsize i = 0; i < G_N_ELEMENTS(encodings); i++)
        if (ov_slice_equal_nocase((OvSlice){value.data, length}, ov_slice(encodings[i].name)))
            return encodings[i].encoding;
    return length == 0 ? OV_ENCODING_NONE : OV_ENCODING_UNKNOWN;
}

static const char *charset_of(OvArena *arena, const OvContent *content) {
    OvSlice value = ov_slice_trim(ov_content_parameter(arena, content, "charset"));
    if (value.length == 0)
        return NULL;
    char *charset = ov_arena_strndup(arena, value.data, MIN(value.length, MAX_CHARSET_NAME));
    for (char *c = charset; *c; c++)
        *c = g_ascii_tolower(*c);
    return charset;
}

/* What Content-Disposition says. */
static void read_disposition(OvArena *arena, OvPart *part) {
    const OvField *field = ov_header_find(part->header, OV_FIELD_CONTENT_DISPOSITION);
    if (!field)
        return;
    OvContent *content = ov_content_parse(arena, ov_field_unfolded(arena, field));
    /* RFC 2183 2.8: what is not known counts as an attachment. */
    part->attachment = content->type[0] != '\0' && strcmp(content->type, "inline") != 0;
    part->name = ov_content_parameter_text(arena, content, "filename");
}

/* Reads the part's own header; *boundary gets a multipart's boundary, empty where there is none. */
static void read_header(Walk *walk, OvPart *part, const OvPart *parent, OvSlice *boundary) {
    OvArena *arena = walk->arena;
    gboolean broken = FALSE;
    gboolean digest =
        parent && strcmp(parent->type, "multipart") == 0 && strcmp(parent->subtype, "digest") == 0;
    part->type = digest ? "message" : "text";
    part->subtype = digest ? "rfc822" : "plain";
    *boundary = (OvSlice){NULL, 0};
    read_disposition(arena, part);
    const OvField *field = ov_header_find(part->header, OV_FIELD_CONTENT_TYPE);
    if (field) {
        OvContent *content = ov_content_parse(arena, ov_field_unfolded(arena, field));
        broken = content->broken;
        if (content->type[0] && content->subtype[0]) {
            part->type = content->type;
            part->subtype = content->subtype;
        } else {
            broken = TRUE;
        }
        part->charset = charset_of(arena, content);
        if (!part->name)
            part->name = ov_content_parameter_text(arena, content, "name");
        if (strcmp(part->type, "multipart") == 0) {
            *boundary = ov_content_parameter(arena, content, "boundary");
            broken |= !boundary_allowed(*boundary);
            while (boundary->length > 0 && strchr(" \t", boundary->data[boundary->length - 1]))
                boundary->length--;
        }
        if (boundary->length > LONGEST_BOUNDARY)
            boundary->length = 0;
    }
    field = ov_header_find(part->header, OV_FIELD_CONTENT_TRANSFER_ENCODING);
    if (field)
        part->encoding = encoding_of(ov_field_unfolded(arena, field));
    if (broken && !part->forwarded)
        walk->mime->bad_content_type = TRUE;
}

static gboolean is_message(const OvPart *part) {
    return strcmp(part->type, "message") == 0 &&
           (strcmp(part->subtype, "rfc822") == 0 || strcmp(part->subtype, "global") == 0) &&
           part->encoding != OV_ENCODING_BASE64 && part->encoding != OV_ENCODING_QUOTED_PRINTABLE;
}

static OvPart *part_new(Walk *walk) {
    if (walk->n_parts == OV_MIME_MAX_PARTS) {
        walk->mime->too_many = walk->stopped = TRUE;
        return NULL;
    }
    if (walk->n_parts == walk->capacity) {
        guint larger = walk->capacity * 2;
        OvPart *parts = ov_arena_alloc(walk->arena, larger * sizeof *parts);
        guint *parents = ov_arena_alloc(walk->arena, larger * sizeof *parents);
        memcpy(parts, walk->parts, walk->n_parts * sizeof *parts);
        memcpy(parents, walk->parents, walk->n_parts * sizeof *parents);
        walk->parts = parts;
        walk->parents = parents;
        walk->capacity = larger;
    }
    OvPart *part = &walk->parts[walk->n_parts];
    walk->parents[walk->n_parts] = walk->n_open > 0 ? walk->open[walk->n_open - 1].part + 1 : 0;
    walk->n_parts++;
    *part = (OvPart){.depth = walk->n_open};
    return part;
}

/* The header of an inner part: it ends at an empty line, and before any delimiter. */
static const OvHeader *inner_header(Walk *walk, const char *start, const char **body) {
    const char *stop =
        walk->end - start > OV_MIME_MAX_PART_HEADER ? start + OV_MIME_MAX_PART_HEADER : walk->end;
    const char *at = start;
    while (at < stop) {
        const char *line_end = after_line(at, stop);
        Delimiter delimiter;
        if (is_delimiter(walk, at, line_end, &delimiter))
            break;
        gboolean empty = at[0] == '\n' || (at[0] == '\r' && line_end - at == 2);
        at = line_end;
        if (empty)
            break;
    }
    OvSlice region = {start, (gsize)(at - start)};
    const OvHeader *header = ov_header_parse(walk->arena, region, OV_MIME_MAX_PART_FIELDS);
    *body = start + header->body_offset;
    return header;
}

/* Begins the part with that header, and, of a forwarded message, the parts in it. */
static void open_part(Walk *walk, const OvHeader *header, const char *body) {
    for (;;) {
        OvPart *part = part_new(walk);
        if (!part)
            return;
        const OvPart *parent =
            walk->n_open > 0 ? &walk->parts[walk->open[walk->n_open - 1].part] : NULL;
        part->header = header;
        part->raw.data = body;
        part->forwarded = parent && (parent->forwarded || is_message(parent));
        OvSlice boundary;
        read_header(walk, part, parent, &boundary);
        part->container = boundary.length > 0 || is_message(part);
        if (part->container && part->depth >= OV_MIME_MAX_DEPTH) {
            part->container = FALSE;
            walk->mime->too_deep = TRUE;
        }
        Open *open = &walk->open[walk->n_open++];
        *open = (Open){.part = walk->n_parts - 1};
        walk->at = body;
        if (!part->container)
            return;
        if (boundary.length > 0) {
            wait_for(walk, open, boundary);
            return;
        }
        header = inner_header(walk, body, &body);
    }
}

static void take_delimiter(Walk *walk, const Delimiter *delimiter) {
    Open *owner = &walk->open[delimiter->open];
    while (walk->n_open > delimiter->open + 1) {
        const char *start = walk->parts[walk->open[walk->n_open - 1].part].raw.data;
        close_part(walk, before_line_end(delimiter, start));
    }
    owner->has_parts = TRUE;
    walk->at = delimiter->end;
    if (delimiter->last) {
        wait_no_more(walk, owner);
        return;
    }
    const char *body;
    const OvHeader *header = inner_header(walk, delimiter->end, &body);
    open_part(walk, header, body);
}

OvMime *ov_mime_parse(OvArena *arena, const OvHeader *header, OvSlice body, gint64 deadline) {
    static const char nothing[1];
    Walk walk = {
        .arena = arena,
        .mime = OV_ARENA_NEW(arena, OvMime, 1),
        .parts = ov_arena_alloc(arena, FIRST_CAPACITY * sizeof(OvPart)),
        .parents = ov_arena_alloc(arena, FIRST_CAPACITY * sizeof(guint)),
        .capacity = FIRST_CAPACITY,
        .deadline = deadline,
    };
    const char *start = body.data ? body.data : nothing;
    walk.end = start + body.length;
    open_part(&walk, header, start);
    Delimiter delimiter;
    while (!walk.stopped && walk.n_waiting > 0 && next_delimiter(&walk, &delimiter))
        take_delimiter(&walk, &delimiter);
    while (walk.n_open > 0)
        close_part(&walk, walk.end);
    for (guint i = 0; i < walk.n_parts; i++)
        walk.parts[i].parent = walk.parents[i] > 0 ? &walk.parts[walk.parents[i] - 1] : NULL;
    walk.mime->parts = walk.parts;
    walk.mime->n_parts = walk.n_parts;
    return walk.mime;
}
