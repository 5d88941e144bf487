#include "policy/provider/unblock.h"

#include "policy/log.h"
#include "policy/provider/unblock_step.h"
#include "policy/time_text.h"

#include <string.h>

static const gint64 ASK_AGAIN = 15 * G_USEC_PER_SEC; /* an unblock takes minutes */
static const gint64 AWAY = 60 * G_USEC_PER_SEC;
static const gint64 PATIENCE = 15 * 60 * G_USEC_PER_SEC; /* with a request that changes nothing */
static const gint64 TO_RECORD = 5 * G_USEC_PER_SEC;      /* who asks, after the phase */

gboolean ov_unblock_move(OvUnblockStep *step, OvIncidentPhase phase, gint64 wake, const char *kind,
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

static gboolean read_past(OvUnblockStep *step, Past *past, GError **error) {
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

/* The provider has the request. */
static gboolean take_taken(OvUnblockStep *step, GError **error) {
    return ov_unblock_move(step, OV_INCIDENT_UNBLOCKING, step->now + ASK_AGAIN,
                           step->incident->phase == OV_INCIDENT_UNBLOCKING ? NULL : "unblocking",
                           "the provider has taken the request; it takes some minutes", NULL,
                           error);
}

static void note_state(OvUnblockStep *step, const OvBlock *block) {
    step->incident->state = ov_block_state_name(block->state);
    if (block->duration > 0)
        step->incident->duration = block->duration;
}

/* Nothing is known of the block: the phase is looked at again. Trouble that lasts is told once. */
static gboolean wait_on(OvUnblockStep *step, const GError *trouble, OvIncidentPhase phase,
                        GError **error) {
    gint64 wait = MAX(ov_hosting_wait(step->hosting), ASK_AGAIN);
    Past past;
    return read_past(step, &past, error) &&
           ov_unblock_move(step, phase, step->now + wait, past.troubled ? NULL : "trouble",
                           trouble->message, NULL, error);
}

/* --- the request --- */

static gboolean refuse(OvUnblockStep *step, const OvObstacle *obstacles, guint n, GError **error) {
    const char *text = obstacles[0].text;
    for (guint i = 1; i < n; i++)
        text = ov_arena_printf(step->arena, "%s; %s", text, obstacles[i].text);
    return ov_unblock_move(step, OV_INCIDENT_OPEN, 0, "refused", text, NULL, error);
}

static gboolean take_still(OvUnblockStep *step, const GError *trouble, GError **error) {
    gint64 wait = ov_hosting_wait(step->hosting);
    gint64 next = step->now + (wait > 0 ? wait : AWAY);
    return ov_unblock_move(step, OV_INCIDENT_ASKED, next, "still_blocked",
                           ov_arena_printf(step->arena,
                                           "%s; the request is sent again at %s, by itself",
                                           trouble->message, ov_clock_text(next, step->arena)),
                           NULL, error);
}

/* The request was not taken, or nobody knows. */
static gboolean take_trouble(OvUnblockStep *step, const GError *trouble, GError **error) {
    switch (trouble->code) {
    case OV_HOSTING_ERROR_STILL:
        return take_still(step, trouble, error);
    case OV_HOSTING_ERROR_GONE:
        step->incident->closed = step->now;
        return ov_unblock_move(step, OV_INCIDENT_CLOSED, 0, "closed", trouble->message, NULL,
                               error);
    case OV_HOSTING_ERROR_BUSY:
        return wait_on(step, trouble, OV_INCIDENT_ASKED, error);
    case OV_HOSTING_ERROR_AWAY:
    case OV_HOSTING_ERROR_UNSURE:
    case OV_HOSTING_ERROR_ANSWER:
        return wait_on(step, trouble, OV_INCIDENT_SENDING, error);
    default:
        return ov_unblock_move(step, OV_INCIDENT_OPEN, 0, "trouble", trouble->message, NULL, error);
    }
}

/* By the query id the provider's support finds the request. */
static void log_request(const OvUnblockStep *step) {
    const char *query_id = ov_hosting_query_id(step->hosting);
    ov_log(OV_LOG_INFO, NULL, "event", "provider", "of", step->incident->address, "what", "unblock",
           "query_id", *query_id ? query_id : NULL, NULL);
}

static gboolean send(OvUnblockStep *step, GError **error) {
    g_autoptr(GError) trouble = NULL;
    gboolean moved = FALSE;
    OvBlock block;
    if (!ov_unblock_move(step, OV_INCIDENT_SENDING, step->now + ASK_AGAIN, "sent",
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
    return block.state == OV_BLOCK_UNBLOCKED ? ov_easing_begin(step, error)
                                             : take_taken(step, error);
}

/* The time of the block is not over. It is told once; the provider's clock is looked at again and
 * again, since it need not be ours. */
static gboolean wait_out(OvUnblockStep *step, const Past *past, gint64 left, GError **error) {
    gboolean told = past->still_blocked > past->asked;
    return ov_unblock_move(
        step, OV_INCIDENT_ASKED, step->now + MIN(left, ASK_AGAIN), told ? NULL : "still_blocked",
        ov_arena_printf(step->arena,
                        "still blocked for %" G_GINT64_FORMAT
                        " seconds; the request is sent at %s, by itself",
                        left / G_USEC_PER_SEC, ov_clock_text(step->now + left, step->arena)),
        NULL, error);
}

/* The provider's time has to be over, and the interlock to hold then. */
static gboolean take_asked(OvUnblockStep *step, GError **error) {
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
static gboolean send_again(OvUnblockStep *step, const Past *past, GError **error) {
    enum { DOUBLED = 4 };
    gint64 wait = past->n_sent <= 1 ? 0 : AWAY << MIN(past->n_sent - 2, DOUBLED);
    return ov_unblock_move(
        step, OV_INCIDENT_ASKED, step->now + MIN(wait, PATIENCE), "still_blocked",
        ov_arena_printf(step->arena, "%s is still blocked: the request did not arrive",
                        step->incident->address),
        NULL, error);
}

/* A request that was on its way when an outvetd died, or that got no answer, or that the provider
 * works on. */
static gboolean take_sent(OvUnblockStep *step, GError **error) {
    g_autoptr(GError) trouble = NULL;
    OvIncidentPhase phase = step->incident->phase;
    OvBlock block;
    Past past;
    if (!read_past(step, &past, error))
        return FALSE;
    if (!ov_hosting_block(step->hosting, step->incident->network, step->incident->address, &block,
                          step->arena, &trouble))
        return g_error_matches(trouble, OV_HOSTING_ERROR, OV_HOSTING_ERROR_GONE)
                   ? ov_easing_begin(step, error)
                   : wait_on(step, trouble, phase, error);
    note_state(step, &block);
    if (block.state == OV_BLOCK_UNBLOCKED)
        return ov_easing_begin(step, error);
    if (block.state == OV_BLOCK_UNBLOCKING)
        return take_taken(step, error);
    if (block.state == OV_BLOCK_BLOCKED && phase == OV_INCIDENT_SENDING)
        return send_again(step, &past, error);
    if (step->now - past.sent < PATIENCE)
        return ov_unblock_move(step, phase, step->now + ASK_AGAIN, NULL, NULL, NULL, error);
    return ov_unblock_move(step, OV_INCIDENT_OPEN, 0, "trouble",
                           ov_arena_printf(step->arena,
                                           "%s is %s, as if no request had come; ask once more",
                                           step->incident->address, step->incident->state),
                           NULL, error);
}

gboolean ov_unblock_step(const OvResponder *responder, OvHosting *hosting, gint64 incident,
                         GError **error) {
    g_autoptr(OvArena) arena = ov_arena_new();
    g_autoptr(GError) trouble = NULL;
    OvUnblockStep step = {
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
        return ov_easing_step(&step, error);
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
