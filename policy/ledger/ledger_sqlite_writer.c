#include "policy/ledger/ledger_sqlite.h"

#include "policy/log.h"

static const gint64 PRUNE_PAUSE = 5 * G_USEC_PER_SEC;
static const gint64 PRUNE_PAUSE_BEHIND = G_USEC_PER_SEC / 10;

/* What one thread waits for; it lives on that thread's stack. */
typedef struct Item Item;
struct Item {
    const OvLedgerRecord *record; /* or, where NULL, an action: */
    const OvLedgerAction *action;
    gint64 message;
    const guint8 *hashes;
    gboolean done; /* read and set under the writer's lock */
    GCond finished;
    GError *error; /* NULL when it is on disk */
    Item *next;
};

struct OvWriter {
    char *path;
    gint64 retention;
    gboolean keep_recipients;
    GThread *thread;
    gint failing; /* atomic */
    GMutex lock;  /* the queue, stopping, and every item's done */
    GCond work;
    Item *first, *last;
    gboolean stopping;
    /* Of the writer's thread alone: */
    OvConnection *connection; /* NULL after a failure: the next batch opens it again */
    gint64 next_prune;        /* monotonic time */
};

/* trouble NULL: all is well. */
static void set_state(OvWriter *writer, const GError *trouble) {
    gboolean failing = trouble != NULL;
    if (g_atomic_int_get(&writer->failing) == failing)
        return;
    g_atomic_int_set(&writer->failing, failing);
    if (trouble)
        ov_log(OV_LOG_ERROR, NULL, "event", "ledger", "state", "failing", "error", trouble->message,
               NULL);
    else
        ov_log(OV_LOG_INFO, NULL, "event", "ledger", "state", "ok", NULL);
}

static void disconnect(OvWriter *writer) {
    g_clear_pointer(&writer->connection, ov_connection_close);
}

static gboolean connect(OvWriter *writer, GError **error) {
    if (writer->connection && ov_connection_moved(writer->connection)) {
        ov_log(OV_LOG_WARNING, NULL, "event", "ledger", "state", "reopened", "error",
               "the ledger's file was moved or removed while it was in use", NULL);
        disconnect(writer);
    }
    if (!writer->connection)
        writer->connection = ov_connection_open(writer->path, TRUE, error);
    return writer->connection != NULL;
}

static gboolean run(OvWriter *writer, OvStatement which, GError **error) {
    sqlite3_stmt *statement = ov_connection_statement(writer->connection, which, error);
    return statement && ov_connection_run(writer->connection, statement, error);
}

/* FALSE with error when the whole batch must fail; an item's own trouble stays with the item. */
static gboolean insert(OvWriter *writer, Item *item, GError **error) {
    GError *trouble = NULL;
    gboolean done = item->record
                        ? ov_connection_insert(writer->connection, item->record, item->hashes,
                                               writer->keep_recipients, &trouble)
                        : ov_connection_insert_action(writer->connection, item->message,
                                                      item->action, &trouble);
    if (!done && g_error_matches(trouble, OV_LEDGER_ERROR, OV_LEDGER_ERROR_DUPLICATE))
        item->error = trouble;
    else if (!done)
        g_propagate_error(error, trouble);
    return done || item->error;
}

static gboolean commit(OvWriter *writer, Item *batch, GError **error) {
    if (!connect(writer, error) || !run(writer, OV_STATEMENT_BEGIN, error))
        return FALSE;
    for (Item *item = batch; item; item = item->next)
        if (!insert(writer, item, error))
            return FALSE;
    return run(writer, OV_STATEMENT_COMMIT, error);
}

static void finish(OvWriter *writer, Item *batch) {
    g_mutex_lock(&writer->lock);
    for (Item *item = batch, *next; item; item = next) {
        next = item->next; /* its thread may be gone with it once it is done */
        item->done = TRUE;
        g_cond_signal(&item->finished);
    }
    g_mutex_unlock(&writer->lock);
}

