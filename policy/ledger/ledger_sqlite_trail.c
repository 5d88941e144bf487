/* Messages as far as a detection is compared with them. */
#include "policy/ledger/ledger_sqlite.h"

#include "policy/ledger/trail.h"
#include "policy/message_id.h"

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
    OvQuery query = {OV_STATEMENT_TRAIL_RELAYS, NULL, 1, {message}, take_relay,
                     sizeof(OvTrailRelay)};
    return ov_ledger_rows(ledger, &query, arena, n, error);
}
