/* What the provider took for spam among what was let through. */
#include "policy/ledger/ledger_sqlite.h"

#include "policy/ledger/misses.h"
#include "policy/message_id.h"

/* Ids grow with time. */
static OvQuery query_of(OvStatement which, gint64 from, gint64 to, OvRowFunc take, guint size) {
    return (OvQuery){.which = which,
                     .n_numbers = 2,
                     .numbers = {ov_id_first_at(from), ov_id_first_at(to)},
                     .take = take,
                     .size = size};
}

static void take_misses(sqlite3_stmt *row, OvArena *arena, GArray *rows) {
    (void)arena;
    OvMisses misses = {sqlite3_column_int64(row, 0), sqlite3_column_int64(row, 1),
                       sqlite3_column_int64(row, 2), sqlite3_column_int64(row, 3)};
    g_array_append_val(rows, misses);
}

gboolean ov_ledger_misses(OvLedger *ledger, gint64 from, gint64 to, OvMisses *misses,
                          GError **error) {
    g_autoptr(OvArena) arena = ov_arena_new();
    OvQuery query = query_of(OV_STATEMENT_MISSES, from, to, take_misses, sizeof(OvMisses));
    guint n = 0;
    const OvMisses *rows = ov_ledger_rows(ledger, &query, arena, &n, error);
    *misses = n > 0 ? rows[0] : (OvMisses){.detected = 0};
    return rows != NULL;
}

static void take_score(sqlite3_stmt *row, OvArena *arena, GArray *rows) {
    (void)arena;
    OvMissesOfScore of = {sqlite3_column_double(row, 0) / 2, sqlite3_column_int64(row, 1),
                          sqlite3_column_int64(row, 2)};
    g_array_append_val(rows, of);
}

OvMissesOfScore *ov_ledger_misses_by_score(OvLedger *ledger, gint64 from, gint64 to, OvArena *arena,
                                           guint *n, GError **error) {
    OvQuery query =
        query_of(OV_STATEMENT_MISSES_BY_SCORE, from, to, take_score, sizeof(OvMissesOfScore));
    return ov_ledger_rows(ledger, &query, arena, n, error);
}

static void take_beside(sqlite3_stmt *row, OvArena *arena, GArray *rows) {
    (void)arena;
    OvScoresBeside beside = {sqlite3_column_int64(row, 0), sqlite3_column_int64(row, 1),
                             sqlite3_column_double(row, 2)};
    g_array_append_val(rows, beside);
}

OvScoresBeside *ov_ledger_scores_beside(OvLedger *ledger, gint64 from, gint64 to, OvArena *arena,
                                        guint *n, GError **error) {
    OvQuery query =
        query_of(OV_STATEMENT_SCORES_BESIDE, from, to, take_beside, sizeof(OvScoresBeside));
    return ov_ledger_rows(ledger, &query, arena, n, error);
}

static void take_name(sqlite3_stmt *row, OvArena *arena, GArray *rows) {
    OvMissesOf of = {ov_column_text(row, 0, arena), sqlite3_column_int64(row, 1),
                     sqlite3_column_int64(row, 2)};
    g_array_append_val(rows, of);
}

static OvMissesOf *read_names(OvLedger *ledger, OvStatement which, gint64 from, gint64 to,
                              guint limit, OvArena *arena, guint *n, GError **error) {
    OvQuery query = query_of(which, from, to, take_name, sizeof(OvMissesOf));
    query.numbers[query.n_numbers++] = limit;
    return ov_ledger_rows(ledger, &query, arena, n, error);
}

OvMissesOf *ov_ledger_misses_by_rule(OvLedger *ledger, gint64 from, gint64 to, guint limit,
                                     OvArena *arena, guint *n, GError **error) {
    return read_names(ledger, OV_STATEMENT_MISSES_BY_RULE, from, to, limit, arena, n, error);
}

OvMissesOf *ov_ledger_misses_by_account(OvLedger *ledger, gint64 from, gint64 to, guint limit,
                                        OvArena *arena, guint *n, GError **error) {
    return read_names(ledger, OV_STATEMENT_MISSES_BY_ACCOUNT, from, to, limit, arena, n, error);
}
