/* How Outvet knows its own alert mails, so that they are not caught in its own net: a header field
 * X-Outvet-Alert with a seal over the Message-ID, by a key that nobody else has. The Message-ID
 * holds the time, and a seal is good for a week: no queue keeps mail longer. The field is taken out
 * before the message leaves. */
#pragma once

#include "policy/alert/alert.h"

#define OV_ALERT_FIELD_NAME "X-Outvet-Alert"

enum { OV_SEAL_SIZE = 65 }; /* hexadecimal digits of an HMAC-SHA256, and NUL */

/* "<outvet-alert.1764405432.5f0c...@host>", another each time. time: microseconds since the epoch.
 * host must be fit for it. The caller frees it. */
char *ov_seal_message_id(const char *host, gint64 time);
void ov_seal_make(const guint8 key[OV_ALERT_KEY_SIZE], const char *message_id,
                  char seal[OV_SEAL_SIZE]);
/* Either text may be NULL. now: microseconds since the epoch. */
gboolean ov_seal_holds(const guint8 key[OV_ALERT_KEY_SIZE], const char *seal,
                       const char *message_id, gint64 now);
