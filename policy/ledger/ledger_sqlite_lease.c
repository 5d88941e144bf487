/* Leases, marks, and what each node tells of itself. */
#include "policy/ledger/ledger_sqlite.h"

enum { MAX_EGRESS = 100000 /* octets: a list that is cut would hide addresses */ };

static const gint64 FORGET_AFTER = G_GINT64_CONSTANT(60) * 24 * 3600 * G_USEC_PER_SEC;

typedef struct {
    const char *name, *holder;
    gint64 now, until;
    gboolean *taken;
} Lease;

static gboolean take_lease(OvConnection *connection, gconstpointer data, GError **error) {
    const Lease *lease = data;
    g_autoptr(OvArena) arena = ov_arena_new();
    sqlite3_stmt *statement = ov_connection_statement(connection, OV_STATEMENT_TAKE_LEASE, error);
    if (!statement)
        return FALSE;
    ov_bind_fit(statement, 1, lease->name, arena);
    ov_bind_fit(statement, 2, lease->holder, arena);
    sqlite3_bind_int64(statement, 3, lease->now);
    sqlite3_bind_int64(statement, 4, lease->until);
    gboolean done = ov_connection_run(connection, statement, error);
    *lease->taken = done && sqlite3_changes(connection->db) > 0;
    return done;
}

gboolean ov_ledger_take_lease(OvLedger *ledger, const char *name, const char *holder, gint64 now,
                              gint64 until, gboolean *taken, GError **error) {
    Lease lease = {name, holder, now, until, taken};
    return ov_ledger_write(ledger, take_lease, &lease, error);
}

static gboolean give_lease(OvConnection *connection, gconstpointer data, GError **error) {
    const Lease *lease = data;
    g_autoptr(OvArena) arena = ov_arena_new();
    sqlite3_stmt *statement = ov_connection_statement(connection, OV_STATEMENT_GIVE_LEASE, error);
    if (!statement)
        return FALSE;
    ov_bind_fit(statement, 1, lease->name, arena);
    ov_bind_fit(statement, 2, lease->holder, arena);
    return ov_connection_run(connection, statement, error);
}

gboolean ov_ledger_give_lease(OvLedger *ledger, const char *name, const char *holder,
                              GError **error) {
    Lease lease = {.name = name, .holder = holder};
    return ov_ledger_write(ledger, give_lease, &lease, error);
}

typedef struct {
    const char *name, *value;
} Mark;

static gboolean put_mark(OvConnection *connection, gconstpointer data, GError **error) {
    const Mark *mark = data;
    g_autoptr(OvArena) arena = ov_arena_new();
    sqlite3_stmt *statement = ov_connection_statement(
        connection, mark->value ? OV_STATEMENT_PUT_MARK : OV_STATEMENT_FORGET_MARK, error);
    if (!statement)
        return FALSE;
    ov_bind_fit(statement, 1, mark->name, arena);
    if (mark->value)
        ov_bind_fit(statement, 2, mark->value, arena);
    return ov_connection_run(connection, statement, error);
}

gboolean ov_ledger_put_mark(OvLedger *ledger, const char *name, const char *value, GError **error) {
    Mark mark = {name, value};
    return ov_ledger_write(ledger, put_mark, &mark, error);
}

static void take_value(sqlite3_stmt *row, OvArena *arena, GArray *rows) {
    const char *value = ov_column_text(row, 0, arena);
    g_array_append_val(rows, value);
}

gboolean ov_ledger_mark(OvLedger *ledger, const char *name, OvArena *arena, const char **value,
                        GError **error) {
    OvQuery query = {OV_STATEMENT_MARK, ov_fit_text(name, OV_FIT, arena), NULL, 0, {0}, take_value,
                     sizeof(char *)};
    guint n = 0;
    const char **values = ov_ledger_rows(ledger, &query, arena, &n, error);
    *value = n > 0 ? values[0] : NULL;
    return values != NULL;
}

static gboolean prune_nodes(OvConnection *connection, gint64 before, GError **error) {
    sqlite3_stmt *statement = ov_connection_statement(connection, OV_STATEMENT_PRUNE_NODES, error);
    if (!statement)
        return FALSE;
    sqlite3_bind_int64(statement, 1, before);
    return ov_connection_run(connection, statement, error);
}

static gboolean put_node(OvConnection *connection, gconstpointer data, GError **error) {
    const OvNodeReport *report = data;
    g_autoptr(OvArena) arena = ov_arena_new();
    sqlite3_stmt *statement = ov_connection_statement(connection, OV_STATEMENT_PUT_NODE, error);
    if (!statement)
        return FALSE;
    ov_bind_fit(statement, 1, report->node, arena);
    sqlite3_bind_int64(statement, 2, report->seen);
    sqlite3_bind_int64(statement, 3, report->suspension);
    const char *egress = ov_fit_text(report->egress, MAX_EGRESS, arena);
    sqlite3_bind_text(statement, 4, egress ? egress : "", -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 5, report->looked);
    sqlite3_bind_int64(statement, 6, report->moving);
    ov_bind_fit(statement, 7, report->trouble, arena);
    return ov_connection_run(connection, statement, error) &&
           prune_nodes(connection, report->seen - FORGET_AFTER, error);
}

gboolean ov_ledger_put_node(OvLedger *ledger, const OvNodeReport *report, GError **error) {
    return ov_ledger_write(ledger, put_node, report, error);
}

static void take_node(sqlite3_stmt *row, OvArena *arena, GArray *rows) {
    OvNodeReport report = {
        .node = ov_column_text(row, 0, arena),
        .seen = sqlite3_column_int64(row, 1),
        .suspension = sqlite3_column_int64(row, 2),
        .egress = ov_column_text(row, 3, arena),
        .looked = sqlite3_column_int64(row, 4),
        .moving = sqlite3_column_int64(row, 5),
        .trouble = ov_column_text(row, 6, arena),
    };
    g_array_append_val(rows, report);
}

OvNodeReport *ov_ledger_nodes(OvLedger *ledger, OvArena *arena, guint *n, GError **error) {
    OvQuery query = {OV_STATEMENT_NODES, NULL, NULL, 0, {0}, take_node, sizeof(OvNodeReport)};
    return ov_ledger_rows(ledger, &query, arena, n, error);
}
