/* What follows when a bound of a plan is passed, beyond the mail that passed it. */
#pragma once

#include "policy/alert/alert.h"
#include "policy/limits/limits.h"
#include "policy/limits/suspension.h"

/* Of a plan: raises an alert; where it says suspend, and mail may be stopped (binding), suspends
 * the subject before this returns, so that the next message meets it. Of an easing, which follows
 * an incident that was told of: nothing. queue_id: NULL where there is none. settings: whether its
 * queue is held, too. alerts and suspensions may be NULL. Thread-safe. */
void ov_passed_consequences(const OvPassed *passed, const OvSettings *settings, gboolean binding,
                            const char *queue_id, OvAlerts *alerts, OvSuspensions *suspensions,
                            gint64 now, OvArena *arena);
