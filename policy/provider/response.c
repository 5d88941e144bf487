#include "policy/provider/response.h"

#include "policy/log.h"
#include "policy/provider/correlate.h"
#include "policy/time_text.h"

#include <string.h>

static const char SELF[] = "outvet"; /* as who suspends by itself */
enum { LEAST_SHARE = 20 /* one in so many detections */, AT_ONCE = 10000 };

gboolean ov_response_is_culprit(const OvCulprit *culprit, gint64 detections) {
    return *culprit->account && culprit->detections * LEAST_SHARE >= detections;
}

gboolean ov_response_note(OvLedger *ledger, gint64 incident, const char *kind, const char *text,
                          GError **error) {
    OvIncidentEvent event = {
        .time = g_get_real_time(), .kind = kind, .operator_name = "", .text = text};
    g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, incident);
    ov_log(OV_LOG_INFO, NULL, "event", "incident", "incident", number, "what", kind, "text", text,
           NULL);
    return ov_ledger_add_incident_event(ledger, incident, &event, error);
}

/* --- opening --- */

static const char *opened_text(const OvIncident *incident, OvArena *arena) {
    gboolean over = strcmp(incident->state, ov_block_state_name(OV_BLOCK_UNBLOCKED)) == 0;
    g_autofree char *since = ov_time_text(incident->since);
    const char *length =
        incident->duration > 0
            ? ov_arena_printf(arena, " for %" G_GINT64_FORMAT " s", incident->duration)
            : "";
    return ov_arena_printf(arena, "%s %s %s for spam%s since %s%s", incident->hosting,
                           over ? "blocked" : "blocks", incident->address, length, since,
                           over ? ", and does not any more" : "");
}

static void alert_block(const OvResponder *responder, const OvIncident *incident, const char *text,
                        OvArena *arena) {
    const char *number = ov_arena_printf(arena, "%" G_GINT64_FORMAT, incident->id);
    ov_alerts_raise(responder->alerts,
                    &(OvAlert){
                        .kind = OV_ALERT_PROVIDER,
                        .subject = incident->address,
                        .reason = text,
                        .advice = ov_arena_printf(arena, "outvet incident explain %s", number),
                        .details = (const char *const[]){"incident", number, NULL},
                    });
}

/* The report of this block: the newest one that tells any number. */
static void take_report(OvIncident *incident, const OvSight *sight) {
    const OvReport *newest = NULL;
    incident->total = incident->spams = incident->average = -1;
    for (guint i = 0; i < sight->n_reports; i++)
        if (!newest || sight->reports[i].period >= newest->period)
            newest = &sight->reports[i];
    if (!newest)
        return;
    incident->total = newest->total;
    incident->spams = newest->spams;
    incident->average = newest->average;
}

/* What the provider tells of an incident that is known may have changed. */
static gboolean update(const OvResponder *responder, const OvIncident *seen, OvArena *arena,
                       GError **error) {
    gboolean changed;
    OvIncident *known = ov_ledger_incident(responder->ledger, seen->id, arena, error);
    if (!known)
        return FALSE;
    gint64 duration = seen->duration > 0 ? seen->duration : known->duration;
    if (strcmp(known->state, seen->state) == 0 && known->duration == duration &&
        (seen->total < 0 || (known->total == seen->total && known->spams == seen->spams)))
        return TRUE;
    known->network = seen->network;
    known->state = seen->state;
    known->duration = duration;
    if (seen->total >= 0) {
        known->total = seen->total;
        known->spams = seen->spams;
        known->average = seen->average;
    }
    return ov_ledger_change_incident(responder->ledger, known, known->phase, &changed, error);
}

/* When the block began, where the provider does not tell: that of the incident that is open. *since
 * is left where there is none. */
