#include "policy/ledger/ledger_sqlite.h"

gboolean ov_connection_add_suspension(OvConnection *connection, const OvSuspensionRow *row,
                                      GError **error) {
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

static void take_mail(sqlite3_stmt *row, OvArena *arena, GArray *rows) {
    OvSuspendedMail mail = {
        .queue_id = ov_column_text(row, 0, arena),
        .arrival = sqlite3_column_int64(row, 1),
        .sender = ov_column_text(row, 2, arena),
        .message = sqlite3_column_int64(row, 3),
    };
    g_array_append_val(rows, mail);
}

static void take_count(sqlite3_stmt *row, OvArena *arena, GArray *rows) {
    OvSuspendedCount count = {ov_column_text(row, 0, arena), sqlite3_column_int64(row, 1)};
    g_array_append_val(rows, count);
}

OvSuspensionRow *ov_connection_suspensions_in_force(OvConnection *connection, gint64 now,
                                                    OvArena *arena, guint *n, GError **error) {
    sqlite3_stmt *statement =
        ov_connection_statement(connection, OV_STATEMENT_SUSPENSIONS_IN_FORCE, error);
    if (!statement)
        return NULL;
    sqlite3_bind_int64(statement, 1, now);
    return ov_connection_rows(connection, statement, take_row, sizeof(OvSuspensionRow), arena, n,
                              error);
}

OvSuspensionRow *ov_connection_suspension_rows(OvConnection *connection, const char *subject,
                                               gint64 after, guint limit, OvArena *arena, guint *n,
                                               GError **error) {
    sqlite3_stmt *statement =
        ov_connection_statement(connection, OV_STATEMENT_SUSPENSION_ROWS, error);
    if (!statement)
        return NULL;
    sqlite3_bind_text(statement, 1, subject, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 2, after);
    sqlite3_bind_int64(statement, 3, limit);
    return ov_connection_rows(connection, statement, take_row, sizeof(OvSuspensionRow), arena, n,
                              error);
}

gboolean ov_connection_last_suspension(OvConnection *connection, gint64 *id, GError **error) {
    return ov_connection_last_id(connection, OV_STATEMENT_LAST_SUSPENSION, id, error);
}

static gboolean run(OvConnection *connection, OvStatement which, GError **error) {
    sqlite3_stmt *statement = ov_connection_statement(connection, which, error);
    return statement && ov_connection_run(connection, statement, error);
}

/* Ends the transaction: done or not. */
static gboolean finish(OvConnection *connection, gboolean done, GError **error) {
    if (done && run(connection, OV_STATEMENT_COMMIT, error))
        return TRUE;
    run(connection, OV_STATEMENT_ROLLBACK, NULL);
    return FALSE;
}

static gboolean change_one(OvConnection *connection, gboolean keep, const char *subject,
                           const char *node, const OvSuspendedMail *mail, GError **error) {
    sqlite3_stmt *statement = ov_connection_statement(
        connection, keep ? OV_STATEMENT_KEEP_SUSPENDED : OV_STATEMENT_DROP_SUSPENDED, error);
    if (!statement)
        return FALSE;
    sqlite3_bind_text(statement, 1, subject, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 2, node, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 3, mail->queue_id, -1, SQLITE_STATIC);
    if (keep) {
        sqlite3_bind_int64(statement, 4, mail->arrival);
        sqlite3_bind_text(statement, 5, mail->sender, -1, SQLITE_STATIC);
        sqlite3_bind_int64(statement, 6, mail->message);
    }
    return ov_connection_run(connection, statement, error);
}

gboolean ov_connection_change_suspended(OvConnection *connection, gboolean keep,
                                        const char *subject, const char *node,
                                        const OvSuspendedMail *mail, guint n, GError **error) {
    if (!run(connection, OV_STATEMENT_BEGIN, error))
        return FALSE;
    gboolean done = TRUE;
    for (guint i = 0; done && i < n; i++)
        done = change_one(connection, keep, subject, node, &mail[i], error);
    return finish(connection, done, error);
}

OvSuspendedMail *ov_connection_suspended_mail(OvConnection *connection, const char *subject,
                                              const char *node, OvArena *arena, guint *n,
                                              GError **error) {
    sqlite3_stmt *row = ov_connection_statement(connection, OV_STATEMENT_SUSPENDED_MAIL, error);
    if (!row)
        return NULL;
    sqlite3_bind_text(row, 1, subject, -1, SQLITE_STATIC);
    sqlite3_bind_text(row, 2, node, -1, SQLITE_STATIC);
    return ov_connection_rows(connection, row, take_mail, sizeof(OvSuspendedMail), arena, n, error);
}

OvSuspendedCount *ov_connection_suspended_counts(OvConnection *connection, const char *node,
                                                 OvArena *arena, guint *n, GError **error) {
    sqlite3_stmt *row = ov_connection_statement(connection, OV_STATEMENT_SUSPENDED_COUNTS, error);
    if (!row)
        return NULL;
    sqlite3_bind_text(row, 1, node, -1, SQLITE_STATIC);
    return ov_connection_rows(connection, row, take_count, sizeof(OvSuspendedCount), arena, n,
                              error);
}

gboolean ov_connection_insert_actions(OvConnection *connection, const OvSuspendedMail *mail,
                                      guint n, const OvLedgerAction *action, GError **error) {
    if (!run(connection, OV_STATEMENT_BEGIN, error))
        return FALSE;
    gboolean done = TRUE;
    for (guint i = 0; done && i < n; i++)
        done = mail[i].message == 0 ||
               ov_connection_insert_action(connection, mail[i].message, action, error);
    return finish(connection, done, error);
}
