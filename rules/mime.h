/* The MIME structure of a message (RFC 2045-2049) as a flat list of its parts in reading order.
 * GMime finds the structure and decodes; nothing of GMime shows here, so that another parser could
 * take its place. Nesting and number of parts are bounded; what was cut off is told. */
#pragma once

#include "rules/arena.h"

enum { OV_MIME_MAX_DEPTH = 100, OV_MIME_MAX_PARTS = 5000 };

typedef enum {
    OV_ENCODING_NONE, /* no Content-Transfer-Encoding: 7bit */
    OV_ENCODING_7BIT,
    OV_ENCODING_8BIT,
    OV_ENCODING_BINARY,
    OV_ENCODING_QUOTED_PRINTABLE,
    OV_ENCODING_BASE64,
    OV_ENCODING_UNKNOWN, /* any other word */
} OvEncoding;

typedef struct OvPart OvPart;
struct OvPart {
    const OvPart *parent; /* the multipart or message/rfc822 around it; NULL for the outermost */
    guint depth;          /* 0 for the outermost */
    const char *type;     /* "text", lower case, never NULL */
    const char *subtype;  /* "plain", lower case, never NULL */
    const char *charset;  /* lower case, NULL where not declared */
    const char *name;     /* file name, decoded, valid UTF-8; NULL where none */
    gboolean attachment;  /* Content-Disposition: attachment */
    gboolean forwarded;   /* inside message/rfc822: not the sender's own text */
    OvEncoding encoding;
    OvSlice raw;    /* the encoded content, in the message's buffer */
    void *internal; /* the parser's own */
};

typedef struct {
    const OvPart *parts; /* containers too, outermost first */
    guint n_parts;
    gboolean too_deep;         /* nesting beyond OV_MIME_MAX_DEPTH; the rest is not looked into */
    gboolean too_many;         /* more than OV_MIME_MAX_PARTS */
    gboolean late;             /* the deadline passed during the walk */
    gboolean bad_content_type; /* Content-Type unparsable, or a multipart without usable boundary */
    gboolean boundary_missing; /* a declared boundary never found */
    gboolean not_closed;       /* the close delimiter is missing (outer level) */
    void *internal;
} OvMime;

OvMime *ov_mime_parse(OvArena *arena, OvSlice raw, gint64 deadline);
void ov_mime_close(OvMime *mime);

/* The part's content as text: transfer encoding undone, charset made UTF-8 (unknown or lying ones:
 * what decodes, then U+FFFD), at most limit bytes. Never fails. bad_sequences, where not NULL,
 * gets the number of octet sequences that do not belong to the charset; charset_known whether the
 * declared charset is one. Arena. */
OvSlice ov_part_text(OvArena *arena, const OvPart *part, gsize limit, guint *bad_sequences,
                     gboolean *charset_known);

/* The part's content as bytes, transfer encoding undone, at most limit bytes. Arena. */
OvSlice ov_part_bytes(OvArena *arena, const OvPart *part, gsize limit);
