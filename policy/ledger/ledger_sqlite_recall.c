#include "policy/ledger/fingerprint.h"
#include "policy/ledger/ledger_sqlite.h"
#include "policy/message_id.h"

/* Rows of one step: readers hold up no checkpoint for longer. */
enum { STEP = 1000 };

/* Between two looks at what is new, and before another try. */
static const gint64 PAUSE = 5 * G_USEC_PER_SEC;

struct OvRecall {
    char *path;
    OvWindow *window;
    gint filling; /* atomic */
    GMutex lock;  /* stopping */
    GCond stop;
    gboolean stopping;
    GThread *thread;
};

/* The keyed hashes of a message's recipients, one after another. NULL with error. */
static GByteArray *hashes_of(OvConnection *connection, gint64 message, GError **error) {
    sqlite3_stmt *statement =
        ov_connection_statement(connection, OV_STATEMENT_RECIPIENT_HASHES, error);
    if (!statement)
        return NULL;
    sqlite3_bind_int64(statement, 1, message);
    g_autoptr(GByteArray) hashes = g_byte_array_new();
    int result;
    while ((result = sqlite3_step(statement)) == SQLITE_ROW)
        if (sqlite3_column_bytes(statement, 0) == OV_RECIPIENT_HASH_SIZE)
            g_byte_array_append(hashes, sqlite3_column_blob(statement, 0), OV_RECIPIENT_HASH_SIZE);
    if (result != SQLITE_DONE)
        ov_connection_fail(connection, error);
    sqlite3_reset(statement);
    return result == SQLITE_DONE ? g_steal_pointer(&hashes) : NULL;
}

/* One row of RECALL: id, time, fingerprint, login. */
static gboolean take_row(OvConnection *connection, sqlite3_stmt *row, OvWindow *window, gint64 now,
                         GError **error) {
    OvFingerprint fingerprint;
    gint64 time = sqlite3_column_int64(row, 1);
    if (time - now > OV_WINDOW_DAY)
        return TRUE; /* the clock was set back since: nobody knows when that was */
    if (!ov_fingerprint_read(sqlite3_column_blob(row, 2), (gsize)sqlite3_column_bytes(row, 2),
                             &fingerprint))
        return TRUE; /* refused, or recorded before there were fingerprints */
    /* Of older mail the Message-ID alone counts. */
    g_autoptr(GByteArray) hashes = now - time < OV_WINDOW_DAY
                                       ? hashes_of(connection, sqlite3_column_int64(row, 0), error)
                                       : g_byte_array_new();
    if (!hashes)
        return FALSE;
    ov_window_add(window, &fingerprint, (const char *)sqlite3_column_text(row, 3), time,
                  hashes->data, hashes->len / OV_RECIPIENT_HASH_SIZE);
    return TRUE;
}

/* Adds up to STEP rows with an id below *before, which becomes the last one's. */
static gboolean recall_step(OvConnection *connection, OvWindow *window, gint64 now, gint64 *before,
                            gboolean *more, GError **error) {
    sqlite3_stmt *statement = ov_connection_statement(connection, OV_STATEMENT_RECALL, error);
    if (!statement)
        return FALSE;
    sqlite3_bind_int64(statement, 1, *before);
    sqlite3_bind_int64(statement, 2, ov_id_first_at(now - OV_WINDOW_LONG));
    sqlite3_bind_int64(statement, 3, STEP);
    guint n = 0;
    gboolean taken = TRUE;
    int result = SQLITE_DONE;
    while (taken && (result = sqlite3_step(statement)) == SQLITE_ROW) {
        *before = sqlite3_column_int64(statement, 0);
        n++;
        taken = take_row(connection, statement, window, now, error);
    }
    if (taken && result != SQLITE_DONE)
        ov_connection_fail(connection, error);
    sqlite3_reset(statement);
    *more = n == STEP && !ov_window_full(window);
    return taken && result == SQLITE_DONE;
}

gboolean ov_connection_recall(OvConnection *connection, OvWindow *window, GError **error) {
    gint64 before = G_MAXINT64;
    gboolean more = TRUE;
    while (more)
        if (!recall_step(connection, window, g_get_real_time(), &before, &more, error))
            return FALSE;
    return TRUE;
}

/* FALSE when it is time to stop. */
static gboolean pause_for(OvRecall *recall, gint64 pause) {
    gint64 until = g_get_monotonic_time() + pause;
    g_mutex_lock(&recall->lock);
    while (!recall->stopping && g_cond_wait_until(&recall->stop, &recall->lock, until))
        continue;
    gboolean going_on = !recall->stopping;
    g_mutex_unlock(&recall->lock);
    return going_on;
}

/* What the thread has got through. */
typedef struct {
    OvConnection *connection; /* NULL: to be opened */
    gint64 before;            /* id of the oldest message that was taken in */
    gboolean more;            /* messages */
    gint64 suppressed;        /* the last row of suppressions */
} Progress;

/* FALSE on trouble, which is in the log by the writer: it has the same file. */
static gboolean go_on(OvRecall *recall, Progress *progress) {
    if (progress->connection && ov_connection_moved(progress->connection))
        g_clear_pointer(&progress->connection, ov_connection_close);
    if (!progress->connection)
        progress->connection = ov_connection_open(recall->path, FALSE, NULL);
    if (!progress->connection)
        return FALSE;
    if (ov_connection_follow_suppressions(progress->connection,
                                          ov_window_suppressions(recall->window),
                                          &progress->suppressed, NULL) &&
        (!progress->more || recall_step(progress->connection, recall->window, g_get_real_time(),
                                        &progress->before, &progress->more, NULL)))
        return TRUE;
    g_clear_pointer(&progress->connection, ov_connection_close);
    return FALSE;
}

static gpointer recall_all(gpointer data) {
    OvRecall *recall = data;
    Progress progress = {.before = G_MAXINT64, .more = TRUE};
    gint64 pause;
    do {
        gboolean done = go_on(recall, &progress);
        g_atomic_int_set(&recall->filling, progress.more);
        pause = done && progress.more ? 0 : PAUSE;
    } while (pause_for(recall, pause));
    ov_connection_close(progress.connection);
    return NULL;
}

OvRecall *ov_recall_start(const char *path, OvWindow *window) {
    OvRecall *recall = g_new0(OvRecall, 1);
    recall->path = g_strdup(path);
    recall->window = window;
    recall->filling = TRUE;
    g_mutex_init(&recall->lock);
    g_cond_init(&recall->stop);
    recall->thread = g_thread_new("recall", recall_all, recall);
    return recall;
}

gboolean ov_recall_filling(OvRecall *recall) {
    return g_atomic_int_get(&recall->filling);
}

void ov_recall_stop(OvRecall *recall) {
    g_mutex_lock(&recall->lock);
    recall->stopping = TRUE;
    g_cond_signal(&recall->stop);
    g_mutex_unlock(&recall->lock);
    g_thread_join(recall->thread);
    g_mutex_clear(&recall->lock);
    g_cond_clear(&recall->stop);
    g_free(recall->path);
    g_free(recall);
}
