#include "policy/ledger/ledger_sqlite.h"

#include "policy/ledger/delivery.h"
#include "policy/message_id.h"

/* A log's clock and the ledger's may differ by this much, and a time without fractions is earlier
 * than what it tells of. */
static const gint64 CLOCK_SLACK = 60 * G_USEC_PER_SEC;
/* How long after it was judged a message may come into the queue under another id. */
static const gint64 WEEK = G_GINT64_CONSTANT(7) * 24 * 3600 * G_USEC_PER_SEC;

static const char *const EVENTS[] = {
    [OV_DELIVERY_EXPIRED] = "expired",   [OV_DELIVERY_DELETED] = "deleted",
    [OV_DELIVERY_HELD] = "held",         [OV_DELIVERY_RELEASED] = "released",
    [OV_DELIVERY_NOTIFIED] = "notified",
};

const char *ov_outcome_name(OvOutcome outcome) {
    static const char NAMES[OV_N_OUTCOMES][12] = {
        [OV_OUTCOME_DEFERRED] = "deferred", [OV_OUTCOME_DELIVERED] = "delivered",
        [OV_OUTCOME_BOUNCED] = "bounced",   [OV_OUTCOME_EXPIRED] = "expired",
        [OV_OUTCOME_DELETED] = "deleted",
    };
    return NAMES[outcome];
}

/* Whose queue id it is; message 0: nobody's that the ledger knows. */
typedef struct {
    gint64 message;
    const char *account, *sender;
    gboolean own; /* the message has this queue id in its record */
} Owner;

typedef struct {
    OvConnection *connection;
    const char *node;
    GHashTable *owners; /* queue id to Owner, of this batch */
    OvArena *arena;
} Batch;

static void bind_text(sqlite3_stmt *statement, int index, const char *text) {
    sqlite3_bind_text(statement, index, text, -1, SQLITE_STATIC);
}

/* One row of (id, account, sender, own). FALSE with error; a missing row leaves *owner. */
static gboolean take_owner(Batch *batch, sqlite3_stmt *statement, Owner *owner, GError **error) {
    int result = sqlite3_step(statement);
    if (result == SQLITE_ROW) {
        owner->message = sqlite3_column_int64(statement, 0);
        owner->account = ov_column_text(statement, 1, batch->arena);
        owner->sender = ov_column_text(statement, 2, batch->arena);
        owner->own = sqlite3_column_int(statement, 3) != 0;
    }
    if (result != SQLITE_ROW && result != SQLITE_DONE)
        ov_connection_fail(batch->connection, error);
    sqlite3_reset(statement);
    return result == SQLITE_ROW || result == SQLITE_DONE;
}

static gboolean look_up(Batch *batch, OvStatement which, const OvDelivery *delivery, Owner *owner,
                        GError **error) {
    sqlite3_stmt *statement = ov_connection_statement(batch->connection, which, error);
    if (!statement)
        return FALSE;
    bind_text(statement, 1, delivery->queue_id);
    bind_text(statement, 2, delivery->message_id);
    sqlite3_bind_int64(statement, 3, ov_id_first_at(delivery->time + CLOCK_SLACK));
    sqlite3_bind_int64(statement, 4, ov_id_first_at(delivery->time - WEEK));
    bind_text(statement, 5, batch->node);
    return take_owner(batch, statement, owner, error);
}

/* A message that came back into the queue under another id, from a content filter. */
static gboolean adopt(Batch *batch, const OvDelivery *delivery, Owner *owner, GError **error) {
    if (!look_up(batch, OV_STATEMENT_OWNER_BY_MESSAGE_ID, delivery, owner, error))
        return FALSE;
    if (!owner->message)
        return TRUE;
    sqlite3_stmt *statement =
        ov_connection_statement(batch->connection, OV_STATEMENT_INSERT_QUEUE_ID, error);
    if (!statement)
        return FALSE;
    sqlite3_bind_int64(statement, 1, owner->message);
    bind_text(statement, 2, delivery->queue_id);
    return ov_connection_run(batch->connection, statement, error);
}

