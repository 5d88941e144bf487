/* Rows of a statement, and texts as they are kept of incidents. */
#include "policy/ledger/ledger_sqlite.h"

#include <string.h>

typedef struct {
    const OvQuery *query;
    OvArena *arena;
    guint *n;
    gpointer rows;
} Reading;

static gboolean read_rows(OvConnection *connection, gpointer data, GError **error) {
    Reading *reading = data;
    const OvQuery *query = reading->query;
    sqlite3_stmt *statement = ov_connection_statement(connection, query->which, error);
    if (!statement)
        return FALSE;
    sqlite3_bind_text(statement, 1, query->text, -1, SQLITE_STATIC);
    for (guint i = 0; i < query->n_numbers; i++)
        sqlite3_bind_int64(statement, (int)i + 2, query->numbers[i]);
    if (query->last_text)
        sqlite3_bind_text(statement, (int)query->n_numbers + 2, query->last_text, -1,
                          SQLITE_STATIC);
    reading->rows = ov_connection_rows(connection, statement, query->take, query->size,
                                       reading->arena, reading->n, error);
    return reading->rows != NULL;
}

gpointer ov_ledger_rows(OvLedger *ledger, const OvQuery *query, OvArena *arena, guint *n,
                        GError **error) {
    Reading reading = {query, arena, n, NULL};
    return ov_ledger_read(ledger, read_rows, &reading, error) ? reading.rows : NULL;
}

const char *ov_fit_text(const char *text, gsize longest, OvArena *arena) {
    if (!text)
        return NULL;
    gsize length = strnlen(text, longest + 1);
    gboolean longer = length > longest;
    if (longer)
        for (length = longest; length > 0 && ((guchar)text[length] & 0xc0) == 0x80;)
            length--;
    if (!longer && g_utf8_validate_len(text, length, NULL))
        return text;
    /* What is no character becomes one of three octets. */
    g_autofree char *valid = g_utf8_make_valid(text, (gssize)length);
    const char *cut = valid + MIN(strlen(valid), longest);
    while (cut > valid && ((guchar)*cut & 0xc0) == 0x80)
        cut--;
    return ov_arena_strndup(arena, valid, (gsize)(cut - valid));
}

void ov_bind_fit(sqlite3_stmt *statement, int index, const char *text, OvArena *arena) {
    sqlite3_bind_text(statement, index, text ? ov_fit_text(text, OV_FIT, arena) : "", -1,
                      SQLITE_STATIC);
}
