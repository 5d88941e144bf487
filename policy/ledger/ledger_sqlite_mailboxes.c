/* What mail servers said of mailboxes, the last answer of each. */
#include "policy/ledger/ledger_sqlite.h"

static const gint64 DAY = G_GINT64_CONSTANT(24) * 3600 * G_USEC_PER_SEC;

enum { KEPT = 60 /* days, of mailboxes that nobody asks for any more */ };

static gboolean forget_old(OvConnection *connection, gint64 now, GError **error) {
    sqlite3_stmt *statement =
        ov_connection_statement(connection, OV_STATEMENT_PRUNE_MAILBOXES, error);
    if (!statement)
        return FALSE;
    sqlite3_bind_int64(statement, 1, now - KEPT * DAY);
    return ov_connection_run(connection, statement, error);
}

gboolean ov_connection_put_mailbox(OvConnection *connection, const OvLedgerMailbox *mailbox,
                                   GError **error) {
    sqlite3_stmt *statement = ov_connection_statement(connection, OV_STATEMENT_PUT_MAILBOX, error);
    if (!statement)
        return FALSE;
    sqlite3_bind_text(statement, 1, mailbox->address, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 2, ov_mailbox_state_name(mailbox->state), -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 3, mailbox->answer, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 4, mailbox->since);
    sqlite3_bind_int64(statement, 5, mailbox->checked);
    return ov_connection_run(connection, statement, error) &&
           forget_old(connection, mailbox->checked, error);
}

static const char *column_text(sqlite3_stmt *statement, int column, OvArena *arena) {
    return ov_arena_strndup(arena, (const char *)sqlite3_column_text(statement, column),
                            (gsize)sqlite3_column_bytes(statement, column));
}

OvLedgerMailbox *ov_connection_mailboxes(OvConnection *connection, OvArena *arena, guint *n,
                                         GError **error) {
    sqlite3_stmt *statement = ov_connection_statement(connection, OV_STATEMENT_MAILBOXES, error);
    if (!statement)
        return NULL;
    OvLedgerMailbox *mailboxes = OV_ARENA_NEW(arena, OvLedgerMailbox, OV_LEDGER_MAX_MAILBOXES);
    sqlite3_bind_int(statement, 1, OV_LEDGER_MAX_MAILBOXES);
    int result;
    *n = 0;
    while ((result = sqlite3_step(statement)) == SQLITE_ROW)
        mailboxes[(*n)++] = (OvLedgerMailbox){
            .address = column_text(statement, 0, arena),
            .state = ov_mailbox_state_from_name((const char *)sqlite3_column_text(statement, 1)),
            .answer = column_text(statement, 2, arena),
            .since = sqlite3_column_int64(statement, 3),
            .checked = sqlite3_column_int64(statement, 4),
        };
    if (result != SQLITE_DONE)
        ov_connection_fail(connection, error);
    sqlite3_reset(statement);
    return result == SQLITE_DONE ? mailboxes : NULL;
}
