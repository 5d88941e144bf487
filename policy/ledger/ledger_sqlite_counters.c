#include "policy/ledger/ledger_sqlite.h"

void ov_counter_row_clear(OvCounterRow *row) {
    g_free((char *)(guintptr)row->subject.name);
    g_free(row->octets);
    if (row->things)
        g_byte_array_unref(row->things);
    *row = (OvCounterRow){.octets = NULL};
}

static gboolean keep_counter(OvConnection *connection, const OvCounterRow *row, GError **error) {
    sqlite3_stmt *statement = ov_connection_statement(
        connection, row->octets ? OV_STATEMENT_KEEP_COUNTER : OV_STATEMENT_DROP_COUNTER, error);
    if (!statement)
        return FALSE;
    sqlite3_bind_text(statement, 1, ov_subject_kind_name(row->subject.kind), -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 2, row->subject.name, -1, SQLITE_STATIC);
    if (row->octets) {
        sqlite3_bind_int64(statement, 3, row->since);
        sqlite3_bind_int64(statement, 4, row->first);
        sqlite3_bind_blob64(statement, 5, row->octets, row->length, SQLITE_STATIC);
        if (row->things)
            sqlite3_bind_blob64(statement, 6, row->things->data, row->things->len, SQLITE_STATIC);
    }
    return ov_connection_run(connection, statement, error);
}

gboolean ov_connection_keep_counters(OvConnection *connection, const OvCounterRows *rows,
                                     GError **error) {
    for (guint i = 0; i < rows->n; i++)
        if (!keep_counter(connection, &rows->rows[i], error))
            return FALSE;
    return TRUE;
}

/* FALSE where it is of a kind that this version does not know. things: room for the row's. */
static gboolean read_counter(sqlite3_stmt *row, GByteArray *things, OvCounterRow *counter) {
    const char *kind = (const char *)sqlite3_column_text(row, 0);
    *counter = (OvCounterRow){
        .since = sqlite3_column_int64(row, 2),
        .first = (guint32)sqlite3_column_int64(row, 3),
        .octets = (guint8 *)(guintptr)sqlite3_column_blob(row, 4),
        .length = (gsize)sqlite3_column_bytes(row, 4),
    };
    counter->subject.name = (const char *)sqlite3_column_text(row, 1);
    int n_things = sqlite3_column_bytes(row, 5);
    if (n_things > 0) {
        g_byte_array_set_size(things, 0);
        counter->things = g_byte_array_append(things, sqlite3_column_blob(row, 5), (guint)n_things);
    }
    return counter->subject.name && counter->octets &&
           ov_subject_kind_from_name(kind, &counter->subject.kind);
}

gboolean ov_connection_counters(OvConnection *connection, const OvSubject *subject,
                                OvCounterRowFunc take, gpointer data, GError **error) {
    sqlite3_stmt *statement = ov_connection_statement(connection, OV_STATEMENT_COUNTERS, error);
    g_autoptr(GByteArray) things = g_byte_array_new();
    OvCounterRow row;
    int result;
    if (!statement)
        return FALSE;
    if (subject) {
        sqlite3_bind_text(statement, 1, ov_subject_kind_name(subject->kind), -1, SQLITE_STATIC);
        sqlite3_bind_text(statement, 2, subject->name, -1, SQLITE_STATIC);
    }
    while ((result = sqlite3_step(statement)) == SQLITE_ROW)
        if (read_counter(statement, things, &row))
            take(&row, data);
    if (result != SQLITE_DONE)
        return ov_connection_fail(connection, error);
    sqlite3_reset(statement);
    return TRUE;
}

static void take_name(sqlite3_stmt *row, OvArena *arena, GArray *names) {
    const char *name = ov_column_text(row, 0, arena);
    g_array_append_val(names, name);
}

const char **ov_ledger_counter_names(OvLedger *ledger, const OvSubject *subject, guint limit,
                                     OvArena *arena, guint *n, GError **error) {
    OvQuery query = {.which = OV_STATEMENT_COUNTER_NAMES,
                     .text = ov_subject_kind_name(subject->kind),
                     .n_numbers = 1,
                     .numbers = {limit},
                     .take = take_name,
                     .size = sizeof(char *),
                     .last_text = subject->name};
    return ov_ledger_rows(ledger, &query, arena, n, error);
}
