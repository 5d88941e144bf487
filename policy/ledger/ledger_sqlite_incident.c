/* Incidents, their timelines, and who is suspended for them. */
#include "policy/ledger/ledger_sqlite.h"

/* which: OPEN_INCIDENT or CHANGE_INCIDENT, whose parameters have the same numbers. */
static sqlite3_stmt *bind_incident(OvConnection *connection, OvStatement which,
                                   const OvIncident *incident, OvArena *arena, GError **error) {
    sqlite3_stmt *statement = ov_connection_statement(connection, which, error);
    if (!statement)
        return NULL;
    ov_bind_fit(statement, 1, incident->hosting, arena);
    ov_bind_fit(statement, 2, incident->network, arena);
    ov_bind_fit(statement, 3, incident->address, arena);
    sqlite3_bind_int64(statement, 4, incident->since);
    sqlite3_bind_int64(statement, 5, incident->duration);
    ov_bind_fit(statement, 6, incident->state, arena);
    sqlite3_bind_int(statement, 7, (int)incident->phase);
    sqlite3_bind_int64(statement, 8, incident->opened);
    sqlite3_bind_int64(statement, 9, incident->unblocked);
    sqlite3_bind_int64(statement, 10, incident->closed);
    sqlite3_bind_int64(statement, 11, incident->wake);
    sqlite3_bind_int64(statement, 12, incident->total);
    sqlite3_bind_int64(statement, 13, incident->spams);
    sqlite3_bind_int64(statement, 14, incident->average);
    return statement;
}

static gboolean find_block(OvConnection *connection, const OvIncident *incident, OvArena *arena,
                           gint64 *id, GError **error) {
    sqlite3_stmt *statement =
        ov_connection_statement(connection, OV_STATEMENT_INCIDENT_OF_BLOCK, error);
    if (!statement)
        return FALSE;
    ov_bind_fit(statement, 1, incident->address, arena);
    sqlite3_bind_int64(statement, 2, incident->since);
    gboolean found = sqlite3_step(statement) == SQLITE_ROW || ov_connection_fail(connection, error);
    if (found)
        *id = sqlite3_column_int64(statement, 0);
    sqlite3_reset(statement);
    return found;
}

typedef struct {
    const OvIncident *incident;
    gint64 *id;
    gboolean *opened;
} Opening;

static gboolean open_incident(OvConnection *connection, gconstpointer data, GError **error) {
    const Opening *opening = data;
    g_autoptr(OvArena) arena = ov_arena_new();
    sqlite3_stmt *statement =
        bind_incident(connection, OV_STATEMENT_OPEN_INCIDENT, opening->incident, arena, error);
    if (!statement || !ov_connection_run(connection, statement, error))
        return FALSE;
    *opening->opened = sqlite3_changes(connection->db) > 0;
    return find_block(connection, opening->incident, arena, opening->id, error);
}

gboolean ov_ledger_open_incident(OvLedger *ledger, const OvIncident *incident, gint64 *id,
                                 gboolean *opened, GError **error) {
    gboolean unasked;
    Opening opening = {incident, id, opened ? opened : &unasked};
    return ov_ledger_write(ledger, open_incident, &opening, error);
}

typedef struct {
    const OvIncident *incident;
    OvIncidentPhase from;
    gboolean *changed;
} Change;

static gboolean change_incident(OvConnection *connection, gconstpointer data, GError **error) {
    const Change *change = data;
    g_autoptr(OvArena) arena = ov_arena_new();
    sqlite3_stmt *statement =
        bind_incident(connection, OV_STATEMENT_CHANGE_INCIDENT, change->incident, arena, error);
    if (!statement)
        return FALSE;
    sqlite3_bind_int64(statement, 15, change->incident->id);
    sqlite3_bind_int(statement, 16, (int)change->from);
    gboolean done = ov_connection_run(connection, statement, error);
    *change->changed = done && sqlite3_changes(connection->db) > 0;
    return done;
}

gboolean ov_ledger_change_incident(OvLedger *ledger, const OvIncident *incident,
                                   OvIncidentPhase from, gboolean *changed, GError **error) {
    Change change = {incident, from, changed};
    return ov_ledger_write(ledger, change_incident, &change, error);
}

static void take_incident(sqlite3_stmt *row, OvArena *arena, GArray *rows) {
    OvIncident incident = {
        .id = sqlite3_column_int64(row, 0),
        .hosting = ov_column_text(row, 1, arena),
        .network = ov_column_text(row, 2, arena),
        .address = ov_column_text(row, 3, arena),
        .since = sqlite3_column_int64(row, 4),
        .duration = sqlite3_column_int64(row, 5),
        .state = ov_column_text(row, 6, arena),
        .phase = (OvIncidentPhase)CLAMP(sqlite3_column_int(row, 7), 0, OV_N_INCIDENT_PHASES - 1),
        .opened = sqlite3_column_int64(row, 8),
        .unblocked = sqlite3_column_int64(row, 9),
        .closed = sqlite3_column_int64(row, 10),
        .wake = sqlite3_column_int64(row, 11),
        .total = sqlite3_column_int64(row, 12),
        .spams = sqlite3_column_int64(row, 13),
        .average = sqlite3_column_int64(row, 14),
        .detections = sqlite3_column_int64(row, 15),
        .explained = sqlite3_column_int64(row, 16),
    };
    g_array_append_val(rows, incident);
}

