#include "policy/provider/unblock.h"

#include "policy/ledger/allowance.h"
#include "policy/limits/meter.h"
#include "policy/log.h"
#include "policy/time_text.h"

#include <string.h>

static const gint64 RATES_KNOWN = 2 * G_USEC_PER_SEC; /* on every node */
static const gint64 ASK_AGAIN = 15 * G_USEC_PER_SEC;  /* an unblock takes minutes */
static const gint64 AWAY = 60 * G_USEC_PER_SEC;
static const gint64 PATIENCE = 15 * 60 * G_USEC_PER_SEC; /* with a request that changes nothing */
static const gint64 TO_RECORD = 5 * G_USEC_PER_SEC;      /* who asks, after the phase */

/* One step at work. incident is what the ledger has, and is changed with it. */
typedef struct {
    const OvResponder *responder;
    OvHosting *hosting;
    OvIncident *incident;
    gint64 now;
    OvArena *arena;
} Step;

/* Records the phase, and then the event (kind NULL: none). *moved (may be NULL): FALSE where
 * another was faster, and nothing is done. */
static gboolean move(Step *step, OvIncidentPhase phase, gint64 wake, const char *kind,
                     const char *text, gboolean *moved, GError **error) {
    OvIncidentPhase from = step->incident->phase;
    gboolean changed = FALSE;
    step->incident->phase = phase;
    step->incident->wake = wake;
    if (!ov_ledger_change_incident(step->responder->ledger, step->incident, from, &changed, error))
        return FALSE;
    if (moved)
        *moved = changed;
    return !changed || !kind ||
           ov_response_note(step->responder->ledger, step->incident->id, kind, text, error);
}

/* --- asking --- */

gboolean ov_unblock_ask(OvLedger *ledger, const OvIncident *incident, const char *operator_name,
                        gboolean forced, const char *reason, gboolean *asked, GError **error) {
    OvIncident next = *incident;
    OvIncidentEvent event = {
        .time = g_get_real_time(),
        .kind = forced ? "forced" : "asked",
        .operator_name = operator_name,
        .text = reason ? reason : "",
    };
    gboolean begun;
    *asked = FALSE;
    if (incident->phase != OV_INCIDENT_OPEN)
        return TRUE;
    next.phase = OV_INCIDENT_ASKED;
    next.wake = event.time + TO_RECORD;
    /* Only who won is recorded, and outvetd begins when that is done: it reads how it was asked. */
    if (!ov_ledger_change_incident(ledger, &next, OV_INCIDENT_OPEN, asked, error))
        return FALSE;
    if (!*asked)
        return TRUE;
    next.wake = 0;
    return ov_ledger_add_incident_event(ledger, incident->id, &event, error) &&
           ov_ledger_change_incident(ledger, &next, OV_INCIDENT_ASKED, &begun, error);
}

/* How the incident's timeline stands. */
typedef struct {
    gint64 asked, sent, still_blocked; /* when each happened last; 0: never */
    guint n_sent;                      /* requests since it was asked for */
    gboolean forced;                   /* the last who asked wants it whatever the interlock says */
    gboolean troubled;                 /* the last that happened is trouble */
} Past;

static gboolean read_past(Step *step, Past *past, GError **error) {
    guint n;
    const OvIncidentEvent *events = ov_ledger_incident_events(
        step->responder->ledger, step->incident->id, 0, step->arena, &n, error);
    *past = (Past){.asked = 0};
    for (guint i = 0; events && i < n; i++) {
        const char *kind = events[i].kind;
        gboolean forced = strcmp(kind, "forced") == 0;
        past->troubled = strcmp(kind, "trouble") == 0;
        if (forced || strcmp(kind, "asked") == 0) {
            past->asked = events[i].time;
            past->forced = forced;
            past->n_sent = 0;
        } else if (strcmp(kind, "sent") == 0) {
            past->sent = events[i].time;
            past->n_sent++;
        } else if (strcmp(kind, "still_blocked") == 0) {
            past->still_blocked = events[i].time;
        }
    }
    return events != NULL;
}

/* --- what the provider says --- */

/* Who is resumed by an operator already sends as he likes. */
static gboolean is_suspended(const Step *step, const OvSubject *subject) {
    g_autoptr(OvSuspensionList) list = ov_suspensions_list(step->responder->suspensions);
    return ov_suspension_list_get(list, subject) != NULL;
}

