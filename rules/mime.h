/* The MIME structure of a message (RFC 2045-2049) as a flat list of its parts in reading order, and
 * the content of each part.
 *
 * What stands before the first boundary of a multipart and behind its last one (preamble and
 * epilogue) is no part: no mail program shows it. Nor is a message/rfc822 looked into that is
 * base64 or quoted-printable, which RFC 2046 5.2.1 forbids.
 *
 * The structure is found on slices of the message's own buffer: nothing is copied, nesting costs no
 * stack, each line is looked at once whatever the number of open boundaries, and a deadline stops
 * the walk. (On ordinary mail GMime's parser takes eight times as long, copies every part and
 * recurses; of its other services nothing was left to use.) */
#pragma once

#include "rules/header.h"

enum {
    OV_MIME_MAX_DEPTH = 100,
    OV_MIME_MAX_PARTS = 5000,
    OV_MIME_MAX_PART_HEADER = 16 * 1024, /* octets of a part's header that are read */
    OV_MIME_MAX_PART_FIELDS = 100,
};

typedef enum {
    OV_ENCODING_NONE, /* no Content-Transfer-Encoding: 7bit */
    OV_ENCODING_7BIT,
    OV_ENCODING_8BIT,
    OV_ENCODING_BINARY,
    OV_ENCODING_QUOTED_PRINTABLE,
    OV_ENCODING_BASE64,
    OV_ENCODING_UNKNOWN, /* any other word: read as it stands */
} OvEncoding;

typedef struct OvPart OvPart;
struct OvPart {
    const OvPart *parent;   /* the multipart or message/rfc822 around it; NULL for the outermost */
    const OvHeader *header; /* its own; the message's for the outermost */
    guint depth;            /* 0 for the outermost */
    const char *type;       /* "text", lower case, never NULL */
    const char *subtype;    /* "plain", lower case, never NULL */
    const char *charset;    /* lower case, NULL where not declared */
    const char *name;       /* file name, decoded, valid UTF-8; NULL where none */
    gboolean attachment;    /* Content-Disposition: attachment, or one that is not known */
    gboolean forwarded;     /* inside message/rfc822: not the sender's own text */
    /* Its content is the parts that follow. A multipart that can't be looked into (no boundary, one
     * that is never found, too deep) is no container: its content can be read as text. */
    gboolean container;
    OvEncoding encoding;
    OvSlice raw; /* the encoded content, in the message's buffer; a container's spans its parts' */
};

typedef struct {
    const OvPart *parts; /* containers too, outermost first; at least one */
    guint n_parts;
    gboolean too_deep; /* nesting beyond OV_MIME_MAX_DEPTH; the rest is not looked into */
    gboolean too_many; /* more than OV_MIME_MAX_PARTS */
    gboolean late;     /* the deadline passed during the walk */
    /* Of parts that are not forwarded; the last two never of a message that was cut: */
    gboolean bad_content_type; /* Content-Type unparsable or repeated with another value, or a
                                  multipart without boundary, or with one that is longer than 70
                                  or has octets that RFC 2046 5.1.1 does not allow */
    gboolean boundary_missing; /* a declared boundary never found */
    gboolean not_closed;       /* a multipart's close delimiter is missing */
} OvMime;

/* Finds the parts of the message whose header was parsed already; body is what follows it.
 * deadline: monotonic microseconds (g_get_monotonic_time), 0 for none. Never fails. All in arena.
 */
OvMime *ov_mime_parse(OvArena *arena, const OvHeader *header, OvSlice body, gint64 deadline);

/* The part's content as text: transfer encoding undone, charset made UTF-8, at most limit bytes,
 * whole characters. Never fails: of an unknown or lying charset comes what decodes, and U+FFFD for
 * the rest; NUL becomes U+FFFD too. Text without a declared charset, or in US-ASCII, that is not
 * ASCII is read as UTF-8 where it is that, else as windows-1252. bad_sequences, where not NULL,
 * gets the number of octet sequences that do not belong to the charset (US-ASCII where none is
 * declared); charset_known, where not NULL, whether the declared charset is one (TRUE where none
 * is). Containers give the empty slice. Arena, or the message's own buffer. */
OvSlice ov_part_text(OvArena *arena, const OvPart *part, gsize limit, guint *bad_sequences,
                     gboolean *charset_known);

/* The part's content as bytes, transfer encoding undone, at most limit bytes. Containers give the
 * empty slice. Arena, or the message's own buffer. */
OvSlice ov_part_bytes(OvArena *arena, const OvPart *part, gsize limit);

/* What is wrong with the encoded content of a part (RFC 2045 2.7, 2.8, 6.7, 6.8); one pass over
 * raw, nothing decoded. */
typedef struct {
    gsize octets;    /* all, without line ends */
    gsize eight_bit; /* octets of 0x80 and more */
    gsize nul;
    gsize foreign;    /* octets that base64 or quoted-printable does not allow where they stand */
    gsize long_lines; /* quoted-printable: lines over 78 octets */
} OvPartFaults;
void ov_part_faults(const OvPart *part, OvPartFaults *faults);