OvIncident *ov_ledger_incident(OvLedger *ledger, gint64 id, OvArena *arena, GError **error) {
    OvQuery query = {OV_STATEMENT_INCIDENT, NULL, NULL, 1, {id}, take_incident, sizeof(OvIncident)};
    guint n = 0;
    OvIncident *incident = ov_ledger_rows(ledger, &query, arena, &n, error);
    return n > 0 ? incident : NULL;
}

OvIncident *ov_ledger_incidents(OvLedger *ledger, const char *address, gboolean open, guint limit,
                                OvArena *arena, guint *n, GError **error) {
    OvQuery query = {OV_STATEMENT_INCIDENTS, address,           NULL, 2, {open, limit},
                     take_incident,          sizeof(OvIncident)};
    return ov_ledger_rows(ledger, &query, arena, n, error);
}

typedef struct {
    gint64 incident;
    const OvIncidentEvent *event;
} Event;

static gboolean add_event(OvConnection *connection, gconstpointer data, GError **error) {
    const Event *event = data;
    g_autoptr(OvArena) arena = ov_arena_new();
    sqlite3_stmt *statement =
        ov_connection_statement(connection, OV_STATEMENT_ADD_INCIDENT_EVENT, error);
    if (!statement)
        return FALSE;
    sqlite3_bind_int64(statement, 1, event->incident);
    sqlite3_bind_int64(statement, 2, event->event->time);
    ov_bind_fit(statement, 3, event->event->kind, arena);
    ov_bind_fit(statement, 4, event->event->operator_name, arena);
    ov_bind_fit(statement, 5, event->event->text, arena);
    return ov_connection_run(connection, statement, error);
}

gboolean ov_ledger_add_incident_event(OvLedger *ledger, gint64 incident,
                                      const OvIncidentEvent *event, GError **error) {
    Event row = {incident, event};
    return ov_ledger_write(ledger, add_event, &row, error);
}

static void take_event(sqlite3_stmt *row, OvArena *arena, GArray *rows) {
    OvIncidentEvent event = {
        .time = sqlite3_column_int64(row, 0),
        .kind = ov_column_text(row, 1, arena),
        .operator_name = ov_column_text(row, 2, arena),
        .text = ov_column_text(row, 3, arena),
    };
    g_array_append_val(rows, event);
}

OvIncidentEvent *ov_ledger_incident_events(OvLedger *ledger, gint64 incident, gint64 since,
                                           OvArena *arena, guint *n, GError **error) {
    OvQuery query = {OV_STATEMENT_INCIDENT_EVENTS, NULL, NULL, 2, {incident, since}, take_event,
                     sizeof(OvIncidentEvent)};
    return ov_ledger_rows(ledger, &query, arena, n, error);
}

typedef struct {
    gint64 incident;
    const char *subject;
    guint step;
} Subject;

static gboolean put_subject(OvConnection *connection, gconstpointer data, GError **error) {
    const Subject *subject = data;
    g_autoptr(OvArena) arena = ov_arena_new();
    sqlite3_stmt *statement =
        ov_connection_statement(connection, OV_STATEMENT_PUT_INCIDENT_SUBJECT, error);
    if (!statement)
        return FALSE;
    sqlite3_bind_int64(statement, 1, subject->incident);
    ov_bind_fit(statement, 2, subject->subject, arena);
    sqlite3_bind_int64(statement, 3, subject->step);
    return ov_connection_run(connection, statement, error);
}

gboolean ov_ledger_put_incident_subject(OvLedger *ledger, gint64 incident, const char *subject,
                                        guint step, GError **error) {
    Subject row = {incident, subject, step};
    return ov_ledger_write(ledger, put_subject, &row, error);
}

static void take_subject(sqlite3_stmt *row, OvArena *arena, GArray *rows) {
    OvIncidentSubject subject = {ov_column_text(row, 0, arena),
                                 (guint)sqlite3_column_int64(row, 1)};
    g_array_append_val(rows, subject);
}

OvIncidentSubject *ov_ledger_incident_subjects(OvLedger *ledger, gint64 incident, OvArena *arena,
                                               guint *n, GError **error) {
    OvQuery query = {OV_STATEMENT_INCIDENT_SUBJECTS, NULL, NULL, 1, {incident}, take_subject,
                     sizeof(OvIncidentSubject)};
    return ov_ledger_rows(ledger, &query, arena, n, error);
}
