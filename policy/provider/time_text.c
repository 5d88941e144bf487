#include "policy/provider/time_text.h"

static const gint64 YEAR_9999 = G_GINT64_CONSTANT(253370764800);

char *ov_time_text(gint64 time) {
    gint64 seconds = CLAMP(time / G_USEC_PER_SEC, 0, YEAR_9999);
    g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(seconds);
    return g_date_time_format(date, "%Y-%m-%dT%H:%M:%SZ");
}
