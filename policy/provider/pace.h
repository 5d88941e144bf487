/* So many calls a minute at most, evenly spaced, and none while the provider asked for a rest.
 * Pure: times are microseconds of the monotonic clock. */
#pragma once

#include <glib.h>

typedef struct {
    gint64 interval;
    gint64 next; /* when the next call may be made */
    gint64 rest; /* no call before it */
} OvPace;

void ov_pace_init(OvPace *pace, guint calls_a_minute);
/* How long to wait before a call that is then made. */
gint64 ov_pace_take(OvPace *pace, gint64 now);
/* The provider wants no call for so long. */
void ov_pace_rest(OvPace *pace, gint64 now, gint64 time);
/* What is left of that; 0 for nothing. */
gint64 ov_pace_resting(const OvPace *pace, gint64 now);
