#include "policy/review/incident_import.h"

#include "policy/limits/subject.h"
#include "policy/provider/correlate.h"
#include "policy/provider/hosting.h"
#include "policy/review/logged.h"

enum { AT_ONCE = 1000 /* detections that are looked at in one go */ };

typedef struct {
    OvLedger *ledger;
    const OvSettings *settings;
    const OvIncidentImportWish *wish;
    OvArena *arena;
    OvIncidentImport *result;
} Import;

static gboolean note(Import *import, const char *kind, const char *text, GError **error) {
    const OvIncidentEvent event = {
        .time = import->wish->now,
        .kind = kind,
        .operator_name = import->wish->operator_name,
        .text = text,
    };
    return ov_ledger_add_incident_event(import->ledger, import->result->incident, &event, error);
}

/* Of the provider's poller or of an earlier import, or a new one. */
static gboolean find_incident(Import *import, GError **error) {
    const OvIncidentImportWish *wish = import->wish;
    OvIncidentImport *result = import->result;
    guint n = 0;
    const OvIncident *open =
        ov_ledger_incidents(import->ledger, wish->address, TRUE, 1, import->arena, &n, error);
    if (!open)
        return FALSE;
    if (n > 0) {
        result->incident = open->id;
        return TRUE;
    }
    const OvIncident incident = {
        .hosting = "import",
        .network = "",
        .address = wish->address,
        .since = wish->now,
        .state = ov_block_state_name(OV_BLOCK_BLOCKED),
        .phase = OV_INCIDENT_OPEN,
        .opened = wish->now,
        .total = -1,
        .spams = -1,
        .average = -1,
    };
    if (!ov_ledger_open_incident(import->ledger, &incident, &result->incident, &result->opened,
                                 error))
        return FALSE;
    return !result->opened ||
           note(import, "opened", ov_arena_printf(import->arena, "imported from %s", wish->source),
                error);
}

static guint count_of(GHashTable *counts, const char *id) {
    return GPOINTER_TO_UINT(g_hash_table_lookup(counts, id));
}

/* Counts the Message-IDs, in lower case, of the incident's detections that say where they went. */
static GHashTable *count_ids(Import *import, GError **error) {
    g_autoptr(OvArena) arena = ov_arena_new();
    g_autoptr(GHashTable) counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    guint n = AT_ONCE;
    for (gint64 after = 0; n == AT_ONCE;) {
        ov_arena_reset(arena);
        const OvDetection *detections =
            ov_ledger_detections(import->ledger, import->result->incident, OV_N_DETECTION_FINDINGS,
                                 after, AT_ONCE, arena, &n, error);
        if (!detections)
            return NULL;
        for (guint i = 0; i < n; i++) {
            after = detections[i].id;
            if (!detections[i].destination || !*detections[i].destination)
                continue;
            char *id = g_ascii_strdown(detections[i].message_id, -1);
            guint before = count_of(counts, id);
            g_hash_table_replace(counts, id, GUINT_TO_POINTER(before + 1));
        }
    }
    return g_steal_pointer(&counts);
}

/* The alert's detections, without those of a list that are told in full already: the ledger tells
 * apart what has a destination and what has none. */
static OvDetection *choose_fresh(Import *import, const OvAlertMail *alert, guint *n,
                                 GError **error) {
    g_autoptr(GHashTable) counts = count_ids(import, error);
    if (!counts)
        return NULL;
    OvDetection *fresh = OV_ARENA_NEW(import->arena, OvDetection, alert->n_detections + 1);
    *n = 0;
    for (guint i = 0; i < alert->n_detections; i++) {
        const OvDetection *detection = &alert->detections[i];
        g_autofree char *id = g_ascii_strdown(detection->message_id, -1);
        guint told = detection->destination ? 0 : count_of(counts, id);
        if (told > 0)
            g_hash_table_replace(counts, g_steal_pointer(&id), GUINT_TO_POINTER(told - 1));
        else
            fresh[(*n)++] = *detection;
    }
    return fresh;
}

static gboolean add_detections(Import *import, const OvAlertMail *alert, GError **error) {
    guint n = 0;
    const OvDetection *fresh = choose_fresh(import, alert, &n, error);
    if (!fresh || (n > 0 && !ov_ledger_add_detections(import->ledger, import->result->incident,
                                                      fresh, n, &import->result->n_new, error)))
        return FALSE;
    const char *text =
        ov_arena_printf(import->arena, "%u detections of %s, %u of them new", alert->n_detections,
                        import->wish->source, import->result->n_new);
    return import->result->n_new == 0 || note(import, "imported", text, error);
}

