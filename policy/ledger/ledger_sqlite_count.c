#include "policy/ledger/ledger_sqlite.h"

static const gint64 DAY = G_GINT64_CONSTANT(24) * 3600 * G_USEC_PER_SEC;

/* What a transaction adds to one row of compliance_rows: many messages of a batch, one statement.
 */
typedef struct {
    gint64 day;
    OvRequirementMask requirements;
    gboolean departed;
    gint64 messages, copies[OV_N_DEMANDING];
    char domain[];
} Count;

static guint count_hash(gconstpointer key) {
    const Count *count = key;
    return g_str_hash(count->domain) ^ g_int64_hash(&count->requirements) ^
           (guint)(count->day * 2 + (count->departed ? 1 : 0));
}

static gboolean count_equal(gconstpointer a, gconstpointer b) {
    const Count *one = a, *other = b;
    return one->day == other->day && one->requirements == other->requirements &&
           !one->departed == !other->departed && strcmp(one->domain, other->domain) == 0;
}

GHashTable *ov_counts_new(void) {
    return g_hash_table_new_full(count_hash, count_equal, g_free, NULL);
}

void ov_connection_count(OvConnection *connection, const OvLedgerRecord *record) {
    if (!record->organisation)
        return;
    gsize length = strlen(record->organisation);
    Count *wanted = g_malloc0(sizeof *wanted + length + 1);
    wanted->day = record->time / DAY;
    wanted->requirements = record->requirements;
    wanted->departed = record->departed;
    memcpy(wanted->domain, record->organisation, length);
    Count *count = g_hash_table_lookup(connection->counts, wanted);
    if (count)
        g_free(wanted);
    else
        g_hash_table_add(connection->counts, count = wanted);
    count->messages++;
    for (guint i = 0; i < OV_N_DEMANDING; i++)
        count->copies[i] += record->copies[i];
}

static gboolean write_count(OvConnection *connection, const Count *count, GError **error) {
    gint64 domain;
    if (!ov_connection_word(connection, count->domain, &domain, error))
        return FALSE;
    sqlite3_stmt *statement = ov_connection_statement(connection, OV_STATEMENT_ADD_COUNT, error);
    if (!statement)
        return FALSE;
    int index = 0;
    sqlite3_bind_int64(statement, ++index, count->day);
    sqlite3_bind_int64(statement, ++index, domain);
    sqlite3_bind_int(statement, ++index, count->departed != FALSE);
    sqlite3_bind_int64(statement, ++index, (gint64)count->requirements);
    sqlite3_bind_int64(statement, ++index, count->messages);
    for (guint i = 0; i < OV_N_DEMANDING; i++)
        sqlite3_bind_int64(statement, ++index, count->copies[i]);
    return ov_connection_run(connection, statement, error);
}

gboolean ov_connection_write_counts(OvConnection *connection, GError **error) {
    GHashTableIter iter;
    gpointer count;
    g_hash_table_iter_init(&iter, connection->counts);
    while (g_hash_table_iter_next(&iter, &count, NULL))
        if (!write_count(connection, count, error))
            return FALSE;
    g_hash_table_remove_all(connection->counts);
    return TRUE;
}

/* The texts of words, each asked for once. */
typedef struct {
    OvConnection *connection;
    GHashTable *known; /* gint64 to char */
} Words;

static const char *word_of(Words *words, gint64 id, GError **error) {
    const char *word = g_hash_table_lookup(words->known, &id);
    if (word)
        return word;
    sqlite3_stmt *statement = ov_connection_statement(words->connection, OV_STATEMENT_WORD, error);
    if (!statement)
        return NULL;
    sqlite3_bind_int64(statement, 1, id);
    int result = sqlite3_step(statement);
    char *text =
        result == SQLITE_ROW ? g_strdup((const char *)sqlite3_column_text(statement, 0)) : NULL;
    if (result != SQLITE_ROW && result != SQLITE_DONE)
        ov_connection_fail(words->connection, error);
    sqlite3_reset(statement);
    if (result != SQLITE_ROW && result != SQLITE_DONE)
        return NULL;
    gint64 *key = g_new(gint64, 1);
    *key = id;
    /* A word that is gone, as somebody took rows out by hand. */
    text = text ? text : g_strdup("");
    g_hash_table_insert(words->known, key, text);
    return text;
}

static gboolean take_day(sqlite3_stmt *row, Words *words, OvLedgerDayFunc take, gpointer data,
                         GError **error) {
    int column = 0;
    OvLedgerDay day = {.day = sqlite3_column_int64(row, column++)};
    day.domain = word_of(words, sqlite3_column_int64(row, column++), error);
    if (!day.domain)
        return FALSE;
    day.departed = sqlite3_column_int(row, column++) != 0;
    day.requirements = (OvRequirementMask)sqlite3_column_int64(row, column++);
    day.messages = sqlite3_column_int64(row, column++);
    for (guint i = 0; i < OV_N_DEMANDING; i++)
        day.copies[i] = sqlite3_column_int64(row, column++);
    take(&day, data);
    return TRUE;
}

gboolean ov_connection_days(OvConnection *connection, gint64 first, gint64 last, const char *domain,
                            OvLedgerDayFunc take, gpointer data, GError **error) {
    sqlite3_stmt *statement = ov_connection_statement(
        connection, domain ? OV_STATEMENT_COUNTS_OF : OV_STATEMENT_COUNTS, error);
    if (!statement)
        return FALSE;
    sqlite3_bind_int64(statement, 1, first);
    sqlite3_bind_int64(statement, 2, last);
    if (domain)
        sqlite3_bind_text(statement, 3, domain, -1, SQLITE_STATIC);
    Words words = {connection, g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free)};
    gboolean taken = TRUE;
    int result = SQLITE_DONE;
    while (taken && (result = sqlite3_step(statement)) == SQLITE_ROW)
        taken = take_day(statement, &words, take, data, error);
    if (taken && result != SQLITE_DONE)
        ov_connection_fail(connection, error);
    sqlite3_reset(statement);
    g_hash_table_unref(words.known);
    return taken && result == SQLITE_DONE;
}

static void take_name(sqlite3_stmt *row, OvArena *arena, GArray *names) {
    const char *name = ov_column_text(row, 0, arena);
    g_array_append_val(names, name);
}

const char *const *ov_ledger_key_names(OvLedger *ledger, gint64 since, OvArena *arena, guint *n,
                                       GError **error) {
    OvQuery query = {OV_STATEMENT_KEY_NAMES,      NULL,      NULL,          2,
                     {since, OV_LEDGER_MAX_KEYS}, take_name, sizeof(char *)};
    return ov_ledger_rows(ledger, &query, arena, n, error);
}

gboolean ov_connection_prune_counts(OvConnection *connection, gint64 before, GError **error) {
    sqlite3_stmt *statement = ov_connection_statement(connection, OV_STATEMENT_PRUNE_COUNTS, error);
    if (!statement)
        return FALSE;
    sqlite3_bind_int64(statement, 1, before / DAY);
    return ov_connection_run(connection, statement, error);
}
