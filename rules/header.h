/* The header of a message or of a part, cut into fields without changing a byte (RFC 5322 2.2). */
#pragma once

#include "rules/arena.h"

/* The fields that facts ask for by name; every other field has OV_FIELD_OTHER. */
typedef enum {
    OV_FIELD_OTHER,
#define FIELD(id, name) OV_FIELD_##id,
#include "rules/header_fields.def"
#undef FIELD
    OV_N_FIELDS
} OvFieldId;

typedef struct {
    OvFieldId id;
    OvSlice name;  /* before the colon, without trailing white space */
    OvSlice value; /* raw bytes after the colon up to, without, the last line end; folds inside */
    OvSlice line;  /* the whole field, line end included */
} OvField;

typedef struct {
    OvField *fields; /* in order of the message */
    guint n_fields;
    guint count[OV_N_FIELDS]; /* how often each known field occurs */
    guint first[OV_N_FIELDS]; /* index of its first occurrence; valid where count > 0 */
    guint n_bad_lines; /* lines that are no field: no colon, or octets not allowed in a name */
    OvSlice raw;       /* the header without the empty line that ends it */
    gsize body_offset; /* offset of the body in what was parsed; its length where there is none */
    gboolean ended;    /* an empty line was found */
} OvHeader;

/* Cuts the header at the start of raw; an mbox separator before it is passed over. It ends at an
 * empty line; without one where two lines in succession are no field, or one starts with --. Text
 * that has no field at all is no header. Fields are kept up to max_fields, and the first of each
 * known name beyond; the others are counted in count[] all the same. */
OvHeader *ov_header_parse(OvArena *arena, OvSlice raw, guint max_fields);

/* The first field of that id, or NULL. */
const OvField *ov_header_find(const OvHeader *header, OvFieldId id);

/* A field's value, unfolded (RFC 5322 2.2.3), trimmed, as raw bytes. Arena. */
OvSlice ov_field_unfolded(OvArena *arena, const OvField *field);

/* A field's value for people: unfolded, encoded-words decoded (RFC 2047), always valid UTF-8
 * without NUL, cut at 64 KiB: 8-bit octets outside of encoded-words that are not UTF-8 are read as
 * windows-1252, what no charset has becomes U+FFFD. Arena, NUL-terminated too. */
OvSlice ov_field_text(OvArena *arena, const OvField *field);
