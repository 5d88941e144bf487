#include "policy/ledger/ledger_sqlite.h"

#include "policy/ledger/fingerprint.h"

/* Octets of a text that are kept. */
enum {
    MAX_ID = 1000,  /* Message-ID and queue id: a header line has at most 998 */
    MAX_NAME = 320, /* addresses, logins, hosts, accounts: RFC 5321's 64 @ 255 */
    MAX_TEXT = 500, /* subject, advice, details */
    MAX_WORD = 255, /* class, verdict, node, exemption */
};

enum { MAX_CACHED = 32768 /* words or rules */ };

/* Values of a statement, in order; the first failure stays. */
typedef struct {
    sqlite3_stmt *statement;
    int index;
    int result;
} Binder;

static void note(Binder *binder, int result) {
    if (binder->result == SQLITE_OK)
        binder->result = result;
}

static void bind_number(Binder *binder, gint64 number) {
    note(binder, sqlite3_bind_int64(binder->statement, ++binder->index, number));
}

static void bind_real(Binder *binder, double number) {
    note(binder, sqlite3_bind_double(binder->statement, ++binder->index, number));
}

/* text must live until the statement was run. */
static void bind_text(Binder *binder, const char *text, gsize longest) {
    gsize length = text ? strnlen(text, longest + 1) : 0;
    const char *end = NULL;
    int index = ++binder->index;
    if (length > longest)
        for (length = longest; length > 0 && ((guchar)text[length] & 0xc0) == 0x80;)
            length--;
    if (!text) {
        note(binder, sqlite3_bind_null(binder->statement, index));
    } else if (g_utf8_validate_len(text, length, &end)) {
        note(binder, sqlite3_bind_text(binder->statement, index, text, (int)length, SQLITE_STATIC));
    } else {
        char *valid = g_utf8_make_valid(text, (gssize)length);
        note(binder, sqlite3_bind_text(binder->statement, index, valid, -1, g_free));
    }
}

static gboolean bound(const Binder *binder, OvConnection *connection, GError **error) {
    return binder->result == SQLITE_OK || ov_connection_fail(connection, error);
}

static gint today(void) {
    return (gint)(g_get_real_time() / G_USEC_PER_SEC / (24 * 3600));
}

/* What is cached of a word or rule: its id, and the day on which its use was noted last. */
typedef struct {
    gint64 id;
    gint day;
} Entry;

static gboolean cached(GHashTable *cache, const char *text, gint day, gint64 *id) {
    const Entry *entry = g_hash_table_lookup(cache, text);
    if (!entry || entry->day != day)
        return FALSE;
    *id = entry->id;
    return TRUE;
}

/* Runs a statement that gives an id, and remembers it. */
static gboolean use(OvConnection *connection, const Binder *binder, GHashTable *cache,
                    const char *text, gint day, gint64 *id, GError **error) {
    if (!bound(binder, connection, error))
        return FALSE;
    if (sqlite3_step(binder->statement) != SQLITE_ROW) {
        ov_connection_fail(connection, error);
        sqlite3_reset(binder->statement);
        return FALSE;
    }
    *id = sqlite3_column_int64(binder->statement, 0);
    if (!ov_connection_run(connection, binder->statement, error))
        return FALSE;
    if (g_hash_table_size(cache) >= MAX_CACHED)
        g_hash_table_remove_all(cache);
    Entry *entry = g_new(Entry, 1);
    *entry = (Entry){*id, day};
    g_hash_table_replace(cache, g_strdup(text), entry);
    return TRUE;
}

gboolean ov_connection_word(OvConnection *connection, const char *word, gint64 *id,
                            GError **error) {
    gint day = today();
    if (cached(connection->words, word, day, id))
        return TRUE;
    Binder binder = {.statement =
                         ov_connection_statement(connection, OV_STATEMENT_USE_WORD, error)};
    if (!binder.statement)
        return FALSE;
    bind_text(&binder, word, MAX_WORD);
    bind_number(&binder, day);
    return use(connection, &binder, connection->words, word, day, id, error);
}

static const char *or_empty(const char *text) {
    return text ? text : "";
}

