/* Bulk senders, and how much each domain sent lately, as outvetd remembers it at its start. */
#include "policy/ledger/ledger_sqlite.h"

static const gint64 HOUR = G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC;
static const gint64 DAY = G_GINT64_CONSTANT(24) * 3600 * G_USEC_PER_SEC;

enum { HOURS = 24 };

gboolean ov_connection_mark_bulk(OvConnection *connection, const OvBulkSender *sender,
                                 GError **error) {
    sqlite3_stmt *statement = ov_connection_statement(connection, OV_STATEMENT_MARK_BULK, error);
    if (!statement)
        return FALSE;
    sqlite3_bind_text(statement, 1, sender->domain, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 2, ov_provider_name(sender->provider), -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 3, sender->since);
    return ov_connection_run(connection, statement, error);
}

/* FALSE for a name that this version does not know. */
static gboolean read_provider(const char *name, OvProvider *provider) {
    for (guint i = 0; i < OV_N_DEMANDING; i++)
        if (g_strcmp0(name, ov_provider_name((OvProvider)i)) == 0) {
            *provider = (OvProvider)i;
            return TRUE;
        }
    return FALSE;
}

/* A provider that this version does not know is passed over. */
static void take_sender(sqlite3_stmt *row, OvArena *arena, GArray *rows) {
    OvBulkSender sender = {.domain = ov_column_text(row, 0, arena),
                           .since = sqlite3_column_int64(row, 2)};
    if (read_provider((const char *)sqlite3_column_text(row, 1), &sender.provider))
        g_array_append_val(rows, sender);
}

OvBulkSender *ov_connection_bulk_senders(OvConnection *connection, OvArena *arena, guint *n,
                                         GError **error) {
    sqlite3_stmt *statement = ov_connection_statement(connection, OV_STATEMENT_BULK, error);
    return statement ? ov_connection_rows(connection, statement, take_sender, sizeof(OvBulkSender),
                                          arena, n, error)
                     : NULL;
}

typedef struct {
    OvVolumes *volumes;
    gint64 now;
} Recall;

/* A row says of a day, not of its hours: as if the mail had come evenly over those that were. */
static void recall_day(const OvLedgerDay *day, gpointer data) {
    const Recall *recall = data;
    if (!day->departed)
        return;
    gint64 first = day->day * HOURS;
    gint64 n = CLAMP(recall->now / HOUR - first + 1, 1, HOURS);
    for (guint provider = 0; provider < OV_N_DEMANDING; provider++)
        for (gint64 i = 0; i < n && day->copies[provider] > 0; i++) {
            gint64 part = day->copies[provider] * (i + 1) / n - day->copies[provider] * i / n;
            if (part > 0)
                ov_volumes_recall(recall->volumes, ov_slice(day->domain), (OvProvider)provider,
                                  (guint)MIN(part, G_MAXUINT), (first + i) * HOUR);
        }
}

gboolean ov_connection_recall_volumes(OvConnection *connection, OvVolumes *volumes, gint64 now,
                                      GError **error) {
    g_autoptr(OvArena) arena = ov_arena_new();
    guint n = 0;
    const OvBulkSender *senders = ov_connection_bulk_senders(connection, arena, &n, error);
    if (!senders)
        return FALSE;
    for (guint i = 0; i < n; i++)
        ov_volumes_mark(volumes, ov_slice(senders[i].domain), senders[i].provider, TRUE);
    Recall recall = {volumes, now};
    return ov_connection_days(connection, now / DAY - 1, now / DAY, NULL, recall_day, &recall,
                              error);
}
