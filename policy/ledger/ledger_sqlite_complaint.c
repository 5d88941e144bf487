/* Complaints, and whom they suppress. */
#include "policy/ledger/ledger_sqlite.h"

#include <string.h>

/* Who complained, as far as it is known. */
typedef struct {
    gboolean known;
    guint8 hash[OV_RECIPIENT_HASH_SIZE];
} Who;

gboolean ov_connection_went_to(OvConnection *connection, gint64 message, const char *address,
                               const OvRecipientKey *key, gboolean *went, GError **error) {
    guint8 hash[OV_RECIPIENT_HASH_SIZE];
    sqlite3_stmt *statement = ov_connection_statement(connection, OV_STATEMENT_WENT_TO, error);
    if (!statement)
        return FALSE;
    ov_recipient_hash(key, address, hash);
    sqlite3_bind_int64(statement, 1, message);
    sqlite3_bind_blob(statement, 2, hash, sizeof hash, SQLITE_STATIC);
    int result = sqlite3_step(statement);
    *went = result == SQLITE_ROW;
    gboolean done =
        result == SQLITE_ROW || result == SQLITE_DONE || ov_connection_fail(connection, error);
    sqlite3_reset(statement);
    return done;
}

static gboolean find_told(const OvComplaintBatch *batch, OvConnection *connection, Who *who,
                          GError **error) {
    const OvComplaintWish *wish = batch->wish;
    for (guint i = 0; i < wish->n_recipients && !who->known; i++) {
        if (!ov_connection_went_to(connection, batch->complaint->message, wish->recipients[i],
                                   batch->key, &who->known, error))
            return FALSE;
        if (who->known)
            ov_recipient_hash(batch->key, wish->recipients[i], who->hash);
    }
    return TRUE;
}

/* The message's only recipient at the domain; '': at all. */
static gboolean find_only(OvConnection *connection, gint64 message, const char *domain, Who *who,
                          GError **error) {
    sqlite3_stmt *statement =
        ov_connection_statement(connection, OV_STATEMENT_TWO_RECIPIENTS, error);
    if (!statement)
        return FALSE;
    sqlite3_bind_int64(statement, 1, message);
    sqlite3_bind_text(statement, 2, domain, -1, SQLITE_STATIC);
    guint n = 0;
    int result;
    while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
        const void *hash = sqlite3_column_blob(statement, 0);
        if (hash && sqlite3_column_bytes(statement, 0) == OV_RECIPIENT_HASH_SIZE)
            memcpy(who->hash, hash, OV_RECIPIENT_HASH_SIZE);
        n++;
    }
    who->known = n == 1;
    gboolean done = result == SQLITE_DONE || ov_connection_fail(connection, error);
    sqlite3_reset(statement);
    return done;
}

static gboolean find_who(const OvComplaintBatch *batch, OvConnection *connection, Who *who,
                         GError **error) {
    const OvComplaintWish *wish = batch->wish;
    gint64 message = batch->complaint->message;
    *who = (Who){.known = FALSE};
    if (message == 0)
        return TRUE;
    if (!find_told(batch, connection, who, error))
        return FALSE;
    const char *at = wish->n_recipients == 1 ? strrchr(wish->recipients[0], '@') : NULL;
    if (!who->known && at && at[1] && !find_only(connection, message, at + 1, who, error))
        return FALSE;
    return who->known || find_only(connection, message, "", who, error);
}

/* What is the same for two reports of one complaint. Keyed, as it tells of a recipient. */
static void mark_of(const OvComplaintBatch *batch, const Who *who,
                    guint8 mark[OV_RECIPIENT_HASH_SIZE]) {
    const OvComplaint *complaint = batch->complaint;
    const OvComplaintWish *wish = batch->wish;
    g_autoptr(GString) text = g_string_new("complaint ");
    g_string_append_printf(text, "%s %" G_GINT64_FORMAT " ", complaint->type, complaint->message);
    if (complaint->message == 0)
        g_string_append(text, *complaint->message_id ? complaint->message_id : wish->mark);
    g_string_append_c(text, ' ');
    for (guint i = 0; who->known && i < OV_RECIPIENT_HASH_SIZE; i++)
        g_string_append_printf(text, "%02x", who->hash[i]);
    for (guint i = 0; !who->known && i < wish->n_recipients; i++)
        g_string_append(text, wish->recipients[i]);
    ov_recipient_hash(batch->key, text->str, mark);
}