static void write_batch(OvWriter *writer, Item *batch) {
    g_autoptr(GError) trouble = NULL;
    if (!commit(writer, batch, &trouble)) {
        disconnect(writer);
        for (Item *item = batch; item; item = item->next) {
            g_clear_error(&item->error);
            item->error = g_error_copy(trouble);
        }
    }
    set_state(writer, trouble);
    finish(writer, batch);
}

static void prune_when_due(OvWriter *writer) {
    gint64 now = g_get_monotonic_time();
    if (writer->retention == 0 || now < writer->next_prune)
        return;
    g_autoptr(GError) trouble = NULL;
    gboolean more = FALSE;
    if (!connect(writer, &trouble) || !ov_connection_prune(writer->connection, writer->retention,
                                                           g_get_real_time(), &more, &trouble)) {
        disconnect(writer);
        set_state(writer, trouble);
    }
    writer->next_prune = g_get_monotonic_time() + (more ? PRUNE_PAUSE_BEHIND : PRUNE_PAUSE);
}

/* Waits for work; NULL where there is none yet, or none any more. */
static Item *take_batch(OvWriter *writer, gboolean *stopping) {
    g_mutex_lock(&writer->lock);
    while (!writer->first && !writer->stopping)
        if (writer->retention == 0)
            g_cond_wait(&writer->work, &writer->lock);
        else if (!g_cond_wait_until(&writer->work, &writer->lock, writer->next_prune))
            break;
    Item *batch = writer->first;
    writer->first = writer->last = NULL;
    *stopping = writer->stopping;
    g_mutex_unlock(&writer->lock);
    return batch;
}

static gpointer writer_main(gpointer data) {
    OvWriter *writer = data;
    gboolean stopping = FALSE;
    while (!stopping) {
        Item *batch = take_batch(writer, &stopping);
        if (batch)
            write_batch(writer, batch);
        if (!stopping)
            prune_when_due(writer);
    }
    disconnect(writer);
    return NULL;
}

OvWriter *ov_writer_start(const char *path, OvConnection *connection, const GError *why,
                          gint64 retention, gboolean keep_recipients) {
    OvWriter *writer = g_new0(OvWriter, 1);
    writer->path = g_strdup(path);
    writer->connection = connection;
    writer->retention = retention;
    writer->keep_recipients = keep_recipients;
    writer->next_prune = g_get_monotonic_time() + PRUNE_PAUSE_BEHIND;
    g_mutex_init(&writer->lock);
    g_cond_init(&writer->work);
    set_state(writer, why);
    writer->thread = g_thread_new("ledger", writer_main, writer);
    return writer;
}

void ov_writer_stop(OvWriter *writer) {
    g_mutex_lock(&writer->lock);
    writer->stopping = TRUE;
    g_cond_signal(&writer->work);
    g_mutex_unlock(&writer->lock);
    g_thread_join(writer->thread);
    g_mutex_clear(&writer->lock);
    g_cond_clear(&writer->work);
    g_free(writer->path);
    g_free(writer);
}

static gboolean hand_over(OvWriter *writer, Item *item, GError **error) {
    g_cond_init(&item->finished);
    g_mutex_lock(&writer->lock);
    g_assert(!writer->stopping);
    if (writer->last)
        writer->last->next = item;
    else
        writer->first = item;
    writer->last = item;
    g_cond_signal(&writer->work);
    while (!item->done)
        g_cond_wait(&item->finished, &writer->lock);
    g_mutex_unlock(&writer->lock);
    g_cond_clear(&item->finished);
    if (!item->error)
        return TRUE;
    g_propagate_error(error, item->error);
    return FALSE;
}

gboolean ov_writer_add(OvWriter *writer, const OvLedgerRecord *record, const guint8 *hashes,
                       GError **error) {
    Item item = {.record = record, .hashes = hashes};
    return hand_over(writer, &item, error);
}

gboolean ov_writer_add_action(OvWriter *writer, gint64 message, const OvLedgerAction *action,
                              GError **error) {
    Item item = {.message = message, .action = action};
    return hand_over(writer, &item, error);
}

gboolean ov_writer_failing(OvWriter *writer) {
    return g_atomic_int_get(&writer->failing);
}
