/* The texts that a mail program shows as the message itself, decoded once for all that measure
 * them. Not here: attachments, named files, and what lies in forwarded messages. */
#pragma once

#include "rules/html.h"
#include "rules/message.h"

enum { OV_SHOWN_MAX_OCTETS = 4 * 1024 * 1024 }; /* of all texts together, as UTF-8 */

typedef enum {
    OV_SHOWN_PLAIN, /* text/plain */
    OV_SHOWN_HTML,  /* text/html */
    OV_SHOWN_AMP,   /* text/x-amp-html: a mail program with AMP shows it in place of the HTML */
} OvShownKind;

typedef struct {
    OvShownKind kind;
    const OvPart *part;
    OvSlice text;       /* decoded, valid UTF-8 */
    const OvHtml *html; /* what the reader sees of HTML, and of AMP; NULL of plain text */
    /* It stands in a multipart/alternative beside an HTML part (RFC 2046 5.1.4), which is shown in
     * its place. Never of an HTML part. */
    gboolean replaced;
} OvShownText;

typedef struct {
    const OvShownText *texts; /* in reading order */
    guint n_texts;
    gboolean cut; /* the limit was reached; later texts are shorter or not in here */
} OvShown;

/* deadline: monotonic microseconds, 0 for none; past it none is decoded
 * but the first. Never NULL. */
const OvShown *ov_shown_read(OvArena *arena, const OvMime *mime, gint64 deadline);
