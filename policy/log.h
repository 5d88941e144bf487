/* Log lines: `QUEUEID: key=value key=value`, one event a line, to the journal, syslog or standard
 * error. Values with spaces, quotes or control characters are quoted and escaped; never message
 * content, never secrets. */
#pragma once

#include <glib.h>

typedef enum { OV_LOG_ERROR, OV_LOG_WARNING, OV_LOG_INFO, OV_LOG_DEBUG } OvLogLevel;

/* target: auto (journal when started by systemd, else stderr on a terminal or with foreground, else
 * syslog), journal, syslog, stderr. FALSE for another word. Once at start. */
gboolean ov_log_open(const char *target, const char *program);

/* pairs: key, value, key, value, ..., NULL. A NULL value leaves its key out. queue_id NULL: a line
 * of the daemon's own ("outvetd: event=started ..."). */
void ov_log(OvLogLevel level, const char *queue_id, ...) G_GNUC_NULL_TERMINATED;

/* The line as it would be logged, for tests; the caller frees it. */
char *ov_log_format(const char *queue_id, ...) G_GNUC_NULL_TERMINATED;
