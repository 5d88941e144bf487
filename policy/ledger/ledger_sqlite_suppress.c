#include "policy/ledger/ledger_sqlite.h"

/* Rows that are taken in at a time. */
enum { STEP = 20000 };

static gboolean suppress_one(OvConnection *connection, const OvSuppression *suppression,
                             const OvRecipientKey *key, GError **error) {
    guint8 hash[OV_RECIPIENT_HASH_SIZE];
    sqlite3_stmt *statement = ov_connection_statement(connection, OV_STATEMENT_SUPPRESS, error);
    if (!statement)
        return FALSE;
    ov_recipient_hash(key, suppression->recipient, hash);
    sqlite3_bind_int64(statement, 1, g_get_real_time());
    sqlite3_bind_text(statement, 2, suppression->sender, -1, SQLITE_STATIC);
    sqlite3_bind_blob(statement, 3, hash, sizeof hash, SQLITE_STATIC);
    if (suppression->since != 0)
        sqlite3_bind_int64(statement, 4, suppression->since);
    sqlite3_bind_text(statement, 5, suppression->operator_name, -1, SQLITE_STATIC);
    return ov_connection_run(connection, statement, error);
}

typedef struct {
    const OvSuppression *suppressions;
    guint n;
    const OvRecipientKey *key;
    guint *n_changed;
} Batch;

static gboolean suppress_all(OvConnection *connection, gconstpointer data, GError **error) {
    const Batch *batch = data;
    *batch->n_changed = 0;
    for (guint i = 0; i < batch->n; i++) {
        if (!suppress_one(connection, &batch->suppressions[i], batch->key, error))
            return FALSE;
        *batch->n_changed += (guint)sqlite3_changes(connection->db);
    }
    return TRUE;
}

gboolean ov_connection_suppress(OvConnection *connection, const OvSuppression *suppressions,
                                guint n, const OvRecipientKey *key, guint *n_changed,
                                GError **error) {
    const Batch batch = {suppressions, n, key, n_changed};
    return ov_connection_transact(connection, suppress_all, &batch, error);
}

/* time, sender, hash, since, operator, complaint */
static void take_suppression(sqlite3_stmt *row, OvArena *arena, GArray *rows) {
    OvSuppression suppression = {
        .time = sqlite3_column_int64(row, 0),
        .sender = ov_column_text(row, 1, arena),
        .recipient = ov_column_hex(row, 2, arena),
        .since = sqlite3_column_int64(row, 3),
        .operator_name = ov_column_text(row, 4, arena),
        .complaint = sqlite3_column_int64(row, 5),
    };
    g_array_append_val(rows, suppression);
}

OvSuppression *ov_connection_suppressions(OvConnection *connection, const char *recipient,
                                          const OvRecipientKey *key, OvArena *arena, guint *n,
                                          GError **error) {
    sqlite3_stmt *statement = ov_connection_statement(connection, OV_STATEMENT_SUPPRESSIONS, error);
    if (!statement)
        return NULL;
    guint8 hash[OV_RECIPIENT_HASH_SIZE];
    if (recipient) {
        ov_recipient_hash(key, recipient, hash);
        sqlite3_bind_blob(statement, 1, hash, sizeof hash, SQLITE_STATIC);
    }
    return ov_connection_rows(connection, statement, take_suppression, sizeof(OvSuppression), arena,
                              n, error);
}

gboolean ov_connection_follow_suppressions(OvConnection *connection, OvSuppressions *suppressions,
                                           gint64 *after, GError **error) {
    g_autoptr(GArray) changes = g_array_new(FALSE, FALSE, sizeof(OvSuppressed));
    do {
        sqlite3_stmt *row =
            ov_connection_statement(connection, OV_STATEMENT_SUPPRESSIONS_AFTER, error);
        if (!row)
            return FALSE;
        g_array_set_size(changes, 0);
        sqlite3_bind_int64(row, 1, *after);
        sqlite3_bind_int64(row, 2, STEP);
        int result;
        while ((result = sqlite3_step(row)) == SQLITE_ROW) {
            *after = sqlite3_column_int64(row, 0);
            if (sqlite3_column_bytes(row, 2) != OV_RECIPIENT_HASH_SIZE)
                continue;
            OvSuppressed change = {
                .number = ov_suppression_number((const char *)sqlite3_column_text(row, 1),
                                                (gsize)sqlite3_column_bytes(row, 1),
                                                sqlite3_column_blob(row, 2)),
                .since = sqlite3_column_int64(row, 3),
            };
            g_array_append_val(changes, change);
        }
        if (result != SQLITE_DONE)
            ov_connection_fail(connection, error);
        sqlite3_reset(row);
        if (result != SQLITE_DONE)
            return FALSE;
        if (changes->len > 0)
            ov_suppressions_change(suppressions, (const OvSuppressed *)(void *)changes->data,
                                   changes->len);
    } while (changes->len == STEP);
    return TRUE;
}
