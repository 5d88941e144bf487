#include "policy/ledger/ledger_sqlite.h"

#include "policy/message_id.h"

enum { ROWS_AT_ONCE = 1000 };

static const gint64 DAY = G_GINT64_CONSTANT(24) * 3600 * G_USEC_PER_SEC;

/* *last: id of the newest message of this round, 0 where none is old enough. */
static gboolean find_last(OvConnection *connection, gint64 before, gint64 *last, gboolean *more,
                          GError **error) {
    sqlite3_stmt *statement = ov_connection_statement(connection, OV_STATEMENT_OLDEST, error);
    if (!statement)
        return FALSE;
    sqlite3_bind_int64(statement, 1, before);
    *last = 0;
    *more = FALSE;
    gint64 rows = 0;
    int result;
    while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
        if (rows >= ROWS_AT_ONCE) {
            *more = TRUE;
            break;
        }
        *last = sqlite3_column_int64(statement, 0);
        rows += sqlite3_column_int64(statement, 1);
    }
    gboolean done = result == SQLITE_ROW || result == SQLITE_DONE;
    if (!done)
        ov_connection_fail(connection, error);
    sqlite3_reset(statement);
    return done;
}

/* last: a message or, of what has no message, a day or a time. */
static gboolean delete_up_to(OvConnection *connection, OvStatement which, gint64 last,
                             GError **error) {
    sqlite3_stmt *statement = ov_connection_statement(connection, which, error);
    if (!statement)
        return FALSE;
    sqlite3_bind_int64(statement, 1, last);
    return ov_connection_run(connection, statement, error);
}

/* Words and rules that no message is left to need: unused since before the oldest one; and what is
 * over of suspensions and allowances, and complaints. Once a day, as all of them are read. */
static gboolean prune_texts(OvConnection *connection, gint64 before, GError **error) {
    gint64 day = before / DAY - 1;
    if (connection->pruned_day == day)
        return TRUE;
    connection->pruned_day = day;
    gboolean done = delete_up_to(connection, OV_STATEMENT_PRUNE_WORDS, day, error) &&
                    delete_up_to(connection, OV_STATEMENT_PRUNE_RULES, day, error) &&
                    delete_up_to(connection, OV_STATEMENT_PRUNE_SUSPENSIONS, before, error) &&
                    delete_up_to(connection, OV_STATEMENT_PRUNE_ALLOWANCES, before, error) &&
                    delete_up_to(connection, OV_STATEMENT_PRUNE_COMPLAINTS, before, error);
    g_hash_table_remove_all(connection->words);
    g_hash_table_remove_all(connection->rules);
    return done;
}

gboolean ov_connection_prune(OvConnection *connection, gint64 retention, gint64 now, gboolean *more,
                             GError **error) {
    gint64 last;
    *more = FALSE;
    if (!find_last(connection, ov_id_first_at(now - retention), &last, more, error))
        return FALSE;
    if (last == 0)
        return TRUE;
    return ov_connection_execute(connection, OV_STATEMENT_BEGIN, error) &&
           delete_up_to(connection, OV_STATEMENT_PRUNE_RECIPIENTS, last, error) &&
           delete_up_to(connection, OV_STATEMENT_PRUNE_HITS, last, error) &&
           delete_up_to(connection, OV_STATEMENT_PRUNE_ACTIONS, last, error) &&
           delete_up_to(connection, OV_STATEMENT_PRUNE_DELIVERIES, last, error) &&
           delete_up_to(connection, OV_STATEMENT_PRUNE_QUEUE_EVENTS, last, error) &&
           delete_up_to(connection, OV_STATEMENT_PRUNE_QUEUE_IDS, last, error) &&
           delete_up_to(connection, OV_STATEMENT_PRUNE_MESSAGES, last, error) &&
           ov_connection_prune_counts(connection, now - retention, error) &&
           (*more || prune_texts(connection, now - retention, error)) &&
           ov_connection_execute(connection, OV_STATEMENT_COMMIT, error);
}
