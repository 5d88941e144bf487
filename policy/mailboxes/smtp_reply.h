/* The reply of an SMTP server (RFC 5321 4.2): one line, or several with a hyphen behind the code of
 * all but the last. Pure. */
#pragma once

#include "rules/slice.h"

enum { OV_SMTP_REPLY_LIMIT = 4096 /* octets, all lines together */ };

typedef enum {
    OV_SMTP_REPLY_READ,
    OV_SMTP_REPLY_INCOMPLETE,
    OV_SMTP_REPLY_MALFORMED, /* or over the limit */
} OvSmtpReplyResult;

typedef struct {
    guint code;    /* 200 to 599 */
    guint subject; /* of the enhanced status code (RFC 3463), 5.SUBJECT.1; 0 for none */
    OvSlice text;  /* of the last line, behind the code; any octets but CR, LF */
    gsize length;  /* octets of the whole reply */
} OvSmtpReply;

/* octets: what came so far. *reply is filled where it was read. */
OvSmtpReplyResult ov_smtp_reply_read(OvSlice octets, OvSmtpReply *reply);
