/* After the unblock: who was suspended for it sends at a small rate, then as he likes. */
#include "policy/ledger/allowance.h"
#include "policy/limits/meter.h"
#include "policy/provider/unblock_step.h"
#include "policy/time_text.h"

static const gint64 RATES_KNOWN = 2 * G_USEC_PER_SEC; /* on every node */

/* Since when it is suspended; 0: it is not, as who was resumed by an operator. */
static gint64 suspended_since(const OvUnblockStep *step, const OvSubject *subject) {
    g_autoptr(OvSuspensionList) list = ov_suspensions_list(step->responder->suspensions);
    const OvSuspension *suspension = ov_suspension_list_get(list, subject);
    return suspension ? suspension->since : 0;
}

static OvIncidentSubject *subjects_of(OvUnblockStep *step, guint *n, GError **error) {
    return ov_ledger_incident_subjects(step->responder->ledger, step->incident->id, step->arena, n,
                                       error);
}

static gint64 quiet_end(const OvUnblockStep *step) {
    return step->incident->unblocked + step->responder->settings->provider_quiet;
}

static const char *reason_text(OvUnblockStep *step) {
    return ov_arena_printf(step->arena, "incident %" G_GINT64_FORMAT " is unblocked",
                           step->incident->id);
}

/* The small rate for a subject that will be let go; all nodes know of it a second later. */
static gboolean put_rate(OvUnblockStep *step, const char *subject, GError **error) {
    OvSubject parsed;
    if (!ov_subject_parse(&parsed, subject, step->arena, NULL) ||
        parsed.kind == OV_SUBJECT_EVERYTHING || suspended_since(step, &parsed) == 0)
        return TRUE;
    OvAllowanceRow row = {
        .time = step->now,
        .subject = subject,
        .kind = OV_ALLOWANCE_EASING,
        .until = quiet_end(step),
        .recipients = step->responder->settings->provider_ease,
        .span = ov_span_name(OV_SPAN_HOUR),
        .operator_name = "outvet",
        .reason = reason_text(step),
    };
    return ov_ledger_add_allowance(step->responder->ledger, &row, error);
}

gboolean ov_easing_begin(OvUnblockStep *step, GError **error) {
    guint n;
    step->incident->state = ov_block_state_name(OV_BLOCK_UNBLOCKED);
    step->incident->unblocked = step->now;
    const OvIncidentSubject *subjects = subjects_of(step, &n, error);
    if (!subjects)
        return FALSE;
    for (guint i = 0; i < n; i++)
        if (subjects[i].step == 0 && !put_rate(step, subjects[i].subject, error))
            return FALSE;
    return ov_unblock_move(step, OV_INCIDENT_EASING, step->now + RATES_KNOWN, "unblocked",
                           ov_arena_printf(step->arena, "%s is unblocked", step->incident->address),
                           NULL, error);
}

/* --- letting go --- */

static gboolean resume(OvUnblockStep *step, const char *subject, const char *reason,
                       GError **error) {
    OvSuspensionRow row = {
        .time = g_get_real_time(),
        .subject = subject,
        .ended = TRUE,
        .operator_name = "outvet",
        .reason = reason,
    };
    return ov_ledger_add_suspension(step->responder->ledger, &row, error) &&
           ov_suspensions_refresh(step->responder->suspensions, error);
}

/* What a sender of spam has on hold stays so, and is an operator's to look through: it is taken off
 * the lists by which it would be released with its sender. What was stopped with the whole address
 * is released. *n: how many messages. */
