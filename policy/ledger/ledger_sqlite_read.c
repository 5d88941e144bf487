#include "policy/ledger/ledger_sqlite.h"

#include "policy/message_id.h"

static gboolean column_truth(sqlite3_stmt *statement, int column) {
    return sqlite3_column_int(statement, column) != 0;
}

/* Selector and domain of a key's name. */
static void take_key(OvAuthResults *auth, const char *key, OvArena *arena) {
    const char *infix = key ? g_strrstr(key, OV_DKIM_KEY_INFIX) : NULL;
    if (!infix)
        return;
    auth->dkim_selector = ov_arena_strndup(arena, key, (gsize)(infix - key));
    auth->dkim_domain = infix + strlen(OV_DKIM_KEY_INFIX);
}

static void take_auth(OvAuthResults *auth, sqlite3_stmt *statement, int column, OvArena *arena) {
    auth->spf = ov_column_text(statement, column++, arena);
    auth->spf_address = ov_column_text(statement, column++, arena);
    auth->dkim = ov_column_text(statement, column++, arena);
    take_key(auth, ov_column_text(statement, column++, arena), arena);
    auth->dmarc = ov_column_text(statement, column++, arena);
    auth->aligned = ov_column_text(statement, column++, arena);
}

/* Columns in the order of MESSAGE_COLUMNS. */
static OvLedgerRecord *take_message(sqlite3_stmt *statement, OvArena *arena) {
    OvLedgerRecord *record = OV_ARENA_NEW(arena, OvLedgerRecord, 1);
    int column = 0;
    record->id = sqlite3_column_int64(statement, column++);
    record->time = sqlite3_column_int64(statement, column++);
    const char **texts[] = {
        &record->node,           &record->queue_id,    &record->message_id, &record->account,
        &record->account_source, &record->login,       &record->script,     &record->claimed_script,
        &record->client_address, &record->client_name, &record->helo,       &record->sender,
        &record->from,           &record->subject,
    };
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        *texts[i] = ov_column_text(statement, column++, arena);
    record->n_recipients = (guint)sqlite3_column_int64(statement, column++);
    record->size = sqlite3_column_int64(statement, column++);
    record->truncated = column_truth(statement, column++);
    record->late = column_truth(statement, column++);
    record->local = column_truth(statement, column++);
    record->message_class = ov_column_text(statement, column++, arena);
    record->score = sqlite3_column_double(statement, column++);
    record->verdict = ov_column_text(statement, column++, arena);
    record->computed = ov_column_text(statement, column++, arena);
    record->exempt = ov_column_text(statement, column++, arena);
    record->ruleset = ov_column_text(statement, column++, arena);
    take_auth(&record->auth, statement, column, arena);
    return record;
}

static void take_hit(sqlite3_stmt *statement, OvArena *arena, GArray *hits) {
    OvLedgerHit hit = {
        .score = sqlite3_column_double(statement, 1),
        .shadow = column_truth(statement, 2),
        .private = column_truth(statement, 7),
    };
    const char **texts[] = {&hit.rule,      NULL,        NULL,         &hit.guide,
                            &hit.reference, &hit.advice, &hit.evidence};
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        if (texts[i]) {
            *texts[i] = ov_column_text(statement, (int)i, arena);
            *texts[i] = *texts[i] ? *texts[i] : "";
        }
    g_array_append_val(hits, hit);
}

static void take_address(sqlite3_stmt *statement, OvArena *arena, GArray *addresses) {
    const char *address = ov_column_text(statement, 0, arena);
    g_array_append_val(addresses, address);
}

static void take_domains(sqlite3_stmt *statement, OvArena *arena, GArray *domains) {
    const char *all = ov_column_text(statement, 0, arena);
    g_array_append_val(domains, all);
}

