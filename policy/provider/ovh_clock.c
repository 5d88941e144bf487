#include "policy/provider/ovh_clock.h"

#include <time.h>

static const gint64 REFRESH = G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC;
/* 2000 and 2100, seconds since the epoch. */
static const gint64 EARLIEST = G_GINT64_CONSTANT(946684800);
static const gint64 LATEST = G_GINT64_CONSTANT(4102444800);

gint64 ov_ovh_clock_here(void) {
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return (gint64)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

gboolean ov_ovh_clock_is_fresh(const OvOvhClock *clock, gint64 now, gint64 age) {
    return clock->here != 0 && now - clock->here < age;
}

gboolean ov_ovh_clock_is_due(const OvOvhClock *clock, gint64 now) {
    return !ov_ovh_clock_is_fresh(clock, now, REFRESH);
}

gboolean ov_ovh_clock_set(OvOvhClock *clock, gint64 seconds, gint64 asked, gint64 answered) {
    if (seconds < EARLIEST || seconds > LATEST)
        return FALSE;
    clock->server = seconds * G_USEC_PER_SEC;
    clock->here = asked + (answered - asked) / 2;
    return TRUE;
}

void ov_ovh_clock_forget(OvOvhClock *clock) {
    clock->here = 0;
}

gint64 ov_ovh_clock_now(const OvOvhClock *clock, gint64 now) {
    g_assert(clock->here != 0);
    return (clock->server + (now - clock->here)) / G_USEC_PER_SEC;
}
