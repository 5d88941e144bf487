#include "policy/review/incident_view.h"

#include "policy/ledger/complaint.h"
#include "policy/ledger/delivery.h"
#include "policy/limits/subject.h"
#include "policy/message_id.h"
#include "policy/provider/response.h"
#include "policy/review/output.h"

#include <string.h>

static const gint64 DAY = G_GINT64_CONSTANT(24) * 3600 * G_USEC_PER_SEC;
enum { NEWEST = 2000 /* messages of an account */, SPAM = 20, CLIENTS = 5, OTHERS = 20 };

OvIncident *ov_incident_named(OvLedger *ledger, const OvArguments *arguments, OvArena *arena,
                              OvExit *code) {
    g_autoptr(GError) error = NULL;
    guint n;
    guint64 id;
    const char *operand = ov_arguments_operands(arguments, &n)[0];
    *code = OV_EXIT_USAGE;
    if (!g_ascii_string_to_unsigned(operand, 10, 1, G_MAXINT64, &id, NULL)) {
        ov_complain("%s: an incident has a number: outvet incident list", operand);
        return NULL;
    }
    OvIncident *incident = ov_ledger_incident(ledger, (gint64)id, arena, &error);
    *code = error ? OV_EXIT_UNAVAILABLE : incident ? OV_EXIT_OK : OV_EXIT_NO_INPUT;
    if (error)
        ov_complain("%s", error->message);
    else if (!incident)
        ov_complain("there is no incident %s: outvet incident list", operand);
    return incident;
}

char *ov_incident_state_text(const OvIncident *incident, gint64 now) {
    gint64 end = incident->since + incident->duration * G_USEC_PER_SEC;
    g_autofree char *time = ov_time_for_people(end);
    if (incident->phase == OV_INCIDENT_CLOSED || incident->phase == OV_INCIDENT_EASING ||
        strcmp(incident->state, "blocked") != 0 || incident->duration <= 0)
        return g_strdup(incident->state);
    return end > now ? g_strdup_printf("blocked until %s at least", time)
                     : g_strdup_printf("blocked; may be unblocked since %s", time);
}

/* --- one account --- */

static void count_deliveries(OvLedger *ledger, gint64 message, OvCulpritDeeds *deeds) {
    g_autoptr(OvArena) arena = ov_arena_new();
    guint n = 0;
    const OvDelivered *delivered = ov_ledger_delivered(ledger, message, arena, &n, NULL);
    for (guint i = 0; delivered && i < n; i++) {
        OvOutcome outcome = delivered[i].outcome;
        if (outcome == OV_OUTCOME_BOUNCED || outcome == OV_OUTCOME_EXPIRED)
            deeds->bounced++;
        else if (outcome == OV_OUTCOME_DEFERRED)
            deeds->deferred++;
    }
}

static void count_complaints(OvLedger *ledger, gint64 message, OvCulpritDeeds *deeds) {
    g_autoptr(OvArena) arena = ov_arena_new();
    guint n = 0;
    if (ov_ledger_complaints_about(ledger, message, arena, &n, NULL))
        deeds->complaints += n;
}

static gboolean is_kept_back(const OvLedgerRecord *record) {
    OvVerdictKind verdict;
    return ov_verdict_from_name(record->verdict, &verdict) && verdict >= OV_VERDICT_HOLD;
}

static void count_record(OvLedger *ledger, const OvLedgerRecord *record, OvCulpritDeeds *deeds) {
    deeds->messages++;
    deeds->recipients += record->n_recipients;
    if (is_kept_back(record))
        deeds->held++;
    deeds->score += (record->score - deeds->score) / deeds->messages;
    count_deliveries(ledger, record->id, deeds);
    count_complaints(ledger, record->id, deeds);
}

static const char *clients_text(OvLedgerRecord *const *records, guint n, OvArena *arena) {
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    const char *text = NULL;
    for (guint i = 0; i < n; i++) {
        const char *client = records[i]->client_address;
        if (!client || !*client || !g_hash_table_add(seen, (gpointer)(guintptr)client))
            continue;
        if (g_hash_table_size(seen) > CLIENTS)
            return ov_arena_printf(arena, "%s and more", text);
        text = text ? ov_arena_printf(arena, "%s, %s", text, client) : client;
    }
    return text;
}

