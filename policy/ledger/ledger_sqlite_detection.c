/* What the provider took for spam, and what is known of it. */
#include "policy/ledger/ledger_sqlite.h"

#include "policy/message_id.h"

/* Two that are told alike are two messages: each has its number among them. */
static guint hash_of(gconstpointer data) {
    const OvDetection *detection = data;
    return g_str_hash(detection->message_id) ^ g_int64_hash(&detection->time) ^
           g_int64_hash(&detection->score) * 31;
}

static gboolean told_alike(gconstpointer a, gconstpointer b) {
    const OvDetection *one = a, *other = b;
    return one->time == other->time && one->score == other->score &&
           g_str_equal(one->message_id, other->message_id) &&
           g_str_equal(one->destination, other->destination);
}

/* A detection as it is to be kept. */
typedef struct {
    gint64 incident;
    OvDetection told;
    guint nth;
} Kept;

static sqlite3_stmt *bind_kept(OvConnection *connection, OvStatement which, const Kept *kept,
                               GError **error) {
    sqlite3_stmt *statement = ov_connection_statement(connection, which, error);
    if (!statement)
        return NULL;
    sqlite3_bind_int64(statement, 1, kept->incident);
    sqlite3_bind_text(statement, 2, kept->told.message_id, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 3, kept->told.destination, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 4, kept->told.time);
    sqlite3_bind_int64(statement, 5, kept->told.score);
    sqlite3_bind_int64(statement, 6, kept->nth);
    return statement;
}

/* One that was known without its time has it now. */
static gboolean time_one(OvConnection *connection, const Kept *kept, gboolean *timed,
                         GError **error) {
    *timed = FALSE;
    if (kept->told.time == 0)
        return TRUE;
    sqlite3_stmt *statement = bind_kept(connection, OV_STATEMENT_TIME_DETECTION, kept, error);
    if (!statement || !ov_connection_run(connection, statement, error))
        return FALSE;
    *timed = sqlite3_changes(connection->db) > 0;
    return TRUE;
}

static gboolean add_one(OvConnection *connection, const Kept *kept, OvArena *arena, guint *n_new,
                        GError **error) {
    gboolean timed;
    if (!time_one(connection, kept, &timed, error))
        return FALSE;
    sqlite3_stmt *statement =
        timed ? NULL : bind_kept(connection, OV_STATEMENT_ADD_DETECTION, kept, error);
    if (!statement)
        return timed;
    ov_bind_fit(statement, 7, kept->told.origin, arena);
    sqlite3_bind_int(statement, 8, (int)kept->told.finding);
    sqlite3_bind_int64(statement, 9, kept->told.message);
    sqlite3_bind_text(statement, 10, ov_fit_text(kept->told.account, OV_FIT, arena), -1,
                      SQLITE_STATIC);
    sqlite3_bind_text(statement, 11, ov_fit_text(kept->told.text, OV_FIT, arena), -1,
                      SQLITE_STATIC);
    sqlite3_bind_text(statement, 12, ov_fit_text(kept->told.operator_name, OV_FIT, arena), -1,
                      SQLITE_STATIC);
    if (!ov_connection_run(connection, statement, error))
        return FALSE;
    *n_new += (guint)sqlite3_changes(connection->db);
    return TRUE;
}

typedef struct {
    gint64 incident;
    const OvDetection *detections;
    guint n;
    guint *n_new;
} Addition;

static gboolean add_all(OvConnection *connection, gconstpointer data, GError **error) {
    const Addition *addition = data;
    g_autoptr(OvArena) arena = ov_arena_new();
    g_autoptr(GHashTable) told = g_hash_table_new(hash_of, told_alike);
    Kept *all = OV_ARENA_NEW(arena, Kept, addition->n);
    *addition->n_new = 0;
    for (guint i = 0; i < addition->n; i++) {
        Kept *kept = &all[i];
        *kept = (Kept){.incident = addition->incident, .told = addition->detections[i]};
        const char *id = kept->told.message_id, *destination = kept->told.destination;
        kept->told.message_id = id ? ov_fit_text(id, OV_FIT, arena) : "";
        kept->told.destination = destination ? ov_fit_text(destination, OV_FIT, arena) : "";
        kept->nth = GPOINTER_TO_UINT(g_hash_table_lookup(told, &kept->told));
        g_hash_table_insert(told, &kept->told, GUINT_TO_POINTER(kept->nth + 1));
        if (!add_one(connection, kept, arena, addition->n_new, error))
            return FALSE;
    }
    return TRUE;
}