static gboolean find_since(const OvResponder *responder, const OvSight *sight, gint64 *since,
                           OvArena *arena, GError **error) {
    enum { MOST = 100 };
    guint n;
    const OvIncident *open =
        ov_ledger_incidents(responder->ledger, sight->block->address, TRUE, MOST, arena, &n, error);
    for (guint i = 0; open && i < n; i++)
        if (open[i].phase < OV_INCIDENT_EASING && strcmp(open[i].hosting, sight->hosting) == 0)
            *since = open[i].since;
    return open != NULL;
}

/* Its id is in *incident then. */
static gboolean open_incident(const OvResponder *responder, const OvSight *sight,
                              OvIncident *incident, gboolean *opened, OvArena *arena,
                              GError **error) {
    gint64 now = g_get_real_time();
    *incident = (OvIncident){
        .hosting = sight->hosting,
        .network = sight->block->network,
        .address = sight->block->address,
        .since = sight->block->since ? sight->block->since : now,
        .duration = sight->block->duration,
        .state = ov_block_state_name(sight->block->state),
        .phase =
            sight->block->state == OV_BLOCK_UNBLOCKING ? OV_INCIDENT_UNBLOCKING : OV_INCIDENT_OPEN,
        .opened = now,
    };
    take_report(incident, sight);
    if (!sight->block->since && !find_since(responder, sight, &incident->since, arena, error))
        return FALSE;
    if (!ov_ledger_open_incident(responder->ledger, incident, &incident->id, opened, error))
        return FALSE;
    if (!*opened)
        return update(responder, incident, arena, error);
    const char *text = opened_text(incident, arena);
    alert_block(responder, incident, text, arena);
    return ov_response_note(responder->ledger, incident->id, "opened", text, error);
}

/* --- detections --- */

static OvDetection *as_detections(const OvSight *sight, OvArena *arena) {
    OvDetection *detections = OV_ARENA_NEW(arena, OvDetection, MAX(sight->n_detected, 1));
    for (guint i = 0; i < sight->n_detected; i++) {
        const OvDetected *detected = &sight->detected[i];
        detections[i] = (OvDetection){
            .message_id = detected->message_id,
            .destination = detected->destination,
            .time = detected->time,
            .score = detected->score,
            .origin = "api",
        };
    }
    return detections;
}

/* For the plans' bounds of detected messages. */
static void count_detected(const OvResponder *responder, const OvDetection *detections, guint n,
                           OvArena *arena) {
    gint64 now = g_get_real_time();
    for (guint i = 0; responder->limits && i < n; i++)
        if (detections[i].account)
            ov_limits_detected(responder->limits, detections[i].account, 1, now, arena);
}

/* Ties those to messages that nobody looked for yet. *n: how many. */
static gboolean correlate_new(const OvResponder *responder, const OvIncident *incident, guint *n,
                              GError **error) {
    gint64 after = 0;
    guint n_got;
    *n = 0;
    do {
        g_autoptr(OvArena) arena = ov_arena_new();
        OvDetection *fresh = ov_ledger_detections(responder->ledger, incident->id, OV_DETECTION_NEW,
                                                  after, AT_ONCE, arena, &n_got, error);
        if (!fresh ||
            !ov_correlate_all(responder->ledger, incident->address, fresh, n_got, arena, error))
            return FALSE;
        if (n_got > 0 && !ov_ledger_explain_detections(responder->ledger, fresh, n_got, error))
            return FALSE;
        count_detected(responder, fresh, n_got, arena);
        *n += n_got;
        after = n_got > 0 ? fresh[n_got - 1].id : after;
    } while (n_got == AT_ONCE);
    return TRUE;
}

static const char *culprits_text(const OvCulprit *culprits, guint n, OvArena *arena) {
    enum { NAMED = 5 };
    const char *text = "";
    for (guint i = 0; i < MIN(n, NAMED); i++)
        text = ov_arena_printf(arena, "%s%s%" G_GINT64_FORMAT " of %s%s", text, i > 0 ? ", " : "",
                               culprits[i].detections, *culprits[i].account ? "account " : "",
                               *culprits[i].account ? culprits[i].account : "nobody known");
    return n > NAMED ? ov_arena_printf(arena, "%s and %u more", text, n - NAMED) : text;
}

