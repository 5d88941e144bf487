/* What was raised and is not sent yet, by kind and subject.
 *
 * The first alert of a subject is due OV_ALERT_GATHER later, so that what comes with it goes with
 * it; further ones are due when `quiet` has passed since the subject was last sent (a day for held
 * messages). Of notices there are at most `hourly` in an hour: half of them may come at once, the
 * others come back evenly; what is due meanwhile goes together into the next.
 *
 * now: microseconds of a clock that never steps back. Not thread-safe. */
#pragma once

#include "policy/alert/notice.h"

#define OV_ALERT_GATHER (G_GINT64_CONSTANT(2) * G_USEC_PER_SEC)
enum { OV_ALERT_MAX_GROUPS = 10000 }; /* what exceeds them is counted as lost */

typedef struct OvAlertGroups OvAlertGroups;

OvAlertGroups *ov_alert_groups_new(gint64 now);
void ov_alert_groups_free(OvAlertGroups *groups);
/* quiet: microseconds. Before these are set, 15 minutes and 20. */
void ov_alert_groups_set(OvAlertGroups *groups, gint64 quiet, guint hourly);

/* time: microseconds since the epoch. */
void ov_alert_groups_add(OvAlertGroups *groups, const OvAlert *alert, gint64 time, gint64 now);
/* When there will be a notice; G_MAXINT64 while nothing waits. */
gint64 ov_alert_groups_due(const OvAlertGroups *groups);
/* The notice that is due; NULL before that. */
OvNotice *ov_alert_groups_take(OvAlertGroups *groups, gint64 time, gint64 now);
/* All that waits, due or not; NULL for nothing. */
OvNotice *ov_alert_groups_take_all(OvAlertGroups *groups, gint64 time, gint64 now);
/* Subjects that wait. */
guint ov_alert_groups_waiting(const OvAlertGroups *groups);
/* All alerts that were lost so far. */
guint64 ov_alert_groups_lost(const OvAlertGroups *groups);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvAlertGroups, ov_alert_groups_free)