static gboolean rule_id(OvConnection *connection, const OvLedgerHit *hit, gint64 *id,
                        GError **error) {
    gint day = today();
    const char *name = or_empty(hit->rule), *guide = or_empty(hit->guide);
    const char *reference = or_empty(hit->reference), *advice = or_empty(hit->advice);
    char text[MAX_WORD * 2 + MAX_TEXT];
    g_snprintf(text, sizeof text, "%s\n%s\n%s\n%s", name, guide, reference, advice);
    if (cached(connection->rules, text, day, id))
        return TRUE;
    Binder binder = {.statement =
                         ov_connection_statement(connection, OV_STATEMENT_USE_RULE, error)};
    if (!binder.statement)
        return FALSE;
    bind_text(&binder, name, MAX_WORD);
    bind_text(&binder, guide, MAX_WORD);
    bind_text(&binder, reference, MAX_WORD);
    bind_text(&binder, advice, MAX_TEXT);
    bind_number(&binder, day);
    return use(connection, &binder, connection->rules, text, day, id, error);
}

enum { N_WORDS = 13 };

/* Ids of the record's words, 0 for NULL: node, source, class, verdict, computed, exempt, ruleset,
 * and of authentication spf, its address, dkim, its key, dmarc, aligned. */
static gboolean word_ids(OvConnection *connection, const OvLedgerRecord *record,
                         gint64 ids[N_WORDS], GError **error) {
    const OvAuthResults *auth = &record->auth;
    char key[MAX_WORD + 1] = "";
    if (auth->dkim_domain && auth->dkim_selector)
        g_snprintf(key, sizeof key, "%s" OV_DKIM_KEY_INFIX "%s", auth->dkim_selector,
                   auth->dkim_domain);
    const char *words[N_WORDS] = {
        record->node,          record->account_source,
        record->message_class, record->verdict,
        record->computed,      record->exempt,
        record->ruleset,       auth->spf,
        auth->spf_address,     auth->dkim,
        *key ? key : NULL,     auth->dmarc,
        auth->aligned,
    };
    for (guint i = 0; i < N_WORDS; i++) {
        ids[i] = 0;
        if (words[i] && !ov_connection_word(connection, words[i], &ids[i], error))
            return FALSE;
    }
    return TRUE;
}

static void bind_word(Binder *binder, gint64 id) {
    if (id)
        bind_number(binder, id);
    else
        note(binder, sqlite3_bind_null(binder->statement, ++binder->index));
}

static gboolean insert_message(OvConnection *connection, const OvLedgerRecord *record,
                               GError **error) {
    gint64 ids[N_WORDS];
    if (!word_ids(connection, record, ids, error))
        return FALSE;
    Binder binder = {.statement =
                         ov_connection_statement(connection, OV_STATEMENT_INSERT_MESSAGE, error)};
    if (!binder.statement)
        return FALSE;
    bind_number(&binder, record->id);
    bind_number(&binder, record->time);
    bind_word(&binder, ids[0]);
    bind_text(&binder, record->queue_id, MAX_ID);
    bind_text(&binder, record->message_id, MAX_ID);
    bind_text(&binder, record->account, MAX_NAME);
    bind_word(&binder, ids[1]);
    bind_text(&binder, record->login, MAX_NAME);
    bind_text(&binder, record->script, MAX_NAME);
    bind_text(&binder, record->claimed_script, MAX_NAME);
    bind_text(&binder, record->client_address, MAX_NAME);
    bind_text(&binder, record->client_name, MAX_NAME);
    bind_text(&binder, record->helo, MAX_NAME);
    bind_text(&binder, record->sender, MAX_NAME);
    bind_text(&binder, record->from, MAX_NAME);
    bind_text(&binder, record->subject, MAX_TEXT);
    bind_number(&binder, record->n_recipients);
    bind_number(&binder, record->size);
    bind_number(&binder, record->truncated != FALSE);
    bind_number(&binder, record->late != FALSE);
    bind_number(&binder, record->local != FALSE);
    bind_word(&binder, ids[2]);
    bind_real(&binder, record->score);
    for (guint i = 3; i < N_WORDS; i++)
        bind_word(&binder, ids[i]);
    guint8 fingerprint[OV_FINGERPRINT_SIZE];
    if (record->fingerprint)
        ov_fingerprint_write(record->fingerprint, fingerprint);
    note(&binder, sqlite3_bind_blob(binder.statement, ++binder.index,
                                    record->fingerprint ? fingerprint : NULL, sizeof fingerprint,
                                    SQLITE_STATIC));
    return bound(&binder, connection, error) &&
           ov_connection_run(connection, binder.statement, error);
}