static gboolean read_deeds(OvSuspect *suspect, OvLedger *ledger, OvArena *arena, GError **error) {
    guint n;
    gint64 first = suspect->culprit->first;
    OvLedgerRecord **records = ov_ledger_find(ledger, OV_LEDGER_BY_ACCOUNT,
                                              suspect->culprit->account, NEWEST, arena, &n, error);
    if (!records)
        return FALSE;
    guint n_near = 0;
    while (n_near < n && (first == 0 || records[n_near]->time >= first - DAY)) {
        gboolean before = first > 0 && records[n_near]->time < first;
        count_record(ledger, records[n_near], before ? &suspect->before : &suspect->after);
        n_near++;
    }
    suspect->clients = clients_text(records, n_near, arena);
    if (n > 0) {
        suspect->source = records[0]->account_source;
        suspect->login = records[0]->login;
        suspect->script = records[0]->script;
    }
    return TRUE;
}

static gboolean read_suspension(OvSuspect *suspect, OvLedger *ledger, OvArena *arena,
                                GError **error) {
    OvSubject subject;
    guint n;
    if (!ov_subject_set(&subject, OV_SUBJECT_ACCOUNT, suspect->culprit->account, arena))
        return TRUE;
    const OvSuspensionRow *rows = ov_ledger_suspension_rows(
        ledger, ov_subject_format(&subject, arena), 0, G_MAXUINT, arena, &n, error);
    suspect->suspension = rows && n > 0 ? &rows[n - 1] : NULL;
    return rows != NULL;
}

/* Messages that the provider named, tied to this account. */
static gboolean read_spam(OvSuspect *suspect, OvLedger *ledger, gint64 incident, OvArena *arena,
                          GError **error) {
    enum { LOOKED = 2000 };
    guint n;
    const OvDetection *detections = ov_ledger_detections(ledger, incident, OV_N_DETECTION_FINDINGS,
                                                         0, LOOKED, arena, &n, error);
    if (!detections)
        return FALSE;
    OvLedgerRecord **spam = OV_ARENA_NEW(arena, OvLedgerRecord *, SPAM);
    suspect->spam = (const OvLedgerRecord *const *)spam;
    for (guint i = n; i > 0 && suspect->n_spam < SPAM; i--) {
        const OvDetection *detection = &detections[i - 1];
        char id[OV_ID_TEXT_SIZE];
        guint n_records;
        if (!detection->message || g_strcmp0(detection->account, suspect->culprit->account) != 0)
            continue;
        ov_id_format(detection->message, id);
        OvLedgerRecord **records =
            ov_ledger_find(ledger, OV_LEDGER_BY_ID, id, 1, arena, &n_records, error);
        if (!records)
            return FALSE;
        if (n_records > 0)
            spam[suspect->n_spam++] = records[0];
    }
    return TRUE;
}

static gboolean read_suspects(OvIncidentView *view, OvLedger *ledger, OvArena *arena,
                              GError **error) {
    guint n;
    OvCulprit *culprits = ov_ledger_culprits(ledger, view->incident->id, arena, &n, error);
    if (!culprits)
        return FALSE;
    OvSuspect *suspects = OV_ARENA_NEW(arena, OvSuspect, MAX(n, 1));
    for (guint i = 0; i < n; i++) {
        suspects[i].culprit = &culprits[i];
        suspects[i].blamed = ov_response_is_culprit(&culprits[i], view->incident->detections);
        if (*culprits[i].account &&
            (!read_deeds(&suspects[i], ledger, arena, error) ||
             !read_suspension(&suspects[i], ledger, arena, error) ||
             !read_spam(&suspects[i], ledger, view->incident->id, arena, error)))
            return FALSE;
    }
    view->suspects = suspects;
    view->n_suspects = n;
    return TRUE;
}

/* --- the whole --- */

static gboolean read_others(OvIncidentView *view, OvLedger *ledger, OvArena *arena,
                            GError **error) {
    guint n;
    OvIncident *all =
        ov_ledger_incidents(ledger, view->incident->address, FALSE, OTHERS + 1, arena, &n, error);
    if (!all)
        return FALSE;
    for (guint i = 0; i < n; i++)
        if (all[i].id != view->incident->id)
            all[view->n_others++] = all[i];
    view->others = all;
    return TRUE;
}

gboolean ov_incident_view_read(OvIncidentView *view, OvLedger *ledger, const OvSettings *settings,
                               const OvIncident *incident, OvArena *arena, GError **error) {
    *view = (OvIncidentView){.incident = incident, .now = g_get_real_time()};
    view->events =
        ov_ledger_incident_events(ledger, incident->id, 0, arena, &view->n_events, error);
    view->nodes = view->events ? ov_ledger_nodes(ledger, arena, &view->n_nodes, error) : NULL;
    if (!view->nodes || !read_suspects(view, ledger, arena, error) ||
        !read_others(view, ledger, arena, error))
        return FALSE;
    if (incident->phase != OV_INCIDENT_OPEN)
        return TRUE;
    view->obstacles =
        ov_interlock(ledger, settings, incident, view->now, arena, &view->n_obstacles, error);
    return view->obstacles != NULL;
}
