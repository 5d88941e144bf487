/* What follows when a bound of a plan is passed, beyond the mail that passed it. */
#pragma once

#include "policy/alert/alert.h"
#include "policy/limits/limits.h"
#include "policy/limits/suspension.h"

/* Raises an alert; where the plan says suspend, and mail may be stopped (binding), suspends the
 * subject before this returns, so that the next message meets it. queue_id: NULL where there is
 * none. settings: whether its queue is held, too. alerts and suspensions may be NULL. Thread-safe.
 */
void ov_passed_consequences(const OvPassed *passed, const OvSettings *settings, gboolean binding,
                            const char *queue_id, OvAlerts *alerts, OvSuspensions *suspensions,
                            gint64 now, OvArena *arena);
