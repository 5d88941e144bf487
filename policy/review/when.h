/* Times that people type. */
#pragma once

#include <glib.h>

/* A day (its midnight in UTC) or an RFC 3339 time with its zone; microseconds since the epoch, 0
 * where text is neither, or lies after now. */
gint64 ov_when_parse(const char *text, gint64 now);