gboolean ov_ledger_add_detections(OvLedger *ledger, gint64 incident, const OvDetection *detections,
                                  guint n, guint *n_new, GError **error) {
    guint unasked;
    Addition addition = {incident, detections, n, n_new ? n_new : &unasked};
    return ov_ledger_write(ledger, add_all, &addition, error);
}

static gboolean explain_one(OvConnection *connection, const OvDetection *detection, OvArena *arena,
                            GError **error) {
    sqlite3_stmt *statement =
        ov_connection_statement(connection, OV_STATEMENT_EXPLAIN_DETECTION, error);
    if (!statement)
        return FALSE;
    sqlite3_bind_int64(statement, 1, detection->id);
    sqlite3_bind_int(statement, 2, (int)detection->finding);
    sqlite3_bind_int64(statement, 3, detection->message);
    sqlite3_bind_text(statement, 4, ov_fit_text(detection->account, OV_FIT, arena), -1,
                      SQLITE_STATIC);
    sqlite3_bind_text(statement, 5, ov_fit_text(detection->text, OV_FIT, arena), -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 6, ov_fit_text(detection->operator_name, OV_FIT, arena), -1,
                      SQLITE_STATIC);
    return ov_connection_run(connection, statement, error);
}

static gboolean explain_all(OvConnection *connection, gconstpointer data, GError **error) {
    const Addition *explained = data;
    g_autoptr(OvArena) arena = ov_arena_new();
    for (guint i = 0; i < explained->n; i++)
        if (!explain_one(connection, &explained->detections[i], arena, error))
            return FALSE;
    return TRUE;
}

gboolean ov_ledger_explain_detections(OvLedger *ledger, const OvDetection *detections, guint n,
                                      GError **error) {
    Addition explained = {.detections = detections, .n = n};
    return ov_ledger_write(ledger, explain_all, &explained, error);
}

static void take_detection(sqlite3_stmt *row, OvArena *arena, GArray *rows) {
    OvDetection detection = {
        .id = sqlite3_column_int64(row, 0),
        .message_id = ov_column_text(row, 1, arena),
        .destination = ov_column_text(row, 2, arena),
        .time = sqlite3_column_int64(row, 3),
        .score = sqlite3_column_int64(row, 4),
        .origin = ov_column_text(row, 5, arena),
        .finding =
            (OvDetectionFinding)CLAMP(sqlite3_column_int(row, 6), 0, OV_N_DETECTION_FINDINGS - 1),
        .message = sqlite3_column_int64(row, 7),
        .account = ov_column_text(row, 8, arena),
        .text = ov_column_text(row, 9, arena),
        .operator_name = ov_column_text(row, 10, arena),
    };
    g_array_append_val(rows, detection);
}

OvDetection *ov_ledger_detections(OvLedger *ledger, gint64 incident, OvDetectionFinding finding,
                                  gint64 after, guint limit, OvArena *arena, guint *n,
                                  GError **error) {
    gboolean all = finding == OV_N_DETECTION_FINDINGS;
    OvQuery query = {.which = all ? OV_STATEMENT_DETECTIONS : OV_STATEMENT_DETECTIONS_FOUND,
                     .n_numbers = all ? 3 : 4,
                     .numbers = {incident, after, limit, finding},
                     .take = take_detection,
                     .size = sizeof(OvDetection)};
    return ov_ledger_rows(ledger, &query, arena, n, error);
}

/* An id holds its time, also when the message has left the ledger. */
static void take_culprit(sqlite3_stmt *row, OvArena *arena, GArray *rows) {
    gint64 first = sqlite3_column_int64(row, 2), last = sqlite3_column_int64(row, 3);
    OvCulprit culprit = {
        .account = ov_column_text(row, 0, arena),
        .detections = sqlite3_column_int64(row, 1),
        .first = first ? ov_id_time(first) : 0,
        .last = last ? ov_id_time(last) : 0,
    };
    g_array_append_val(rows, culprit);
}

OvCulprit *ov_ledger_culprits(OvLedger *ledger, gint64 incident, OvArena *arena, guint *n,
                              GError **error) {
    OvQuery query = {OV_STATEMENT_CULPRITS, NULL, NULL, 1, {incident}, take_culprit,
                     sizeof(OvCulprit)};
    return ov_ledger_rows(ledger, &query, arena, n, error);
}
