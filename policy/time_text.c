#include "policy/time_text.h"

#include <string.h>

static const gint64 YEAR_9999 = G_GINT64_CONSTANT(253370764800);

static char *format(gint64 time, const char *form) {
    gint64 seconds = CLAMP(time / G_USEC_PER_SEC, 0, YEAR_9999);
    g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(seconds);
    return g_date_time_format(date, form);
}

char *ov_time_text(gint64 time) {
    return format(time, "%Y-%m-%dT%H:%M:%SZ");
}

json_t *ov_time_json(gint64 time) {
    if (time <= 0)
        return json_null();
    g_autofree char *text = ov_time_text(time);
    return json_string(text);
}

const char *ov_clock_text(gint64 time, OvArena *arena) {
    g_autofree char *text = format(time, "%F %T UTC");
    return ov_arena_strndup(arena, text, strlen(text));
}
