/* How a receiver of webhooks knows that a notice is ours: HMAC-SHA256, with a key that both have,
 * over the value of X-Outvet-Timestamp (seconds since the epoch), a full stop and the body, in
 * X-Outvet-Signature as "sha256=" and hexadecimal digits. */
#pragma once

#include <glib.h>

/* TRUE for a URL that notices may be posted to: https://, or http:// to this machine itself, with
 * no name and password in it. *why (static) says what is wrong. */
gboolean ov_webhook_url_is(const char *url, const char **why);

/* The key in a file: 16 to 1,024 octets, white space at the end not counted. NULL with
 * OV_ALERT_ERROR_NEVER where it can't be read, or where others than owner and group may. */
GBytes *ov_webhook_key(const char *path, GError **error);

/* The caller frees it. */
char *ov_webhook_signature(GBytes *key, const char *timestamp, const char *body);