static void bind_texts(sqlite3_stmt *statement, const OvComplaint *complaint, OvArena *arena) {
    const struct {
        int index;
        const char *text;
    } TEXTS[] = {{3, complaint->type},          {4, complaint->reporter}, {5, complaint->source},
                 {6, complaint->message_id},    {10, complaint->tie},     {12, complaint->domain},
                 {15, complaint->operator_name}};
    for (guint i = 0; i < G_N_ELEMENTS(TEXTS); i++)
        ov_bind_fit(statement, TEXTS[i].index, TEXTS[i].text, arena);
    sqlite3_bind_text(statement, 11, ov_fit_text(complaint->account, OV_FIT, arena), -1,
                      SQLITE_STATIC);
}

/* done tells whether it was there already. */
static gboolean insert(const OvComplaintBatch *batch, OvConnection *connection, const Who *who,
                       gint64 now, GError **error) {
    const OvComplaint *complaint = batch->complaint;
    guint8 mark[OV_RECIPIENT_HASH_SIZE];
    sqlite3_stmt *statement =
        ov_connection_statement(connection, OV_STATEMENT_ADD_COMPLAINT, error);
    if (!statement)
        return FALSE;
    g_autoptr(OvArena) arena = ov_arena_new();
    mark_of(batch, who, mark);
    bind_texts(statement, complaint, arena);
    sqlite3_bind_int64(statement, 1, now);
    sqlite3_bind_blob(statement, 2, mark, sizeof mark, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 7, complaint->arrival);
    sqlite3_bind_int64(statement, 8, complaint->incidents);
    sqlite3_bind_int64(statement, 9, complaint->message);
    if (who->known)
        sqlite3_bind_blob(statement, 13, who->hash, sizeof who->hash, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 14, batch->done->suppressed ? now : 0);
    sqlite3_bind_int(statement, 16, !batch->wish->counts);
    if (!ov_connection_run(connection, statement, error))
        return FALSE;
    batch->done->known = sqlite3_changes(connection->db) == 0;
    return TRUE;
}

static gboolean suppress(const OvComplaintBatch *batch, OvConnection *connection, const Who *who,
                         gint64 now, GError **error) {
    gint64 id = sqlite3_last_insert_rowid(connection->db);
    sqlite3_stmt *statement =
        ov_connection_statement(connection, OV_STATEMENT_SUPPRESS_COMPLAINT, error);
    if (!statement)
        return FALSE;
    sqlite3_bind_int64(statement, 1, now);
    sqlite3_bind_text(statement, 2, batch->complaint->domain, -1, SQLITE_STATIC);
    sqlite3_bind_blob(statement, 3, who->hash, sizeof who->hash, SQLITE_STATIC);
    sqlite3_bind_text(statement, 4, batch->complaint->operator_name, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 5, id);
    return ov_connection_run(connection, statement, error);
}

gboolean ov_connection_add_complaint(OvConnection *connection, gconstpointer data, GError **error) {
    const OvComplaintBatch *batch = data;
    gint64 now = g_get_real_time();
    Who who;
    if (!find_who(batch, connection, &who, error))
        return FALSE;
    *batch->done = (OvComplaintDone){
        .recipient = who.known,
        .suppressed = batch->wish->suppress && who.known && *batch->complaint->domain,
    };
    if (!insert(batch, connection, &who, now, error))
        return FALSE;
    if (batch->done->known)
        batch->done->suppressed = FALSE;
    return !batch->done->suppressed || suppress(batch, connection, &who, now, error);
}

