#include "policy/ledger/ledger_sqlite.h"

static const char *const KINDS[OV_N_ALLOWANCE_KINDS] = {
    [OV_ALLOWANCE_MAILING] = "mailing",
    [OV_ALLOWANCE_EASING] = "easing",
};

const char *ov_allowance_kind_name(OvAllowanceKind kind) {
    g_assert((guint)kind < OV_N_ALLOWANCE_KINDS);
    return KINDS[kind];
}

static gboolean add_allowance(OvConnection *connection, gconstpointer data, GError **error) {
    const OvAllowanceRow *row = data;
    sqlite3_stmt *statement =
        ov_connection_statement(connection, OV_STATEMENT_ADD_ALLOWANCE, error);
    if (!statement)
        return FALSE;
    sqlite3_bind_int64(statement, 1, row->time);
    sqlite3_bind_text(statement, 2, row->subject, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 3, ov_allowance_kind_name(row->kind), -1, SQLITE_STATIC);
    sqlite3_bind_int(statement, 4, row->ended);
    sqlite3_bind_int64(statement, 5, row->until);
    sqlite3_bind_int64(statement, 6, row->recipients);
    sqlite3_bind_int64(statement, 7, row->messages);
    sqlite3_bind_text(statement, 8, row->span, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 9, row->operator_name, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 10, row->reason, -1, SQLITE_STATIC);
    return ov_connection_run(connection, statement, error);
}

gboolean ov_ledger_add_allowance(OvLedger *ledger, const OvAllowanceRow *row, GError **error) {
    return ov_ledger_write(ledger, add_allowance, row, error);
}

/* A kind that a newer Outvet may know is passed over. */
static void take_row(sqlite3_stmt *row, OvArena *arena, GArray *rows) {
    const char *kind = ov_column_text(row, 3, arena);
    OvAllowanceRow allowance = {
        .id = sqlite3_column_int64(row, 0),
        .time = sqlite3_column_int64(row, 1),
        .subject = ov_column_text(row, 2, arena),
        .ended = sqlite3_column_int(row, 4) != 0,
        .until = sqlite3_column_int64(row, 5),
        .recipients = sqlite3_column_int64(row, 6),
        .messages = sqlite3_column_int64(row, 7),
        .span = ov_column_text(row, 8, arena),
        .operator_name = ov_column_text(row, 9, arena),
        .reason = ov_column_text(row, 10, arena),
    };
    for (guint i = 0; i < OV_N_ALLOWANCE_KINDS; i++)
        if (g_strcmp0(kind, KINDS[i]) == 0) {
            allowance.kind = (OvAllowanceKind)i;
            g_array_append_val(rows, allowance);
        }
}

OvAllowanceRow *ov_ledger_allowances_in_force(OvLedger *ledger, gint64 now, OvArena *arena,
                                              guint *n, GError **error) {
    OvQuery query = {.which = OV_STATEMENT_ALLOWANCES_IN_FORCE,
                     .n_numbers = 1,
                     .numbers = {now},
                     .take = take_row,
                     .size = sizeof(OvAllowanceRow)};
    return ov_ledger_rows(ledger, &query, arena, n, error);
}

OvAllowanceRow *ov_ledger_allowance_rows(OvLedger *ledger, const char *subject, gint64 after,
                                         guint limit, OvArena *arena, guint *n, GError **error) {
    OvQuery query = {.which = OV_STATEMENT_ALLOWANCE_ROWS,
                     .text = subject,
                     .n_numbers = 2,
                     .numbers = {after, limit},
                     .take = take_row,
                     .size = sizeof(OvAllowanceRow)};
    return ov_ledger_rows(ledger, &query, arena, n, error);
}

static gboolean last_allowance(OvConnection *connection, gpointer id, GError **error) {
    return ov_connection_last_id(connection, OV_STATEMENT_LAST_ALLOWANCE, id, error);
}

gboolean ov_ledger_last_allowance(OvLedger *ledger, gint64 *id, GError **error) {
    return ov_ledger_read(ledger, last_allowance, id, error);
}
