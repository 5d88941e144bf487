#include "policy/provider/pace.h"

void ov_pace_init(OvPace *pace, guint calls_a_minute) {
    *pace = (OvPace){.interval = G_GINT64_CONSTANT(60) * G_USEC_PER_SEC / calls_a_minute};
}

gint64 ov_pace_take(OvPace *pace, gint64 now) {
    gint64 start = MAX(now, pace->next);
    pace->next = start + pace->interval;
    return start - now;
}

void ov_pace_rest(OvPace *pace, gint64 now, gint64 time) {
    pace->rest = MAX(pace->rest, now + time);
}

gint64 ov_pace_resting(const OvPace *pace, gint64 now) {
    return MAX(pace->rest - now, 0);
}