/* --- suspending --- */

/* A suspension that would end by itself. */
static gboolean ends(const OvResponder *responder, const OvSubject *subject) {
    g_autoptr(OvSuspensionList) list = ov_suspensions_list(responder->suspensions);
    const OvSuspension *known = ov_suspension_list_get(list, subject);
    return known && known->until > g_get_real_time() && known->until != G_MAXINT64;
}

/* A suspension that an operator resumes, not the end of an incident. */
static gboolean is_operators(const OvResponder *responder, const OvSubject *subject) {
    g_autoptr(OvSuspensionList) list = ov_suspensions_list(responder->suspensions);
    const OvSuspension *known = ov_suspension_list_get(list, subject);
    return known && strcmp(known->operator_name, SELF) != 0;
}

gboolean ov_response_suspend(const OvResponder *responder, gint64 incident,
                             const OvSubject *subject, const char *reason, GError **error) {
    g_autoptr(OvArena) arena = ov_arena_new();
    gboolean would_end = ends(responder, subject), added = FALSE;
    const char *name = ov_subject_format(subject, arena);
    OvSuspension suspension = {
        .subject = *subject,
        .until = G_MAXINT64,
        .answer = OV_VERDICT_ACCEPT,
        .operator_name = SELF,
        .reason = reason,
        .queue = responder->settings->suspended_queue,
    };
    if (!ov_suspensions_add(responder->suspensions, &suspension, &added, error) ||
        !ov_ledger_put_incident_subject(responder->ledger, incident, name,
                                        is_operators(responder, subject) ? 2 : 0, error))
        return FALSE;
    if (!added)
        return TRUE;
    ov_alerts_raise(responder->alerts,
                    &(OvAlert){.kind = OV_ALERT_SUSPENDED,
                               .subject = name,
                               .reason = reason,
                               .advice = ov_arena_printf(
                                   arena, "outvet incident explain %" G_GINT64_FORMAT, incident)});
    return ov_response_note(
        responder->ledger, incident, "suspended",
        would_end ? ov_arena_printf(arena, "%s, until it is resumed", name) : name, error);
}

/* What is being done about one incident. */
typedef struct {
    const OvResponder *responder;
    const OvIncident *incident;
    const OvIncidentSubject *done; /* what is suspended for it already, or was */
    guint n_done;
    gboolean fresh; /* there are new detections, after the unblock if it had one */
    OvArena *arena;
} Acting;

/* Whom an operator let go stays free until there is something new: a sight is taken in again and
 * again. */
static gboolean is_done(const Acting *acting, const OvSubject *subject) {
    const char *name = ov_subject_format(subject, acting->arena);
    for (guint i = 0; i < acting->n_done; i++)
        if (strcmp(acting->done[i].subject, name) == 0)
            return !acting->fresh;
    return FALSE;
}

static gboolean suspend_kind(const Acting *acting, OvSubjectKind kind, const char *name,
                             const char *reason, GError **error) {
    OvSubject subject;
    return !ov_subject_set(&subject, kind, name, acting->arena) || is_done(acting, &subject) ||
           ov_response_suspend(acting->responder, acting->incident->id, &subject, reason, error);
}

static gboolean suspend_culprits(const Acting *acting, const OvCulprit *culprits, guint n,
                                 gint64 detections, GError **error) {
    for (guint i = 0; i < n; i++) {
        const char *reason =
            ov_arena_printf(acting->arena,
                            "the provider took %" G_GINT64_FORMAT
                            " of its messages for spam (incident %" G_GINT64_FORMAT ")",
                            culprits[i].detections, acting->incident->id);
        if (ov_response_is_culprit(&culprits[i], detections) &&
            !suspend_kind(acting, OV_SUBJECT_ACCOUNT, culprits[i].account, reason, error))
            return FALSE;
    }
    return TRUE;
}