/* Looks in the ledger for the detections of one finding. */
static gboolean correlate(Import *import, OvDetectionFinding finding, GError **error) {
    g_autoptr(OvArena) arena = ov_arena_new();
    guint n = AT_ONCE;
    for (gint64 after = 0; n == AT_ONCE;) {
        ov_arena_reset(arena);
        OvDetection *detections = ov_ledger_detections(import->ledger, import->result->incident,
                                                       finding, after, AT_ONCE, arena, &n, error);
        if (!detections)
            return FALSE;
        if (n == 0)
            break;
        after = detections[n - 1].id;
        if (!ov_correlate_all(import->ledger, import->wish->address, detections, n, arena, error) ||
            !ov_ledger_explain_detections(import->ledger, detections, n, error))
            return FALSE;
    }
    return TRUE;
}

/* What the logs tell of each detection, which then is one of them. */
static guint explain(Import *import, const OvLogSearch *search, OvDetection *detections) {
    guint explained = 0;
    for (guint i = 0; i < search->n_found; i++) {
        const OvLogFound *found = &search->found[i];
        const OvLoggedMessage *message = found->messages;
        if (found->n_messages == 0)
            continue;
        OvDetection detection = detections[i];
        detection.finding = OV_DETECTION_LOGS;
        detection.account = ov_logged_account(found, import->settings, import->arena, &message);
        detection.text = ov_logged_text(message, import->arena);
        detection.operator_name = import->wish->operator_name;
        detections[explained++] = detection;
    }
    return explained;
}

/* Looks in the logs for those that the ledger does not know, as many at a time as can be. */
static gboolean search_logs(Import *import, GError **error) {
    guint n = OV_LOG_SEARCH_MAX_IDS;
    for (gint64 after = 0; n == OV_LOG_SEARCH_MAX_IDS && import->wish->n_logs > 0;) {
        OvDetection *detections =
            ov_ledger_detections(import->ledger, import->result->incident, OV_DETECTION_UNKNOWN,
                                 after, OV_LOG_SEARCH_MAX_IDS, import->arena, &n, error);
        if (!detections)
            return FALSE;
        if (n == 0)
            break;
        after = detections[n - 1].id;
        const char **ids = OV_ARENA_NEW(import->arena, const char *, n);
        for (guint i = 0; i < n; i++)
            ids[i] = detections[i].message_id;
        const OvLogSearch *search =
            ov_log_search(ids, n, import->wish->logs, import->wish->n_logs, 0, import->arena);
        import->result->search = search;
        guint explained = explain(import, search, detections);
        if (explained > 0 &&
            !ov_ledger_explain_detections(import->ledger, detections, explained, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean count_findings(Import *import, GError **error) {
    g_autoptr(OvArena) arena = ov_arena_new();
    guint n = AT_ONCE;
    for (gint64 after = 0; n == AT_ONCE;) {
        ov_arena_reset(arena);
        const OvDetection *detections =
            ov_ledger_detections(import->ledger, import->result->incident, OV_N_DETECTION_FINDINGS,
                                 after, AT_ONCE, arena, &n, error);
        if (!detections)
            return FALSE;
        for (guint i = 0; i < n; i++)
            import->result->findings[detections[i].finding]++;
        if (n > 0)
            after = detections[n - 1].id;
    }
    import->result->culprits =
        ov_ledger_culprits(import->ledger, import->result->incident, import->arena,
                           &import->result->n_culprits, error);
    return import->result->culprits != NULL;
}

static void choose_account(OvIncidentImport *result) {
    for (guint i = 0; i < result->n_culprits && !result->account; i++)
        if (*result->culprits[i].account)
            result->account = result->culprits[i].account;
}

/* Whether there is anything left to be done about the account that sent most. */
static gboolean find_suspension(Import *import, GError **error) {
    OvIncidentImport *result = import->result;
    OvSubject subject;
    guint n;
    choose_account(result);
    if (!ov_subject_set(&subject, OV_SUBJECT_ACCOUNT, result->account, import->arena))
        return TRUE;
    const char *name = ov_subject_format(&subject, import->arena);
    const OvSuspensionRow *rows =
        ov_ledger_suspensions_in_force(import->ledger, import->wish->now, import->arena, &n, error);
    for (guint i = 0; rows && i < n; i++)
        if (g_str_equal(rows[i].subject, name))
            result->suspension = &rows[i];
    return rows != NULL;
}

gboolean ov_incident_import(OvLedger *ledger, const OvSettings *settings, const OvAlertMail *alert,
                            const OvIncidentImportWish *wish, OvArena *arena,
                            OvIncidentImport *result, GError **error) {
    Import import = {ledger, settings, wish, arena, result};
    *result = (OvIncidentImport){0};
    return find_incident(&import, error) && add_detections(&import, alert, error) &&
           correlate(&import, OV_DETECTION_NEW, error) &&
           correlate(&import, OV_DETECTION_UNKNOWN, error) && search_logs(&import, error) &&
           count_findings(&import, error) && find_suspension(&import, error);
}
