#include "policy/review/when.h"

gint64 ov_when_parse(const char *text, gint64 now) {
    g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(text, NULL);
    if (!time) {
        g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
        g_autofree char *midnight = g_strdup_printf("%sT00:00:00", text);
        time = g_date_time_new_from_iso8601(midnight, utc);
    }
    gint64 since = time ? g_date_time_to_unix(time) * G_USEC_PER_SEC : 0;
    return since > 0 && since <= now ? since : 0;
}