static void take_action(sqlite3_stmt *statement, OvArena *arena, GArray *actions) {
    OvLedgerAction action = {
        .time = sqlite3_column_int64(statement, 0),
        .action = ov_column_text(statement, 1, arena),
        .operator_name = ov_column_text(statement, 2, arena),
        .detail = ov_column_text(statement, 3, arena),
    };
    g_array_append_val(actions, action);
}

const char *ov_column_text(sqlite3_stmt *row, int column, OvArena *arena) {
    const char *text = (const char *)sqlite3_column_text(row, column);
    return text ? ov_arena_strndup(arena, text, (gsize)sqlite3_column_bytes(row, column)) : NULL;
}

const char *ov_column_hex(sqlite3_stmt *row, int column, OvArena *arena) {
    static const char DIGITS[] = "0123456789abcdef";
    const guint8 *octets = sqlite3_column_blob(row, column);
    gsize length = octets ? (gsize)sqlite3_column_bytes(row, column) : 0;
    char *text = ov_arena_alloc(arena, 2 * length + 1);
    for (gsize i = 0; i < length; i++) {
        text[2 * i] = DIGITS[octets[i] >> 4];
        text[2 * i + 1] = DIGITS[octets[i] & 0xf];
    }
    text[2 * length] = '\0';
    return octets ? text : NULL;
}

gboolean ov_connection_last_id(OvConnection *connection, OvStatement which, gint64 *id,
                               GError **error) {
    sqlite3_stmt *statement = ov_connection_statement(connection, which, error);
    if (!statement)
        return FALSE;
    gboolean done = sqlite3_step(statement) == SQLITE_ROW || ov_connection_fail(connection, error);
    if (done)
        *id = sqlite3_column_int64(statement, 0);
    sqlite3_reset(statement);
    return done;
}

gpointer ov_connection_rows(OvConnection *connection, sqlite3_stmt *statement, OvRowFunc take,
                            guint size, OvArena *arena, guint *n, GError **error) {
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, size);
    int result;
    while ((result = sqlite3_step(statement)) == SQLITE_ROW)
        take(statement, arena, rows);
    if (result != SQLITE_DONE)
        ov_connection_fail(connection, error);
    sqlite3_reset(statement);
    if (result != SQLITE_DONE)
        return NULL;
    *n = rows->len;
    gpointer kept = ov_arena_alloc(arena, (gsize)rows->len * size);
    if (rows->len > 0)
        memcpy(kept, rows->data, (gsize)rows->len * size);
    return kept;
}

/* All rows of a statement about one message. NULL with error. */
static gpointer rows_of(OvConnection *connection, OvStatement which, gint64 message, OvRowFunc take,
                        guint size, OvArena *arena, guint *n, GError **error) {
    sqlite3_stmt *statement = ov_connection_statement(connection, which, error);
    if (!statement)
        return NULL;
    sqlite3_bind_int64(statement, 1, message);
    return ov_connection_rows(connection, statement, take, size, arena, n, error);
}

static gboolean complete(OvConnection *connection, OvLedgerRecord *record, OvArena *arena,
                         GError **error) {
    guint n;
    record->hits = rows_of(connection, OV_STATEMENT_HITS, record->id, take_hit, sizeof(OvLedgerHit),
                           arena, &record->n_hits, error);
    const char **domains = rows_of(connection, OV_STATEMENT_DOMAINS, record->id, take_domains,
                                   sizeof(char *), arena, &n, error);
    if (!record->hits || !domains)
        return FALSE;
    record->recipient_domains = n > 0 && domains[0] ? domains[0] : "";
    const char *const *addresses = rows_of(connection, OV_STATEMENT_ADDRESSES, record->id,
                                           take_address, sizeof(char *), arena, &n, error);
    if (!addresses)
        return FALSE;
    record->recipients = n == record->n_recipients && n > 0 ? addresses : NULL;
    return TRUE;
}

static gboolean bind_key(sqlite3_stmt *statement, OvLedgerKey key, const char *value) {
    gint64 id;
    if (key != OV_LEDGER_BY_ID) {
        sqlite3_bind_text(statement, 1, value, -1, SQLITE_STATIC);
        return TRUE;
    }
    return ov_id_parse(value, &id) && sqlite3_bind_int64(statement, 1, id) == SQLITE_OK;
}

