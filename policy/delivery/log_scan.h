/* Taking a log line's text apart from its start. For the files of the log's reader. */
#pragma once

#include "policy/delivery/log_event.h"

/* Takes prefix off the front of text; FALSE where it does not stand there. */
static inline gboolean ov_scan_prefix(OvSlice *text, OvSlice prefix) {
    if (text->length < prefix.length || memcmp(text->data, prefix.data, prefix.length) != 0)
        return FALSE;
    *text = (OvSlice){text->data + prefix.length, text->length - prefix.length};
    return TRUE;
}
#define OV_SCAN(text, literal) ov_scan_prefix((text), OV_SLICE_LITERAL(literal))

/* What stands before the first mark, which is taken, too; all where it is nowhere. */
static inline OvSlice ov_scan_until(OvSlice *text, OvSlice mark) {
    const char *found =
        text->length > 0 ? memmem(text->data, text->length, mark.data, mark.length) : NULL;
    OvSlice before = {text->data, found ? (gsize)(found - text->data) : text->length};
    gsize taken = before.length + (found ? mark.length : 0);
    *text = (OvSlice){text->data + taken, text->length - taken};
    return before;
}

/* A queue id and its colon: letters and digits, at most 64 (Postfix's long ones have up to 20,
 * Sendmail's 14). NOQUEUE is none. */
gboolean ov_scan_queue_id(OvSlice *text, OvSlice *queue_id);

/* "<ADDRESS>": ends at the first > that stands in no quoted string. */
gboolean ov_scan_address(OvSlice *text, OvSlice *address);

/* A number at the front; 0 where there is none. */
gint64 ov_scan_number(OvSlice text);

gboolean ov_log_postfix_parse(OvSlice program, OvSlice text, OvLogEvent *event);
gboolean ov_log_sendmail_parse(OvSlice text, OvLogEvent *event);