/* As [provider] act says. */
static gboolean act(const Acting *acting, const OvCulprit *culprits, guint n, gint64 detections,
                    GError **error) {
    OvProviderAct wanted = acting->responder->settings->provider_act;
    const OvIncident *incident = acting->incident;
    const char *reason = ov_arena_printf(
        acting->arena, "the provider blocks %s for spam (incident %" G_GINT64_FORMAT ")",
        incident->address, incident->id);
    if (wanted == OV_PROVIDER_ACT_NOTHING)
        return TRUE;
    if (wanted == OV_PROVIDER_ACT_EVERYTHING &&
        !suspend_kind(acting, OV_SUBJECT_EVERYTHING, "", reason, error))
        return FALSE;
    if (wanted == OV_PROVIDER_ACT_ADDRESS &&
        !suspend_kind(acting, OV_SUBJECT_EGRESS, incident->address, reason, error))
        return FALSE;
    return suspend_culprits(acting, culprits, n, detections, error);
}

/* All that an incident calls for, as long as nobody asked for its unblock. */
static gboolean act_on(const OvResponder *responder, const OvIncident *incident, gboolean fresh,
                       const OvCulprit *culprits, guint n, gint64 detections, OvArena *arena,
                       GError **error) {
    Acting acting = {.responder = responder, .incident = incident, .fresh = fresh, .arena = arena};
    acting.done =
        ov_ledger_incident_subjects(responder->ledger, incident->id, arena, &acting.n_done, error);
    return acting.done && act(&acting, culprits, n, detections, error);
}

/* Who was let go step by step has begun again, or was not the one. all: also who was suspended
 * again before, and was let go by an operator. */
static gboolean suspend_again(const OvResponder *responder, const OvIncident *easing,
                              gint64 incident, gboolean all, OvArena *arena, GError **error) {
    guint n;
    OvIncidentSubject *subjects =
        ov_ledger_incident_subjects(responder->ledger, easing->id, arena, &n, error);
    if (!subjects)
        return FALSE;
    const char *reason =
        ov_arena_printf(arena, "spam was seen again after incident %" G_GINT64_FORMAT, easing->id);
    for (guint i = 0; i < n; i++) {
        OvSubject subject;
        if ((all || subjects[i].step > 0) &&
            ov_subject_parse(&subject, subjects[i].subject, arena, NULL) &&
            !ov_response_suspend(responder, incident, &subject, reason, error))
            return FALSE;
    }
    return TRUE;
}

/* What an incident is about goes on in another one. */
static gboolean close_for(const OvResponder *responder, OvIncident *incident, const char *why,
                          gint64 next, OvArena *arena, GError **error) {
    OvIncidentPhase from = incident->phase;
    gboolean changed;
    incident->phase = OV_INCIDENT_CLOSED;
    incident->closed = g_get_real_time();
    return ov_ledger_change_incident(responder->ledger, incident, from, &changed, error) &&
           (!changed ||
            ov_response_note(responder->ledger, incident->id, "closed",
                             ov_arena_printf(arena, "%s incident %" G_GINT64_FORMAT, why, next),
                             error));
}

/* Spam that was sent before the unblock is no new spam. */
static gboolean is_after(const OvSight *sight, gint64 unblocked) {
    for (guint i = 0; i < sight->n_detected; i++)
        if (sight->detected[i].time > unblocked)
            return TRUE;
    return FALSE;
}

/* Another one of the address that is not closed. */
static gboolean take_other(const OvResponder *responder, OvIncident *other,
                           const OvIncident *incident, OvArena *arena, GError **error) {
    if (other->phase == OV_INCIDENT_EASING)
        return suspend_again(responder, other, incident->id, TRUE, arena, error) &&
               close_for(responder, other, "blocked again:", incident->id, arena, error);
    return strcmp(other->hosting, OV_HOSTING_IMPORT) != 0 ||
           close_for(responder, other, "the provider's own report is", incident->id, arena, error);
}