/* The id is taken: by this very message, when an earlier try got through all the same? */
static gboolean check_same(OvConnection *connection, const OvLedgerRecord *record, GError **error) {
    Binder binder = {.statement =
                         ov_connection_statement(connection, OV_STATEMENT_SAME_MESSAGE, error)};
    if (!binder.statement)
        return FALSE;
    bind_number(&binder, record->id);
    bind_number(&binder, record->time);
    bind_text(&binder, record->queue_id, MAX_ID);
    if (!bound(&binder, connection, error))
        return FALSE;
    int result = sqlite3_step(binder.statement);
    gboolean same = result == SQLITE_ROW && sqlite3_column_int(binder.statement, 0);
    if (result != SQLITE_ROW)
        ov_connection_fail(connection, error);
    else if (!same)
        g_set_error(error, OV_LEDGER_ERROR, OV_LEDGER_ERROR_DUPLICATE,
                    "the ledger %s: another message has the id %" G_GINT64_FORMAT, connection->path,
                    record->id);
    sqlite3_reset(binder.statement);
    return same;
}

static gboolean insert_hit(OvConnection *connection, gint64 message, guint position,
                           const OvLedgerHit *hit, GError **error) {
    gint64 rule;
    if (!rule_id(connection, hit, &rule, error))
        return FALSE;
    Binder binder = {.statement =
                         ov_connection_statement(connection, OV_STATEMENT_INSERT_HIT, error)};
    if (!binder.statement)
        return FALSE;
    bind_number(&binder, message);
    bind_number(&binder, position);
    bind_number(&binder, rule);
    bind_real(&binder, hit->score);
    bind_number(&binder, hit->shadow != FALSE);
    bind_text(&binder, hit->evidence && *hit->evidence ? hit->evidence : NULL, MAX_TEXT);
    bind_number(&binder, hit->private != FALSE);
    return bound(&binder, connection, error) &&
           ov_connection_run(connection, binder.statement, error);
}

static gboolean insert_recipient(OvConnection *connection, gint64 message, guint position,
                                 const char *address, const guint8 *hash, gboolean keep,
                                 GError **error) {
    const char *at = strrchr(address, '@');
    Binder binder = {.statement =
                         ov_connection_statement(connection, OV_STATEMENT_INSERT_RECIPIENT, error)};
    if (!binder.statement)
        return FALSE;
    bind_number(&binder, message);
    bind_number(&binder, position);
    bind_text(&binder, at ? at + 1 : "", MAX_NAME);
    note(&binder, sqlite3_bind_blob(binder.statement, ++binder.index, hash, OV_RECIPIENT_HASH_SIZE,
                                    SQLITE_STATIC));
    bind_text(&binder, keep ? address : NULL, MAX_NAME);
    return bound(&binder, connection, error) &&
           ov_connection_run(connection, binder.statement, error);
}

gboolean ov_connection_insert(OvConnection *connection, const OvLedgerRecord *record,
                              const guint8 *hashes, gboolean keep_recipients, GError **error) {
    if (!insert_message(connection, record, error))
        return FALSE;
    if (sqlite3_changes(connection->db) == 0)
        return check_same(connection, record, error);
    for (guint i = 0; i < record->n_hits; i++)
        if (!insert_hit(connection, record->id, i, &record->hits[i], error))
            return FALSE;
    for (guint i = 0; i < record->n_recipients; i++)
        if (!insert_recipient(connection, record->id, i, record->recipients[i],
                              hashes + (gsize)i * OV_RECIPIENT_HASH_SIZE, keep_recipients, error))
            return FALSE;
    ov_connection_count(connection, record);
    return TRUE;
}

gboolean ov_connection_insert_action(OvConnection *connection, gint64 message,
                                     const OvLedgerAction *action, GError **error) {
    Binder binder = {.statement =
                         ov_connection_statement(connection, OV_STATEMENT_INSERT_ACTION, error)};
    if (!binder.statement)
        return FALSE;
    bind_number(&binder, message);
    bind_number(&binder, action->time);
    bind_text(&binder, or_empty(action->action), MAX_WORD);
    bind_text(&binder, action->operator_name, MAX_NAME);
    bind_text(&binder, action->detail, MAX_TEXT);
    return bound(&binder, connection, error) &&
           ov_connection_run(connection, binder.statement, error);
}
