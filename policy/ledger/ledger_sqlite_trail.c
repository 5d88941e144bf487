/* Messages as far as a detection is compared with them. */
#include "policy/ledger/ledger_sqlite.h"

#include "policy/ledger/trail.h"
#include "policy/message_id.h"

enum {
    READERS = 4, /* a disk answers several at a time sooner than one after the other */
    /* Rows in a row are read as fast as one in so many of them, each alone. */
    WORTH = 30,
};

static void take_trail(sqlite3_stmt *row, OvArena *arena, GArray *rows) {
    OvTrail trail = {
        .id = sqlite3_column_int64(row, 0),
        .time = sqlite3_column_int64(row, 1),
        .account = ov_column_text(row, 2, arena),
        .verdict = ov_column_text(row, 3, arena),
        .egress = ov_column_text(row, 4, arena),
        .released = sqlite3_column_int(row, 5) != 0,
        .event = ov_column_text(row, 6, arena),
    };
    g_array_append_val(rows, trail);
}

/* Ids grow with time. */
static OvTrail *read_trails(OvLedger *ledger, OvStatement which, const char *text, gint64 from,
                            gint64 to, OvArena *arena, guint *n, GError **error) {
    OvQuery query = {.which = which,
                     .text = text,
                     .n_numbers = 2,
                     .numbers = {ov_id_first_at(from), ov_id_first_at(to)},
                     .take = take_trail,
                     .size = sizeof(OvTrail)};
    return ov_ledger_rows(ledger, &query, arena, n, error);
}

OvTrail *ov_ledger_trails(OvLedger *ledger, const char *message_id, gint64 near, gint64 far,
                          OvArena *arena, guint *n, GError **error) {
    return read_trails(ledger, OV_STATEMENT_TRAILS, message_id, near, far, arena, n, error);
}

OvTrail *ov_ledger_nameless_trails(OvLedger *ledger, gint64 from, gint64 to, OvArena *arena,
                                   guint *n, GError **error) {
    return read_trails(ledger, OV_STATEMENT_NAMELESS_TRAILS, NULL, from, to, arena, n, error);
}

OvTrail *ov_ledger_trails_of_queue_id(OvLedger *ledger, const char *queue_id, gint64 from,
                                      gint64 to, OvArena *arena, guint *n, GError **error) {
    return read_trails(ledger, OV_STATEMENT_TRAILS_OF_QUEUE_ID, queue_id, from, to, arena, n,
                       error);
}

static void take_relay(sqlite3_stmt *row, OvArena *arena, GArray *rows) {
    OvTrailRelay relay = {ov_column_text(row, 0, arena), sqlite3_column_int64(row, 1),
                          sqlite3_column_int64(row, 2)};
    g_array_append_val(rows, relay);
}

OvTrailRelay *ov_ledger_trail_relays(OvLedger *ledger, gint64 message, OvArena *arena, guint *n,
                                     GError **error) {
    OvQuery query = {OV_STATEMENT_TRAIL_RELAYS, NULL, NULL, 1, {message}, take_relay,
                     sizeof(OvTrailRelay)};
    return ov_ledger_rows(ledger, &query, arena, n, error);
}

/* What one thread reads. */
typedef struct {
    OvLedger *ledger;
    const char *const *message_ids;
    guint n;
    gint64 from, to;
} Part;

static void step_through(sqlite3_stmt *statement) {
    while (sqlite3_step(statement) == SQLITE_ROW)
        continue;
    sqlite3_reset(statement);
}

static gpointer touch_ids(gpointer data) {
    const Part *part = data;
    g_autoptr(OvConnection) connection = ov_ledger_connect(part->ledger, NULL);
    for (guint i = 0; connection && i < part->n; i++) {
        sqlite3_stmt *statement =
            ov_connection_statement(connection, OV_STATEMENT_TOUCH_MESSAGE_ID, NULL);
        if (!statement)
            break;
        sqlite3_bind_text(statement, 1, part->message_ids[i], -1, SQLITE_STATIC);
        step_through(statement);
    }
    return NULL;
}

static gpointer touch_rows(gpointer data) {
    static const OvStatement ALL[] = {OV_STATEMENT_TOUCH_MESSAGES, OV_STATEMENT_TOUCH_DELIVERIES};
    const Part *part = data;
    g_autoptr(OvConnection) connection = ov_ledger_connect(part->ledger, NULL);
    for (guint i = 0; connection && i < G_N_ELEMENTS(ALL); i++) {
        sqlite3_stmt *statement = ov_connection_statement(connection, ALL[i], NULL);
        if (!statement)
            break;
        sqlite3_bind_int64(statement, 1, ov_id_first_at(part->from));
        sqlite3_bind_int64(statement, 2, ov_id_first_at(part->to));
        sqlite3_bind_int64(statement, 3, (gint64)part->n * WORTH);
        step_through(statement);
    }
    return NULL;
}

void ov_ledger_read_ahead(OvLedger *ledger, const char *const *message_ids, guint n, gint64 from,
                          gint64 to) {
    Part rows = {ledger, NULL, n, from, to}, parts[READERS];
    GThread *threads[READERS];
    for (guint i = 0; i < READERS; i++) {
        guint start = (guint)((guint64)n * i / READERS),
              end = (guint)((guint64)n * (i + 1) / READERS);
        parts[i] = (Part){.ledger = ledger, .message_ids = message_ids + start, .n = end - start};
        threads[i] = g_thread_new("read-ahead", touch_ids, &parts[i]);
    }
    touch_rows(&rows);
    for (guint i = 0; i < READERS; i++)
        g_thread_join(threads[i]);
}
