/* Log lines: `QUEUEID: key=value key=value`, one event a line, to the journal, syslog or standard
 * error. Values with spaces, quotes or control characters are quoted and escaped; never message
 * content, never secrets. */
#pragma once

#include <glib.h>

typedef enum { OV_LOG_ERROR, OV_LOG_WARNING, OV_LOG_INFO } OvLogLevel;

/* target: auto (the journal when systemd connected standard error to it, else standard error in the
 * foreground or on a terminal, else syslog), journal, syslog, stderr. FALSE for another word. Once
 * at start, before other threads log; what is logged earlier goes to standard error. */
gboolean ov_log_open(const char *target, gboolean foreground, const char *program);

/* pairs: key, value, key, value, ..., NULL. A NULL value leaves its key out. queue_id NULL: a line
 * of the daemon's own ("event=started version=..."). Thread-safe. */
void ov_log(OvLogLevel level, const char *queue_id, ...) G_GNUC_NULL_TERMINATED;

/* The line as it would be logged; the caller frees it. Valid UTF-8 without control characters and
 * line feeds. A value is cut at 1,024 octets, marked by "...". */
char *ov_log_format(const char *queue_id, ...) G_GNUC_NULL_TERMINATED;
