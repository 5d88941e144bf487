#include "policy/ledger/ledger_sqlite.h"

static gboolean add_suspension(OvConnection *connection, gconstpointer data, GError **error) {
    const OvSuspensionRow *row = data;
    sqlite3_stmt *statement =
        ov_connection_statement(connection, OV_STATEMENT_ADD_SUSPENSION, error);
    if (!statement)
        return FALSE;
    sqlite3_bind_int64(statement, 1, row->time);
    sqlite3_bind_text(statement, 2, row->subject, -1, SQLITE_STATIC);
    sqlite3_bind_int(statement, 3, row->ended);
    sqlite3_bind_int64(statement, 4, row->until);
    sqlite3_bind_text(statement, 5, row->answer, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 6, row->operator_name, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 7, row->reason, -1, SQLITE_STATIC);
    sqlite3_bind_int(statement, 8, row->queue);
    return ov_connection_run(connection, statement, error);
}

gboolean ov_ledger_add_suspension(OvLedger *ledger, const OvSuspensionRow *row, GError **error) {
    return ov_ledger_write(ledger, add_suspension, row, error);
}

static void take_row(sqlite3_stmt *row, OvArena *arena, GArray *rows) {
    OvSuspensionRow suspension = {
        .id = sqlite3_column_int64(row, 0),
        .time = sqlite3_column_int64(row, 1),
        .subject = ov_column_text(row, 2, arena),
        .ended = sqlite3_column_int(row, 3) != 0,
        .until = sqlite3_column_int64(row, 4),
        .answer = ov_column_text(row, 5, arena),
        .operator_name = ov_column_text(row, 6, arena),
        .reason = ov_column_text(row, 7, arena),
        .queue = sqlite3_column_int(row, 8) != 0,
    };
    g_array_append_val(rows, suspension);
}

OvSuspensionRow *ov_ledger_suspensions_in_force(OvLedger *ledger, gint64 now, OvArena *arena,
                                                guint *n, GError **error) {
    OvQuery query = {.which = OV_STATEMENT_SUSPENSIONS_IN_FORCE,
                     .n_numbers = 1,
                     .numbers = {now},
                     .take = take_row,
                     .size = sizeof(OvSuspensionRow)};
    return ov_ledger_rows(ledger, &query, arena, n, error);
}

OvSuspensionRow *ov_ledger_suspension_rows(OvLedger *ledger, const char *subject, gint64 after,
                                           guint limit, OvArena *arena, guint *n, GError **error) {
    OvQuery query = {.which = OV_STATEMENT_SUSPENSION_ROWS,
                     .text = subject,
                     .n_numbers = 2,
                     .numbers = {after, limit},
                     .take = take_row,
                     .size = sizeof(OvSuspensionRow)};
    return ov_ledger_rows(ledger, &query, arena, n, error);
}

static gboolean last_suspension(OvConnection *connection, gpointer id, GError **error) {
    return ov_connection_last_id(connection, OV_STATEMENT_LAST_SUSPENSION, id, error);
}

gboolean ov_ledger_last_suspension(OvLedger *ledger, gint64 *id, GError **error) {
    return ov_ledger_read(ledger, last_suspension, id, error);
}

typedef struct {
    gboolean keep; /* or drop */
    const char *subject, *node;
    const OvSuspendedMail *mail;
    guint n;
} Suspended;

static gboolean change_one(OvConnection *connection, const Suspended *suspended,
                           const OvSuspendedMail *mail, GError **error) {
    sqlite3_stmt *statement = ov_connection_statement(
        connection, suspended->keep ? OV_STATEMENT_KEEP_SUSPENDED : OV_STATEMENT_DROP_SUSPENDED,
        error);
    if (!statement)
        return FALSE;
    sqlite3_bind_text(statement, 1, suspended->subject, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 2, suspended->node, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 3, mail->queue_id, -1, SQLITE_STATIC);
    if (suspended->keep) {
        sqlite3_bind_int64(statement, 4, mail->arrival);
        sqlite3_bind_text(statement, 5, mail->sender, -1, SQLITE_STATIC);
        sqlite3_bind_int64(statement, 6, mail->message);
    }
    return ov_connection_run(connection, statement, error);
}

static gboolean change_all(OvConnection *connection, gconstpointer data, GError **error) {
    const Suspended *suspended = data;
    for (guint i = 0; i < suspended->n; i++)
        if (!change_one(connection, suspended, &suspended->mail[i], error))
            return FALSE;
    return TRUE;
}

gboolean ov_ledger_keep_suspended(OvLedger *ledger, const char *subject, const char *node,
                                  const OvSuspendedMail *mail, guint n, GError **error) {
    const Suspended suspended = {TRUE, subject, node, mail, n};
    return n == 0 || ov_ledger_write_apart(ledger, change_all, &suspended, error);
}

gboolean ov_ledger_drop_suspended(OvLedger *ledger, const char *subject, const char *node,
                                  const OvSuspendedMail *mail, guint n, GError **error) {
    const Suspended suspended = {FALSE, subject, node, mail, n};
    return n == 0 || ov_ledger_write_apart(ledger, change_all, &suspended, error);
}

static void take_mail(sqlite3_stmt *row, OvArena *arena, GArray *rows) {
    OvSuspendedMail mail = {
        .queue_id = ov_column_text(row, 0, arena),
        .arrival = sqlite3_column_int64(row, 1),
        .sender = ov_column_text(row, 2, arena),
        .message = sqlite3_column_int64(row, 3),
    };
    g_array_append_val(rows, mail);
}

OvSuspendedMail *ov_ledger_suspended_mail(OvLedger *ledger, const char *subject, const char *node,
                                          OvArena *arena, guint *n, GError **error) {
    OvQuery query = {.which = OV_STATEMENT_SUSPENDED_MAIL,
                     .text = subject,
                     .take = take_mail,
                     .size = sizeof(OvSuspendedMail),
                     .last_text = node};
    return ov_ledger_rows(ledger, &query, arena, n, error);
}

static void take_count(sqlite3_stmt *row, OvArena *arena, GArray *rows) {
    OvSuspendedCount count = {ov_column_text(row, 0, arena), sqlite3_column_int64(row, 1)};
    g_array_append_val(rows, count);
}

OvSuspendedCount *ov_ledger_suspended_counts(OvLedger *ledger, const char *node, OvArena *arena,
                                             guint *n, GError **error) {
    OvQuery query = {.which = OV_STATEMENT_SUSPENDED_COUNTS,
                     .text = node,
                     .take = take_count,
                     .size = sizeof(OvSuspendedCount)};
    return ov_ledger_rows(ledger, &query, arena, n, error);
}

typedef struct {
    const OvSuspendedMail *mail;
    guint n;
    OvLedgerAction action;
} Actions;

static gboolean insert_actions(OvConnection *connection, gconstpointer data, GError **error) {
    const Actions *actions = data;
    for (guint i = 0; i < actions->n; i++) {
        gint64 message = actions->mail[i].message;
        if (message != 0 &&
            !ov_connection_insert_action(connection, message, &actions->action, error))
            return FALSE;
    }
    return TRUE;
}

gboolean ov_ledger_add_actions(OvLedger *ledger, const OvSuspendedMail *mail, guint n,
                               const char *action, const char *operator_name, const char *detail,
                               GError **error) {
    const Actions actions = {mail, n, {g_get_real_time(), action, operator_name, detail}};
    return n == 0 || ov_ledger_write_apart(ledger, insert_actions, &actions, error);
}