static OvComplaint complaint_of(sqlite3_stmt *row, OvArena *arena) {
    return (OvComplaint){
        .id = sqlite3_column_int64(row, 0),
        .time = sqlite3_column_int64(row, 1),
        .type = ov_column_text(row, 2, arena),
        .reporter = ov_column_text(row, 3, arena),
        .source = ov_column_text(row, 4, arena),
        .message_id = ov_column_text(row, 5, arena),
        .arrival = sqlite3_column_int64(row, 6),
        .incidents = (guint)sqlite3_column_int64(row, 7),
        .message = sqlite3_column_int64(row, 8),
        .tie = ov_column_text(row, 9, arena),
        .account = ov_column_text(row, 10, arena),
        .domain = ov_column_text(row, 11, arena),
        .recipient = ov_column_hex(row, 12, arena),
        .suppressed = sqlite3_column_int64(row, 13),
        .operator_name = ov_column_text(row, 14, arena),
    };
}

static void take_complaint(sqlite3_stmt *row, OvArena *arena, GArray *rows) {
    OvComplaint complaint = complaint_of(row, arena);
    g_array_append_val(rows, complaint);
}

/* text is an account or NULL; from a time, or a message. */
static OvComplaint *read_complaints(OvLedger *ledger, OvStatement which, const char *text,
                                    gint64 from, OvArena *arena, guint *n, GError **error) {
    OvQuery query = {.which = which,
                     .text = text,
                     .n_numbers = 2,
                     .numbers = {from, OV_LEDGER_MAX_COMPLAINTS},
                     .take = take_complaint,
                     .size = sizeof(OvComplaint)};
    return ov_ledger_rows(ledger, &query, arena, n, error);
}

OvComplaint *ov_ledger_complaints(OvLedger *ledger, const char *account, gint64 since,
                                  OvArena *arena, guint *n, GError **error) {
    return read_complaints(ledger, OV_STATEMENT_COMPLAINTS, account, since, arena, n, error);
}

OvComplaint *ov_ledger_complaints_about(OvLedger *ledger, gint64 message, OvArena *arena, guint *n,
                                        GError **error) {
    return read_complaints(ledger, OV_STATEMENT_COMPLAINTS_ABOUT, NULL, message, arena, n, error);
}

/* What is taken, by the thread that writes, while the other waits. */
typedef struct {
    guint limit;
    OvArena *arena;
    guint *n;
    OvUncounted *taken;
} Taking;

static void take_uncounted(sqlite3_stmt *row, OvArena *arena, GArray *rows) {
    enum { SENDER = 15 };
    OvUncounted uncounted = {complaint_of(row, arena), ov_column_text(row, SENDER, arena)};
    g_array_append_val(rows, uncounted);
}

static gboolean take_all(OvConnection *connection, gconstpointer data, GError **error) {
    Taking *const *taking = data;
    sqlite3_stmt *statement =
        ov_connection_statement(connection, OV_STATEMENT_TAKE_UNCOUNTED, error);
    if (!statement)
        return FALSE;
    sqlite3_bind_int64(statement, 1, (*taking)->limit);
    (*taking)->taken =
        ov_connection_rows(connection, statement, take_uncounted, sizeof(OvUncounted),
                           (*taking)->arena, (*taking)->n, error);
    return (*taking)->taken != NULL;
}

static gboolean last_uncounted(OvConnection *connection, gpointer id, GError **error) {
    return ov_connection_last_id(connection, OV_STATEMENT_UNCOUNTED, id, error);
}

OvUncounted *ov_ledger_take_uncounted(OvLedger *ledger, guint limit, OvArena *arena, guint *n,
                                      GError **error) {
    gint64 last = 0;
    *n = 0;
    if (!ov_ledger_read(ledger, last_uncounted, &last, error))
        return NULL;
    if (last == 0) /* reading costs mail nothing */
        return OV_ARENA_NEW(arena, OvUncounted, 1);
    Taking taking = {limit, arena, n, NULL}, *one = &taking;
    return ov_ledger_write(ledger, take_all, &one, error) ? taking.taken : NULL;
}