static gboolean find_owner(Batch *batch, const OvDelivery *delivery, Owner *found, GError **error) {
    const Owner *known = g_hash_table_lookup(batch->owners, delivery->queue_id);
    if (known) {
        *found = *known;
        return TRUE;
    }
    *found = (Owner){.message = 0};
    if (!look_up(batch, OV_STATEMENT_OWNER_BY_QUEUE_ID, delivery, found, error) ||
        (!found->message &&
         !look_up(batch, OV_STATEMENT_OWNER_BY_OTHER_QUEUE_ID, delivery, found, error)) ||
        (!found->message && delivery->kind == OV_DELIVERY_QUEUED && delivery->message_id &&
         !adopt(batch, delivery, found, error)))
        return FALSE;
    if (found->message || delivery->message_id) {
        Owner *kept = OV_ARENA_NEW(batch->arena, Owner, 1);
        *kept = *found;
        g_hash_table_insert(batch->owners, (gpointer)delivery->queue_id, kept);
    }
    return TRUE;
}

static gboolean bind_word(OvConnection *connection, sqlite3_stmt *statement, int index,
                          const char *word, GError **error) {
    gint64 id;
    if (!word || !*word)
        return TRUE;
    return ov_connection_word(connection, word, &id, error) &&
           sqlite3_bind_int64(statement, index, id) == SQLITE_OK;
}

static gboolean record_outcome(Batch *batch, const OvDelivery *delivery, const Owner *owner,
                               const guint8 *hash, gboolean keep, GError **error) {
    OvConnection *connection = batch->connection;
    sqlite3_stmt *statement =
        ov_connection_statement(connection, OV_STATEMENT_RECORD_OUTCOME, error);
    if (!statement)
        return FALSE;
    const char *at = strrchr(delivery->recipient, '@');
    int column = 0;
    sqlite3_bind_int64(statement, ++column, owner->message);
    sqlite3_bind_blob(statement, ++column, hash, OV_RECIPIENT_HASH_SIZE, SQLITE_STATIC);
    bind_text(statement, ++column, owner->own ? "" : delivery->queue_id);
    bind_text(statement, ++column, at ? at + 1 : "");
    bind_text(statement, ++column, keep ? delivery->recipient : NULL);
    sqlite3_bind_int(statement, ++column, (int)delivery->outcome);
    sqlite3_bind_int64(statement, ++column, delivery->time);
    column++;
    if (delivery->code)
        sqlite3_bind_int64(statement, column, delivery->code);
    bind_text(statement, ++column, delivery->enhanced);
    if (!bind_word(connection, statement, ++column, delivery->reason, error) ||
        !bind_word(connection, statement, ++column, delivery->transport, error))
        return FALSE;
    bind_text(statement, ++column, delivery->relay);
    bind_text(statement, ++column, delivery->text);
    return ov_connection_run(connection, statement, error);
}

/* What was still deferred has this outcome now. */
static gboolean settle(Batch *batch, const OvDelivery *delivery, const Owner *owner,
                       OvOutcome outcome, GError **error) {
    sqlite3_stmt *statement =
        ov_connection_statement(batch->connection, OV_STATEMENT_SETTLE_DEFERRED, error);
    if (!statement)
        return FALSE;
    sqlite3_bind_int64(statement, 1, owner->message);
    bind_text(statement, 2, owner->own ? "" : delivery->queue_id);
    sqlite3_bind_int(statement, 3, (int)outcome);
    sqlite3_bind_int64(statement, 4, delivery->time);
    return ov_connection_run(batch->connection, statement, error);
}

