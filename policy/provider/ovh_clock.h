/* The time of OVH's servers, by which calls are signed: read from GET /auth/time now and then, and
 * carried on by a clock of this machine that nobody sets and that goes on while it sleeps. Pure:
 * now is that clock's time, as ov_ovh_clock_here gives it. */
#pragma once

#include <glib.h>

typedef struct {
    gint64 server; /* microseconds since the epoch, at here */
    gint64 here;   /* when it was read; 0: not yet, or no more to be relied on */
} OvOvhClock;

/* CLOCK_BOOTTIME, microseconds. */
gint64 ov_ovh_clock_here(void);

/* TRUE where it is to be read: never read, forgotten, or an hour ago. */
gboolean ov_ovh_clock_is_due(const OvOvhClock *clock, gint64 now);
/* TRUE where it was read less than that long ago, so that to read it anew would tell nothing. */
gboolean ov_ovh_clock_is_fresh(const OvOvhClock *clock, gint64 now, gint64 age);
/* seconds: as the server told them between asked and answered. FALSE, and the clock is as before,
 * where they are no time of this century. */
gboolean ov_ovh_clock_set(OvOvhClock *clock, gint64 seconds, gint64 asked, gint64 answered);
void ov_ovh_clock_forget(OvOvhClock *clock);
/* Seconds since the epoch at the server. It must have been set. */
gint64 ov_ovh_clock_now(const OvOvhClock *clock, gint64 now);
