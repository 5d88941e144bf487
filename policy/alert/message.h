/* A message of Outvet's own, as sendmail(1) takes it: plain text in UTF-8, quoted-printable, with
 * Auto-Submitted (RFC 3834 5) and the seal by which outvetd knows it again. */
#pragma once

#include "policy/alert/seal.h"

typedef struct {
    const char *from;           /* address */
    const char *const *to;      /* addresses, NULL-terminated */
    const char *auto_submitted; /* "auto-generated" */
    const char *subject;        /* what is not printable ASCII becomes what is like it, or `?` */
    const char *text;
    const char *host; /* for the Message-ID; what can't stand there is left out */
    gint64 time;      /* microseconds since the epoch */
} OvOwnMessage;

/* The whole message with LF. The addresses must be plain (policy/mail_address.h); nothing in the
 * other texts can make a header field. The caller frees it. */
char *ov_own_message(const OvOwnMessage *message, const guint8 key[OV_ALERT_KEY_SIZE]);

/* Hands a message to sendmail(1), within 10 s, from `from` ("" is the null sender) to `to`. FALSE
 * with OV_ALERT_ERROR. */
gboolean ov_own_message_send(const OvSettings *settings, const char *from, const char *const *to,
                             const char *text, GError **error);