static gboolean record_event(Batch *batch, const OvDelivery *delivery, const Owner *owner,
                             GError **error) {
    if ((delivery->kind == OV_DELIVERY_EXPIRED &&
         !settle(batch, delivery, owner, OV_OUTCOME_EXPIRED, error)) ||
        (delivery->kind == OV_DELIVERY_DELETED &&
         !settle(batch, delivery, owner, OV_OUTCOME_DELETED, error)))
        return FALSE;
    sqlite3_stmt *statement =
        ov_connection_statement(batch->connection, OV_STATEMENT_INSERT_QUEUE_EVENT, error);
    if (!statement)
        return FALSE;
    sqlite3_bind_int64(statement, 1, owner->message);
    sqlite3_bind_int64(statement, 2, delivery->time / G_USEC_PER_SEC);
    bind_text(statement, 3, EVENTS[delivery->kind]);
    bind_text(statement, 4, delivery->text);
    return ov_connection_run(batch->connection, statement, error);
}

static gboolean record_one(Batch *batch, OvDelivery *delivery, const OvRecipientKey *key,
                           gboolean keep, GError **error) {
    Owner owner;
    if (!find_owner(batch, delivery, &owner, error))
        return FALSE;
    delivery->message = owner.message;
    delivery->account = owner.account;
    delivery->sender = owner.sender;
    delivery->fresh = FALSE;
    if (!owner.message || delivery->kind == OV_DELIVERY_QUEUED)
        return TRUE;
    if (delivery->kind == OV_DELIVERY_OUTCOME) {
        guint8 hash[OV_RECIPIENT_HASH_SIZE];
        ov_recipient_hash(key, delivery->recipient, hash);
        if (!record_outcome(batch, delivery, &owner, hash, keep, error))
            return FALSE;
    } else if (!record_event(batch, delivery, &owner, error)) {
        return FALSE;
    }
    delivery->fresh = sqlite3_changes(batch->connection->db) > 0;
    return TRUE;
}

static gboolean record_mark(OvConnection *connection, const OvLogMark *mark, GError **error) {
    sqlite3_stmt *statement = ov_connection_statement(connection, OV_STATEMENT_SET_MARK, error);
    if (!statement)
        return FALSE;
    bind_text(statement, 1, mark->name);
    bind_text(statement, 2, mark->position);
    return ov_connection_run(connection, statement, error);
}

gboolean ov_connection_add_deliveries(OvConnection *connection, const OvDeliveryBatch *deliveries,
                                      GError **error) {
    g_autoptr(GHashTable) owners = g_hash_table_new(g_str_hash, g_str_equal);
    Batch batch = {connection, deliveries->node, owners, deliveries->arena};
    for (guint i = 0; i < deliveries->n; i++)
        if (!record_one(&batch, &deliveries->deliveries[i], deliveries->key,
                        deliveries->keep_recipients, error))
            return FALSE;
    return !deliveries->mark || record_mark(connection, deliveries->mark, error);
}

gboolean ov_connection_log_position(OvConnection *connection, const char *name, OvArena *arena,
                                    const char **position, GError **error) {
    sqlite3_stmt *statement = ov_connection_statement(connection, OV_STATEMENT_GET_MARK, error);
    if (!statement)
        return FALSE;
    bind_text(statement, 1, name);
    int result = sqlite3_step(statement);
    *position = result == SQLITE_ROW ? ov_column_text(statement, 0, arena) : NULL;
    if (result != SQLITE_ROW && result != SQLITE_DONE)
        ov_connection_fail(connection, error);
    sqlite3_reset(statement);
    return result == SQLITE_ROW || result == SQLITE_DONE;
}

