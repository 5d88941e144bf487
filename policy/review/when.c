#include "policy/review/when.h"

#include "policy/settings_types.h"

/* 0 where text is no time. */
static gint64 parse(const char *text) {
    g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(text, NULL);
    if (!time) {
        g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
        g_autofree char *midnight = g_strdup_printf("%sT00:00:00", text);
        time = g_date_time_new_from_iso8601(midnight, utc);
    }
    return time ? MAX(g_date_time_to_unix(time) * G_USEC_PER_SEC, 0) : 0;
}

gint64 ov_when_parse(const char *text, gint64 now) {
    gint64 time = parse(text);
    return time <= now ? time : 0;
}

gint64 ov_when_parse_later(const char *text, gint64 now) {
    gint64 time = parse(text);
    return time > now ? time : 0;
}

gint64 ov_when_after(const char *text, gint64 now, OvArena *arena) {
    gint64 span = 0;
    g_autofree char *trouble = ov_setting_read(NULL, &span, OV_SETTING_DURATION, NULL, text, arena);
    return trouble ? 0 : now + span;
}