OvLedgerRecord **ov_connection_find(OvConnection *connection, OvLedgerKey key, const char *value,
                                    guint limit, OvArena *arena, guint *n_records, GError **error) {
    static const OvStatement BY[] = {
        [OV_LEDGER_BY_ID] = OV_STATEMENT_BY_ID,
        [OV_LEDGER_BY_MESSAGE_ID] = OV_STATEMENT_BY_MESSAGE_ID,
        [OV_LEDGER_BY_QUEUE_ID] = OV_STATEMENT_BY_QUEUE_ID,
        [OV_LEDGER_BY_ACCOUNT] = OV_STATEMENT_BY_ACCOUNT,
        [OV_LEDGER_BY_OTHER_QUEUE_ID] = OV_STATEMENT_BY_OTHER_QUEUE_ID,
    };
    sqlite3_stmt *statement = ov_connection_statement(connection, BY[key], error);
    if (!statement)
        return NULL;
    g_autoptr(GPtrArray) records = g_ptr_array_new();
    int result = SQLITE_DONE;
    if (bind_key(statement, key, value)) {
        sqlite3_bind_int64(statement, 2, limit);
        while ((result = sqlite3_step(statement)) == SQLITE_ROW)
            g_ptr_array_add(records, take_message(statement, arena));
    }
    if (result != SQLITE_DONE)
        ov_connection_fail(connection, error);
    sqlite3_reset(statement);
    if (result != SQLITE_DONE)
        return NULL;
    OvLedgerRecord **found = OV_ARENA_NEW(arena, OvLedgerRecord *, records->len);
    for (guint i = 0; i < records->len; i++) {
        found[i] = g_ptr_array_index(records, i);
        if (!complete(connection, found[i], arena, error))
            return NULL;
    }
    *n_records = records->len;
    return found;
}

typedef struct {
    gint64 message;
    OvLedgerAction action;
} Action;

static gboolean add_action(OvConnection *connection, gconstpointer data, GError **error) {
    const Action *row = data;
    return ov_connection_insert_action(connection, row->message, &row->action, error);
}

gboolean ov_ledger_add_action(OvLedger *ledger, gint64 message, const char *action,
                              const char *operator_name, const char *detail, GError **error) {
    const Action row = {message, {g_get_real_time(), action, operator_name, detail}};
    return ov_ledger_write(ledger, add_action, &row, error);
}

OvLedgerAction *ov_ledger_actions(OvLedger *ledger, gint64 message, OvArena *arena, guint *n,
                                  GError **error) {
    OvQuery query = {OV_STATEMENT_ACTIONS,  NULL, NULL, 1, {message}, take_action,
                     sizeof(OvLedgerAction)};
    return ov_ledger_rows(ledger, &query, arena, n, error);
}

/* A message is no later than now by more than the clocks of two machines differ. */
static const gint64 SKEW = 60 * G_USEC_PER_SEC;

gboolean ov_connection_was_done(OvConnection *connection, const char *action, const char *account,
                                const char *detail, gint64 since, gboolean *done, GError **error) {
    sqlite3_stmt *statement = ov_connection_statement(connection, OV_STATEMENT_WAS_DONE, error);
    if (!statement)
        return FALSE;
    sqlite3_bind_int64(statement, 1, ov_id_first_at(since));
    sqlite3_bind_text(statement, 2, action, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 3, account, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 4, detail, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 5, ov_id_first_at(g_get_real_time() + SKEW));
    int result = sqlite3_step(statement);
    if (result != SQLITE_ROW && result != SQLITE_DONE)
        ov_connection_fail(connection, error);
    sqlite3_reset(statement);
    *done = result == SQLITE_ROW;
    return result == SQLITE_ROW || result == SQLITE_DONE;
}
