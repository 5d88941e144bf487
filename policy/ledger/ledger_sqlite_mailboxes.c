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

static gboolean put_mailbox(OvConnection *connection, gconstpointer data, GError **error) {
    const OvLedgerMailbox *mailbox = data;
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

gboolean ov_ledger_put_mailbox(OvLedger *ledger, const OvLedgerMailbox *mailbox, GError **error) {
    return ov_ledger_write_apart(ledger, put_mailbox, mailbox, error);
}

static void take_mailbox(sqlite3_stmt *row, OvArena *arena, GArray *rows) {
    OvLedgerMailbox mailbox = {
        .address = ov_column_text(row, 0, arena),
        .state = ov_mailbox_state_from_name((const char *)sqlite3_column_text(row, 1)),
        .answer = ov_column_text(row, 2, arena),
        .since = sqlite3_column_int64(row, 3),
        .checked = sqlite3_column_int64(row, 4),
    };
    g_array_append_val(rows, mailbox);
}

OvLedgerMailbox *ov_ledger_mailboxes(OvLedger *ledger, OvArena *arena, guint *n, GError **error) {
    OvQuery query = {OV_STATEMENT_MAILBOXES, NULL, NULL, 1, {OV_LEDGER_MAX_MAILBOXES}, take_mailbox,
                     sizeof(OvLedgerMailbox)};
    return ov_ledger_rows(ledger, &query, arena, n, error);
}
