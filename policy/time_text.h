/* Times as programs and people read them. Times are microseconds since the epoch. */
#pragma once

#include "rules/arena.h"

#include <jansson.h>

/* RFC 3339, UTC, with Z: "2026-11-23T20:02:53Z", of a year up to 9999. The caller frees it. */
char *ov_time_text(gint64 time);
/* The same as JSON; null for 0 and less: never. A new reference. */
json_t *ov_time_json(gint64 time);
/* For people: "2026-11-23 20:02:53 UTC". In the arena. */
const char *ov_clock_text(gint64 time, OvArena *arena);