static gboolean leave_on_hold(OvUnblockStep *step, const OvSubject *subject, guint *n,
                              GError **error) {
    OvLedger *ledger = step->responder->ledger;
    const char *name = ov_subject_format(subject, step->arena);
    guint n_nodes;
    *n = 0;
    if (subject->kind == OV_SUBJECT_EGRESS || subject->kind == OV_SUBJECT_EVERYTHING)
        return TRUE;
    const OvNodeReport *nodes = ov_ledger_nodes(ledger, step->arena, &n_nodes, error);
    for (guint i = 0; nodes && i < n_nodes; i++) {
        guint n_mail;
        const OvSuspendedMail *mail =
            ov_ledger_suspended_mail(ledger, name, nodes[i].node, step->arena, &n_mail, error);
        if (!mail || (n_mail > 0 &&
                      !ov_ledger_drop_suspended(ledger, name, nodes[i].node, mail, n_mail, error)))
            return FALSE;
        *n += n_mail;
    }
    return nodes != NULL;
}

static const char *eased_text(OvUnblockStep *step, const OvSubject *subject, guint n_held) {
    if (subject->kind == OV_SUBJECT_EVERYTHING || step->now >= quiet_end(step))
        return ov_arena_printf(step->arena, "%s sends again",
                               ov_subject_format(subject, step->arena));
    const char *text = ov_arena_printf(
        step->arena, "%s sends at most %u recipients an hour until %s",
        ov_subject_format(subject, step->arena), step->responder->settings->provider_ease,
        ov_clock_text(quiet_end(step), step->arena));
    return n_held == 0 ? text
                       : ov_arena_printf(step->arena,
                                         "%s; %u of its messages stay on hold: outvet held list",
                                         text, n_held);
}

/* To send again: at a small rate, or without one where there can be none. */
static gboolean let_go(OvUnblockStep *step, const OvIncidentSubject *subject, GError **error) {
    OvLedger *ledger = step->responder->ledger;
    gint64 id = step->incident->id;
    OvSubject parsed;
    gboolean read = ov_subject_parse(&parsed, subject->subject, step->arena, NULL);
    gint64 since = read ? suspended_since(step, &parsed) : 0;
    if (since == 0)
        return ov_ledger_put_incident_subject(ledger, id, subject->subject, 2, error);
    if (since > step->incident->unblocked) /* again, for spam that was seen since then */
        return TRUE;
    guint n_held;
    if (!leave_on_hold(step, &parsed, &n_held, error))
        return FALSE;
    const char *text = eased_text(step, &parsed, n_held);
    return resume(step, subject->subject, reason_text(step), error) &&
           ov_ledger_put_incident_subject(ledger, id, subject->subject, 1, error) &&
           ov_response_note(ledger, id, "eased", text, error);
}

static gboolean let_all_go(OvUnblockStep *step, GError **error) {
    guint n;
    const OvIncidentSubject *subjects = subjects_of(step, &n, error);
    for (guint i = 0; subjects && i < n; i++)
        if (subjects[i].step == 0 && !let_go(step, &subjects[i], error))
            return FALSE;
    return subjects != NULL;
}

static gboolean close_quiet(OvUnblockStep *step, GError **error) {
    guint n;
    gboolean again = FALSE;
    OvLedger *ledger = step->responder->ledger;
    gint64 id = step->incident->id;
    const OvIncidentSubject *subjects = subjects_of(step, &n, error);
    for (guint i = 0; subjects && i < n; i++) {
        again = again || subjects[i].step == 0;
        if (subjects[i].step == 1 &&
            (!ov_ledger_put_incident_subject(ledger, id, subjects[i].subject, 2, error) ||
             !ov_response_note(ledger, id, "resumed", subjects[i].subject, error)))
            return FALSE;
    }
    step->incident->closed = step->now;
    return subjects && ov_unblock_move(step, OV_INCIDENT_CLOSED, 0, "closed",
                                       again ? "who was suspended again since the unblock stays so"
                                             : "nothing was seen since the unblock",
                                       NULL, error);
}

gboolean ov_easing_step(OvUnblockStep *step, GError **error) {
    gint64 end = quiet_end(step);
    if (!let_all_go(step, error))
        return FALSE;
    return step->now >= end
               ? close_quiet(step, error)
               : ov_unblock_move(step, OV_INCIDENT_EASING, end, NULL, NULL, NULL, error);
}