static gboolean take_others(const OvResponder *responder, const OvSight *sight,
                            const OvIncident *incident, gboolean fresh, OvArena *arena,
                            GError **error) {
    enum { MOST = 100 };
    guint n;
    OvIncident *open =
        ov_ledger_incidents(responder->ledger, incident->address, TRUE, MOST, arena, &n, error);
    if (!open)
        return FALSE;
    for (guint i = 0; i < n; i++) {
        if (open[i].id != incident->id) {
            if (!take_other(responder, &open[i], incident, arena, error))
                return FALSE;
        } else if (open[i].phase == OV_INCIDENT_EASING && is_after(sight, open[i].unblocked) &&
                   !suspend_again(responder, &open[i], incident->id, fresh, arena, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* What outvetd and its agents put on hold for the incident's subjects, each change once. */
static gboolean note_held(const OvResponder *responder, gint64 incident, OvArena *arena,
                          GError **error) {
    guint n_subjects, n_nodes, n_events;
    OvLedger *ledger = responder->ledger;
    const OvIncidentSubject *subjects =
        ov_ledger_incident_subjects(ledger, incident, arena, &n_subjects, error);
    const OvNodeReport *nodes = subjects ? ov_ledger_nodes(ledger, arena, &n_nodes, error) : NULL;
    const OvIncidentEvent *events =
        nodes ? ov_ledger_incident_events(ledger, incident, 0, arena, &n_events, error) : NULL;
    for (guint i = 0; events && i < n_subjects * n_nodes; i++) {
        const char *subject = subjects[i / n_nodes].subject, *node = nodes[i % n_nodes].node;
        guint n_mail;
        gboolean told = FALSE;
        if (!ov_ledger_suspended_mail(ledger, subject, node, arena, &n_mail, error))
            return FALSE;
        const char *text = ov_arena_printf(arena, "%u message%s of %s in the queue of %s", n_mail,
                                           n_mail == 1 ? "" : "s", subject, node);
        for (guint j = 0; j < n_events; j++)
            told =
                told || (strcmp(events[j].kind, "held") == 0 && strcmp(events[j].text, text) == 0);
        if (n_mail > 0 && !told && !ov_response_note(ledger, incident, "held", text, error))
            return FALSE;
    }
    return events != NULL;
}

/* Once the detections are recorded and tied. */
static gboolean respond(const OvResponder *responder, const OvSight *sight,
                        const OvIncident *incident, guint n_tied, OvArena *arena, GError **error) {
    guint n = 0;
    gint64 total = 0;
    const OvIncident *known = ov_ledger_incident(responder->ledger, incident->id, arena, error);
    if (!known)
        return FALSE;
    gboolean fresh = n_tied > 0 && (known->unblocked == 0 || is_after(sight, known->unblocked));
    OvCulprit *culprits = ov_ledger_culprits(responder->ledger, incident->id, arena, &n, error);
    for (guint i = 0; culprits && i < n; i++)
        total += culprits[i].detections;
    if (!culprits || !act_on(responder, incident, fresh, culprits, n, total, arena, error) ||
        !take_others(responder, sight, incident, fresh, arena, error))
        return FALSE;
    return n_tied == 0 ||
           ov_response_note(responder->ledger, incident->id, "detections",
                            ov_arena_printf(arena, "%u new, %" G_GINT64_FORMAT " in all: %s",
                                            n_tied, total, culprits_text(culprits, n, arena)),
                            error);
}

gboolean ov_response_take(const OvResponder *responder, const OvSight *sight, gint64 *incident,
                          GError **error) {
    g_autoptr(OvArena) arena = ov_arena_new();
    OvIncident seen;
    gboolean opened;
    guint n_new = 0, n_tied = 0;
    const OvDetection *detections = as_detections(sight, arena);
    if (!open_incident(responder, sight, &seen, &opened, arena, error))
        return FALSE;
    if (incident)
        *incident = seen.id;
    return ov_ledger_add_detections(responder->ledger, seen.id, detections, sight->n_detected,
                                    &n_new, error) &&
           correlate_new(responder, &seen, &n_tied, error) &&
           respond(responder, sight, &seen, n_tied, arena, error) &&
           note_held(responder, seen.id, arena, error);
}
