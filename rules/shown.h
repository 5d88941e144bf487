/* The texts that a mail program shows as the message itself, decoded once for all that measure
 * them: every text of a multipart/mixed or related, and of an alternative its HTML.
 *
 * Not here: attachments, named files, and what lies in forwarded messages, which are another's
 * words. Nor what stands before the first boundary of a multipart and behind its last one: no mail
 * program shows it (RFC 2046 5.1.1). But a multipart in which no boundary is found is shown as the
 * text that it is. */
#pragma once

#include "rules/html.h"
#include "rules/message.h"

enum { OV_SHOWN_MAX_OCTETS = 1024 * 1024 }; /* of all texts together, as UTF-8 */

typedef enum {
    OV_SHOWN_PLAIN, /* text/plain */
    OV_SHOWN_HTML,  /* text/html */
    OV_SHOWN_AMP,   /* text/x-amp-html: a mail program with AMP shows it in place of the HTML */
} OvShownKind;

typedef struct {
    OvShownKind kind;
    const OvPart *part;
    OvSlice text;       /* decoded, valid UTF-8; format=flowed is joined */
    const OvHtml *html; /* what the reader sees of HTML, and of AMP; NULL of plain text */
    /* In a multipart/alternative HTML stands in another branch than it (RFC 2046 5.1.4), which is
     * shown in its place. Never of an HTML part. */
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
