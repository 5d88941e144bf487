#include "policy/limits/consequence.h"

#include "policy/log.h"

/* TRUE where it is suspended by this. */
static gboolean suspend(const OvPassed *passed, const OvSettings *settings,
                        OvSuspensions *suspensions, gint64 now, OvArena *arena) {
    OvSuspension suspension = {
        .subject = passed->subject,
        .since = now,
        .until = now + passed->plan->suspend_for,
        .answer = OV_VERDICT_ACCEPT, /* as [suspension] answer says */
        .operator_name = "outvetd",
        .reason = ov_passed_text(passed, arena),
        .queue = settings->suspended_queue,
    };
    gboolean added = FALSE;
    g_autoptr(GError) error = NULL;
    if (!ov_suspensions_add(suspensions, &suspension, &added, &error))
        ov_log(OV_LOG_ERROR, NULL, "event", "suspend", "subject",
               ov_subject_format(&passed->subject, arena), "error", error->message, NULL);
    return added;
}

static const char *bound_advice(const OvPassed *passed, OvArena *arena) {
    const char *subject = ov_subject_format(&passed->subject, arena);
    return ov_arena_printf(arena,
                           "outvet account '%s' tells what it sent; outvet suspend '%s' --queue "
                           "--for 2h --reason ... stops it, and holds what waits in the queue.",
                           subject, subject);
}

void ov_passed_consequences(const OvPassed *passed, const OvSettings *settings, gboolean binding,
                            const char *queue_id, OvAlerts *alerts, OvSuspensions *suspensions,
                            gint64 now, OvArena *arena) {
    const OvPlan *plan = passed->plan;
    if (passed->bound.form == OV_BOUND_EASING)
        return;
    gboolean stops = binding && !plan->shadow && plan->over == OV_OVER_SUSPEND && suspensions;
    gboolean suspended = stops && suspend(passed, settings, suspensions, now, arena);
    if (stops && !suspended)
        return; /* it is already */
    const char *done = suspended      ? "suspended"
                       : !binding     ? "nothing: exempt, or shadow mode"
                       : plan->shadow ? "nothing: the plan is in shadow"
                                      : ov_over_name(plan->over);
    const char *const details[] = {"plan", plan->name, "done", done, NULL};
    OvAlert alert = {
        .kind =
            suspended ? OV_ALERT_SUSPENDED
            : passed->bound.amount == OV_AMOUNT_BOUNCED || (passed->bound.form == OV_BOUND_THINGS &&
                                                            passed->bound.thing == OV_THING_FAILED)
                ? OV_ALERT_BOUNCES
                : OV_ALERT_LIMIT,
        .subject = ov_subject_format(&passed->subject, arena),
        .reason = ov_passed_text(passed, arena),
        .queue_id = queue_id,
        .advice = bound_advice(passed, arena),
        .details = details,
    };
    ov_alerts_raise(alerts, &alert);
}