static void take_delivered(sqlite3_stmt *row, OvArena *arena, GArray *rows) {
    OvDelivered delivered = {
        .queue_id = ov_column_text(row, 0, arena),
        .domain = ov_column_text(row, 1, arena),
        .address = ov_column_text(row, 2, arena),
        .outcome = (OvOutcome)CLAMP(sqlite3_column_int(row, 3), 0, OV_N_OUTCOMES - 1),
        .attempts = sqlite3_column_int64(row, 4),
        .first = sqlite3_column_int64(row, 5),
        .last = sqlite3_column_int64(row, 6),
        .code = (guint)sqlite3_column_int64(row, 7),
        .enhanced = ov_column_text(row, 8, arena),
        .reason = ov_column_text(row, 9, arena),
        .transport = ov_column_text(row, 10, arena),
        .relay = ov_column_text(row, 11, arena),
        .text = ov_column_text(row, 12, arena),
    };
    g_array_append_val(rows, delivered);
}

OvDelivered *ov_ledger_delivered(OvLedger *ledger, gint64 message, OvArena *arena, guint *n,
                                 GError **error) {
    OvQuery query = {OV_STATEMENT_DELIVERED, NULL, NULL, 1, {message}, take_delivered,
                     sizeof(OvDelivered)};
    return ov_ledger_rows(ledger, &query, arena, n, error);
}

static void take_event(sqlite3_stmt *row, OvArena *arena, GArray *rows) {
    OvQueueEvent event = {
        .time = sqlite3_column_int64(row, 0) * G_USEC_PER_SEC,
        .event = ov_column_text(row, 1, arena),
        .text = ov_column_text(row, 2, arena),
    };
    g_array_append_val(rows, event);
}

OvQueueEvent *ov_ledger_queue_events(OvLedger *ledger, gint64 message, OvArena *arena, guint *n,
                                     GError **error) {
    OvQuery query = {OV_STATEMENT_QUEUE_EVENTS, NULL, NULL, 1, {message}, take_event,
                     sizeof(OvQueueEvent)};
    return ov_ledger_rows(ledger, &query, arena, n, error);
}

static void take_count(sqlite3_stmt *row, OvArena *arena, GArray *rows) {
    OvDeliveryCount count = {
        .transport = ov_column_text(row, 0, arena),
        .domain = ov_column_text(row, 1, arena),
        .reason = ov_column_text(row, 2, arena),
        .outcome = (OvOutcome)CLAMP(sqlite3_column_int(row, 3), 0, OV_N_OUTCOMES - 1),
        .recipients = sqlite3_column_int64(row, 4),
        .attempts = sqlite3_column_int64(row, 5),
        .last = sqlite3_column_int64(row, 6),
        .text = ov_column_text(row, 7, arena),
    };
    g_array_append_val(rows, count);
}

OvDeliveryCount *ov_ledger_count_deliveries(OvLedger *ledger, gint64 since, guint limit,
                                            OvArena *arena, guint *n, GError **error) {
    OvQuery query = {.which = OV_STATEMENT_COUNT_DELIVERIES,
                     .n_numbers = 2,
                     .numbers = {ov_id_first_at(since), limit},
                     .take = take_count,
                     .size = sizeof(OvDeliveryCount)};
    return ov_ledger_rows(ledger, &query, arena, n, error);
}

static void take_departure(sqlite3_stmt *row, OvArena *arena, GArray *rows) {
    OvDeparture departure = {
        .message = sqlite3_column_int64(row, 0),
        .time = sqlite3_column_int64(row, 1),
        .sender = ov_column_text(row, 2, arena),
        .domain = ov_column_text(row, 3, arena),
        .relay = ov_column_text(row, 4, arena),
    };
    g_array_append_val(rows, departure);
}

OvDeparture *ov_ledger_departures(OvLedger *ledger, gint64 since, guint limit, OvArena *arena,
                                  guint *n, GError **error) {
    static const gint64 DAY = G_GINT64_CONSTANT(24) * 3600 * G_USEC_PER_SEC;
    OvQuery query = {.which = OV_STATEMENT_DEPARTURES,
                     .n_numbers = 3,
                     .numbers = {ov_id_first_at(since - DAY), since, limit},
                     .take = take_departure,
                     .size = sizeof(OvDeparture)};
    return ov_ledger_rows(ledger, &query, arena, n, error);
}