static OvIncidentSubject *subjects_of(Step *step, guint *n, GError **error) {
    return ov_ledger_incident_subjects(step->responder->ledger, step->incident->id, step->arena, n,
                                       error);
}

static gint64 quiet_end(const Step *step) {
    return step->incident->unblocked + step->responder->settings->provider_quiet;
}

static const char *reason_text(Step *step) {
    return ov_arena_printf(step->arena, "incident %" G_GINT64_FORMAT " is unblocked",
                           step->incident->id);
}

/* The small rate for a subject that will be let go; all nodes know of it a second later. */
static gboolean put_rate(Step *step, const char *subject, GError **error) {
    OvSubject parsed;
    if (!ov_subject_parse(&parsed, subject, step->arena, NULL) ||
        parsed.kind == OV_SUBJECT_EVERYTHING || !is_suspended(step, &parsed))
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

static gboolean unblocked(Step *step, GError **error) {
    guint n;
    step->incident->state = ov_block_state_name(OV_BLOCK_UNBLOCKED);
    step->incident->unblocked = step->now;
    const OvIncidentSubject *subjects = subjects_of(step, &n, error);
    if (!subjects)
        return FALSE;
    for (guint i = 0; i < n; i++)
        if (subjects[i].step == 0 && !put_rate(step, subjects[i].subject, error))
            return FALSE;
    return move(step, OV_INCIDENT_EASING, step->now + RATES_KNOWN, "unblocked",
                ov_arena_printf(step->arena, "%s is unblocked", step->incident->address), NULL,
                error);
}

/* The provider has the request. */
static gboolean take_taken(Step *step, GError **error) {
    return move(step, OV_INCIDENT_UNBLOCKING, step->now + ASK_AGAIN,
                step->incident->phase == OV_INCIDENT_UNBLOCKING ? NULL : "unblocking",
                "the provider has taken the request; it takes some minutes", NULL, error);
}

static void note_state(Step *step, const OvBlock *block) {
    step->incident->state = ov_block_state_name(block->state);
    if (block->duration > 0)
        step->incident->duration = block->duration;
}

/* Nothing is known of the block: the phase is looked at again. Trouble that lasts is told once. */
static gboolean wait_on(Step *step, const GError *trouble, OvIncidentPhase phase, GError **error) {
    gint64 wait = MAX(ov_hosting_wait(step->hosting), ASK_AGAIN);
    Past past;
    return read_past(step, &past, error) &&
           move(step, phase, step->now + wait, past.troubled ? NULL : "trouble", trouble->message,
                NULL, error);
}

/* --- the request --- */

static gboolean refuse(Step *step, const OvObstacle *obstacles, guint n, GError **error) {
    const char *text = obstacles[0].text;
    for (guint i = 1; i < n; i++)
        text = ov_arena_printf(step->arena, "%s; %s", text, obstacles[i].text);
    return move(step, OV_INCIDENT_OPEN, 0, "refused", text, NULL, error);
}

static gboolean take_still(Step *step, const GError *trouble, GError **error) {
    gint64 wait = ov_hosting_wait(step->hosting);
    gint64 next = step->now + (wait > 0 ? wait : AWAY);
    return move(step, OV_INCIDENT_ASKED, next, "still_blocked",
                ov_arena_printf(step->arena, "%s; the request is sent again at %s, by itself",
                                trouble->message, ov_clock_text(next, step->arena)),
                NULL, error);
}

/* The request was not taken, or nobody knows. */
static gboolean take_trouble(Step *step, const GError *trouble, GError **error) {
    switch (trouble->code) {
    case OV_HOSTING_ERROR_STILL:
        return take_still(step, trouble, error);
    case OV_HOSTING_ERROR_GONE:
        step->incident->closed = step->now;
        return move(step, OV_INCIDENT_CLOSED, 0, "closed", trouble->message, NULL, error);
    case OV_HOSTING_ERROR_BUSY:
        return wait_on(step, trouble, OV_INCIDENT_ASKED, error);
    case OV_HOSTING_ERROR_AWAY:
    case OV_HOSTING_ERROR_UNSURE:
    case OV_HOSTING_ERROR_ANSWER:
        return wait_on(step, trouble, OV_INCIDENT_SENDING, error);
    default:
        return move(step, OV_INCIDENT_OPEN, 0, "trouble", trouble->message, NULL, error);
    }
}

/* By the query id the provider's support finds the request. */
static void log_request(const Step *step) {
    const char *query_id = ov_hosting_query_id(step->hosting);
    ov_log(OV_LOG_INFO, NULL, "event", "provider", "of", step->incident->address, "what", "unblock",
           "query_id", *query_id ? query_id : NULL, NULL);
}

static gboolean send(Step *step, GError **error) {
    g_autoptr(GError) trouble = NULL;
    gboolean moved = FALSE;
    OvBlock block;
    if (!move(step, OV_INCIDENT_SENDING, step->now + ASK_AGAIN, "sent",
              "the unblock is asked for at the provider", &moved, error))
        return FALSE;
    if (!moved) /* somebody was faster */
        return TRUE;
    if (!ov_hosting_unblock(step->hosting, step->incident->network, step->incident->address, &block,
                            step->arena, &trouble))
        return take_trouble(step, trouble, error);
    log_request(step);
    /* Whatever state it shows yet. */
    note_state(step, &block);
    return block.state == OV_BLOCK_UNBLOCKED ? unblocked(step, error) : take_taken(step, error);
}

/* The time of the block is not over. It is told once; the provider's clock is looked at again and
 * again, since it need not be ours. */
static gboolean wait_out(Step *step, const Past *past, gint64 left, GError **error) {
    gboolean told = past->still_blocked > past->asked;
    return move(
        step, OV_INCIDENT_ASKED, step->now + MIN(left, ASK_AGAIN), told ? NULL : "still_blocked",
        ov_arena_printf(step->arena,
                        "still blocked for %" G_GINT64_FORMAT
                        " seconds; the request is sent at %s, by itself",
                        left / G_USEC_PER_SEC, ov_clock_text(step->now + left, step->arena)),
        NULL, error);
}

/* The provider's time has to be over, and the interlock to hold then. */
static gboolean take_asked(Step *step, GError **error) {
    const OvIncident *incident = step->incident;
    gint64 left =
        incident->since + incident->duration * G_USEC_PER_SEC - ov_hosting_now(step->hosting);
    Past past;
    guint n;
    if (!read_past(step, &past, error))
        return FALSE;
    if (left > 0)
        return wait_out(step, &past, left, error);
    const OvObstacle *obstacles = ov_interlock(step->responder->ledger, step->responder->settings,
                                               incident, step->now, step->arena, &n, error);
    if (!obstacles)
        return FALSE;
    return n > 0 && !past.forced ? refuse(step, obstacles, n, error) : send(step, error);
}

/* --- how it stands --- */

/* It is still blocked though the request was sent and got no answer. One that gets none again and
 * again is sent ever more rarely. */
static gboolean send_again(Step *step, const Past *past, GError **error) {
    enum { DOUBLED = 4 };
    gint64 wait = past->n_sent <= 1 ? 0 : AWAY << MIN(past->n_sent - 2, DOUBLED);
    return move(step, OV_INCIDENT_ASKED, step->now + MIN(wait, PATIENCE), "still_blocked",
                ov_arena_printf(step->arena, "%s is still blocked: the request did not arrive",
                                step->incident->address),
                NULL, error);
}

/* A request that was on its way when an outvetd died, or that got no answer, or that the provider
 * works on. */
static gboolean take_sent(Step *step, GError **error) {
    g_autoptr(GError) trouble = NULL;
    OvIncidentPhase phase = step->incident->phase;
    OvBlock block;
    Past past;
    if (!read_past(step, &past, error))
        return FALSE;
    if (!ov_hosting_block(step->hosting, step->incident->network, step->incident->address, &block,
                          step->arena, &trouble))
        return g_error_matches(trouble, OV_HOSTING_ERROR, OV_HOSTING_ERROR_GONE)
                   ? unblocked(step, error)
                   : wait_on(step, trouble, phase, error);
    note_state(step, &block);
    if (block.state == OV_BLOCK_UNBLOCKED)
        return unblocked(step, error);
    if (block.state == OV_BLOCK_UNBLOCKING)
        return take_taken(step, error);
    if (block.state == OV_BLOCK_BLOCKED && phase == OV_INCIDENT_SENDING)
        return send_again(step, &past, error);
    if (step->now - past.sent < PATIENCE)
        return move(step, phase, step->now + ASK_AGAIN, NULL, NULL, NULL, error);
    return move(step, OV_INCIDENT_OPEN, 0, "trouble",
                ov_arena_printf(step->arena, "%s is %s, as if no request had come; ask once more",
                                step->incident->address, step->incident->state),
                NULL, error);
}

/* --- afterwards --- */

static gboolean resume(Step *step, const char *subject, const char *reason, GError **error) {
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
static gboolean leave_on_hold(Step *step, const OvSubject *subject, guint *n, GError **error) {
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

/* Suspended before the unblock, and not since then, for spam that was seen again. */
static gboolean is_to_go(const Step *step, const OvSubject *subject) {
    g_autoptr(OvSuspensionList) list = ov_suspensions_list(step->responder->suspensions);
    const OvSuspension *suspension = ov_suspension_list_get(list, subject);
    return !suspension || suspension->since <= step->incident->unblocked;
}

static const char *eased_text(Step *step, const OvSubject *subject, guint n_held) {
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
static gboolean let_go(Step *step, const OvIncidentSubject *subject, GError **error) {
    OvLedger *ledger = step->responder->ledger;
    gint64 id = step->incident->id;
    OvSubject parsed;
    if (!ov_subject_parse(&parsed, subject->subject, step->arena, NULL) ||
        !is_suspended(step, &parsed))
        return ov_ledger_put_incident_subject(ledger, id, subject->subject, 2, error);
    if (!is_to_go(step, &parsed))
        return TRUE;
    guint n_held;
    if (!leave_on_hold(step, &parsed, &n_held, error))
        return FALSE;
    const char *text = eased_text(step, &parsed, n_held);
    return resume(step, subject->subject, reason_text(step), error) &&
           ov_ledger_put_incident_subject(ledger, id, subject->subject, 1, error) &&
           ov_response_note(ledger, id, "eased", text, error);
}

static gboolean let_all_go(Step *step, GError **error) {
    guint n;
    const OvIncidentSubject *subjects = subjects_of(step, &n, error);
    for (guint i = 0; subjects && i < n; i++)
        if (subjects[i].step == 0 && !let_go(step, &subjects[i], error))
            return FALSE;
    return subjects != NULL;
}

static gboolean close_quiet(Step *step, GError **error) {
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
    return subjects && move(step, OV_INCIDENT_CLOSED, 0, "closed",
                            again ? "who was suspended again since the unblock stays so"
                                  : "nothing was seen since the unblock",
                            NULL, error);
}

/* First it lets go, then it waits for the quiet time to be over, which may have passed while no
 * outvetd ran. */
static gboolean take_easing(Step *step, GError **error) {
    gint64 end = quiet_end(step);
    if (!let_all_go(step, error))
        return FALSE;
    return step->now >= end ? close_quiet(step, error)
                            : move(step, OV_INCIDENT_EASING, end, NULL, NULL, NULL, error);
}

gboolean ov_unblock_step(const OvResponder *responder, OvHosting *hosting, gint64 incident,
                         GError **error) {
    g_autoptr(OvArena) arena = ov_arena_new();
    g_autoptr(GError) trouble = NULL;
    Step step = {
        .responder = responder, .hosting = hosting, .now = g_get_real_time(), .arena = arena};
    step.incident = ov_ledger_incident(responder->ledger, incident, arena, &trouble);
    if (trouble) {
        g_propagate_error(error, g_steal_pointer(&trouble));
        return FALSE;
    }
    if (!step.incident || step.incident->wake > step.now)
        return TRUE;
    switch (step.incident->phase) {
    case OV_INCIDENT_ASKED:
        return take_asked(&step, error);
    case OV_INCIDENT_SENDING:
    case OV_INCIDENT_UNBLOCKING:
        return take_sent(&step, error);
    case OV_INCIDENT_EASING:
        return take_easing(&step, error);
    case OV_INCIDENT_OPEN:
    case OV_INCIDENT_CLOSED:
    case OV_N_INCIDENT_PHASES:
        break;
    }
    return TRUE;
}

gboolean ov_unblock_ended(const OvResponder *responder, const OvIncident *incident,
                          GError **error) {
    OvIncident next = *incident;
    gboolean changed;
    next.state = ov_block_state_name(OV_BLOCK_UNBLOCKED);
    next.phase = OV_INCIDENT_CLOSED;
    next.unblocked = next.closed = g_get_real_time();
    return ov_ledger_change_incident(responder->ledger, &next, incident->phase, &changed, error) &&
           (!changed ||
            ov_response_note(responder->ledger, incident->id, "closed",
                             "the block ended by itself; what is suspended stays so until it is "
                             "resumed",
                             error));
}
