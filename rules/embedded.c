#include "rules/embedded.h"

#include "rules/image_size.h"
#include "rules/transfer.h"

enum { MAX_PARTS = 200 };

typedef struct {
    const OvPart *part;
    OvSlice id; /* without <> */
    gboolean read;
    guint width, height;
} Embedded;

struct OvEmbedded {
    OvArena *arena;
    Embedded parts[MAX_PARTS];
    guint n_parts;
};

OvEmbedded *ov_embedded_new(OvArena *arena, const OvMime *mime) {
    OvEmbedded *embedded = OV_ARENA_NEW(arena, OvEmbedded, 1);
    embedded->arena = arena;
    for (guint i = 0; i < mime->n_parts && embedded->n_parts < MAX_PARTS; i++) {
        const OvPart *part = &mime->parts[i];
        const OvField *field = part->container || part->forwarded
                                   ? NULL
                                   : ov_header_find(part->header, OV_FIELD_CONTENT_ID);
        if (!field)
            continue;
        OvSlice id = ov_field_unfolded(arena, field);
        if (id.length >= 2 && id.data[0] == '<' && id.data[id.length - 1] == '>')
            id = (OvSlice){id.data + 1, id.length - 2};
        if (id.length > 0)
            embedded->parts[embedded->n_parts++] = (Embedded){.part = part, .id = id};
    }
    return embedded;
}

static Embedded *find(OvEmbedded *embedded, OvSlice id) {
    g_autofree char *decoded = NULL;
    if (id.length > 0 && memchr(id.data, '%', id.length)) {
        decoded = g_uri_unescape_segment(id.data, id.data + id.length, NULL);
        if (decoded)
            id = ov_slice(decoded);
    }
    for (guint i = 0; i < embedded->n_parts; i++)
        if (ov_slice_equal_nocase(embedded->parts[i].id, id))
            return &embedded->parts[i];
    return NULL;
}

/* However lines end. */
static gsize size_of(OvSlice encoded, gboolean base64) {
    gsize cr = 0, lf = 0;
    for (gsize i = 0; i < encoded.length; i++) {
        cr += encoded.data[i] == '\r';
        lf += encoded.data[i] == '\n';
    }
    return base64 ? OV_BASE64_ROOM(encoded.length - cr - lf) : encoded.length - cr;
}

static gboolean picture_of_part(OvEmbedded *embedded, OvSlice id, OvEmbeddedPicture *picture) {
    Embedded *found = find(embedded, id);
    if (!found)
        return FALSE;
    picture->first = !found->read;
    if (!found->read) {
        OvSlice start = ov_part_bytes(embedded->arena, found->part, OV_IMAGE_HEADER);
        if (!ov_image_size(start, &found->width, &found->height))
            found->width = found->height = 0;
        found->read = TRUE;
    }
    picture->width = found->width;
    picture->height = found->height;
    picture->octets = size_of(found->part->raw, found->part->encoding == OV_ENCODING_BASE64);
    return TRUE;
}

/* image/png;base64,... */
static gboolean picture_of_data(OvSlice rest, OvEmbeddedPicture *picture) {
    enum { START = 2048 };
    const char *comma = memchr(rest.data, ',', MIN(rest.length, (gsize)200));
    if (!comma)
        return FALSE;
    gsize before = (gsize)(comma - rest.data);
    OvSlice data = {comma + 1, rest.length - before - 1};
    gboolean base64 = before >= 7 && g_ascii_strncasecmp(comma - 7, ";base64", 7) == 0;
    char start[START];
    gsize length = base64 ? ov_base64_decode(data, start, START) : 0;
    if (!ov_image_size((OvSlice){start, length}, &picture->width, &picture->height))
        picture->width = picture->height = 0;
    picture->octets = size_of(data, base64);
    picture->first = TRUE;
    return TRUE;
}

gboolean ov_embedded_picture(OvEmbedded *embedded, const OvTarget *source,
                             OvEmbeddedPicture *picture) {
    if (source->kind == OV_TARGET_PICTURE)
        return picture_of_data(source->rest, picture);
    return source->kind == OV_TARGET_PART && picture_of_part(embedded, source->rest, picture);
}
