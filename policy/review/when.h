/* Times that people type. */
#pragma once

#include "rules/arena.h"

/* A day (its midnight in UTC) or an RFC 3339 time with its zone; microseconds since the epoch, 0
 * where text is neither, or lies after now. */
gint64 ov_when_parse(const char *text, gint64 now);
/* The same of a time to come. */
gint64 ov_when_parse_later(const char *text, gint64 now);
/* A span from now on, as settings have it: "30m", "2h", "7d"; 0 where text is none. The arena is
 * for the reading. */
gint64 ov_when_after(const char *text, gint64 now, OvArena *arena);
