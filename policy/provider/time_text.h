/* Times as providers take them. */
#pragma once

#include <glib.h>

/* RFC 3339, UTC, with Z: "2026-11-23T20:02:53Z". time: microseconds since the epoch. The caller
 * frees it. */
char *ov_time_text(gint64 time);
