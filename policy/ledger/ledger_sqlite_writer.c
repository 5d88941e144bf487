#include "policy/ledger/ledger_sqlite.h"

#include "policy/log.h"

#include <semaphore.h>

static const gint64 PRUNE_PAUSE = 5 * G_USEC_PER_SEC;
static const gint64 PRUNE_PAUSE_BEHIND = G_USEC_PER_SEC / 10;

/* How long a batch waits for company while several threads write at a time: a commit costs the same
 * for one record and for ten. A thread that writes alone never waits. */
static const gint64 GATHER = 250; /* microseconds */

/* What one thread waits for; it lies on that thread's stack. */
typedef struct Item Item;
struct Item {
    const OvLedgerRecord *record;      /* or, where NULL: */
    const guint8 *hashes;              /* the record's */
    const OvDeliveryBatch *deliveries; /* or, where that is NULL too:  */
    OvWriteFunc write;                 /* or, where all are NULL, one step of pruning */
    gconstpointer data;                /* write's */
    gboolean behind;                   /* of a step of pruning: another should follow soon */
    gboolean leads; /* woken to lead, not because it is done; set before the post */
    sem_t woken;    /* posted once, by who then touches the item no more */
    GError *error;  /* NULL when it is on disk */
    Item *next;
};

/* There is no thread that writes: of those that wait, one leads. It commits what all have handed
 * over by then, passes the lead to one that came later, and wakes the rest. So a thread that writes
 * alone is never switched away from, and a crowd pays for one commit together. */
struct OvWriter {
    char *path;
    gint64 retention;
    gboolean keep_recipients;
    OvVolumes *volumes;
    gint failing; /* atomic */
    GMutex lock;  /* the queue, led, wanted, stopping, commits, trouble, change */
    GCond company;
    GCond stop;
    Item *first, *last;
    guint n_waiting; /* items in the queue */
    guint wanted;    /* so many of them are worth waking a leader for that gathers */
    gboolean led;
    gboolean stopping;
    OvLedgerCommits commits; /* but for waiting, which is n_waiting */
    char *trouble;           /* NULL while all is well */
    OvLedgerChange change;
    gpointer change_data;
    GThread *pruner; /* NULL where nothing is pruned */
    /* Of the one that leads: */
    OvConnection *connection; /* NULL after a failure: the next batch opens it again */
    gboolean recalled;        /* volumes is filled */
    guint last_batch;         /* items in it */
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
    g_mutex_lock(&writer->lock);
    g_free(writer->trouble);
    writer->trouble = trouble ? g_strdup(trouble->message) : NULL;
    OvLedgerChange change = writer->change;
    g_mutex_unlock(&writer->lock);
    if (change)
        change(trouble ? trouble->message : NULL, writer->change_data);
}

void ov_writer_set_change(OvWriter *writer, OvLedgerChange change, gpointer data) {
    g_mutex_lock(&writer->lock);
    writer->change = change;
    writer->change_data = data;
    g_autofree char *trouble = g_strdup(writer->trouble);
    g_mutex_unlock(&writer->lock);
    if (trouble)
        change(trouble, data);
}

static void disconnect(OvWriter *writer) {
    g_clear_pointer(&writer->connection, ov_connection_close);
}

/* Once, and before this process writes what it will count itself. */
static gboolean recall_volumes(OvWriter *writer, GError **error) {
    if (!writer->recalled)
        writer->recalled = ov_connection_recall_volumes(writer->connection, writer->volumes,
                                                        g_get_real_time(), error);
    return writer->recalled;
}

static gboolean connect(OvWriter *writer, GError **error) {
    if (writer->connection && ov_connection_moved(writer->connection)) {
        ov_log(OV_LOG_WARNING, NULL, "event", "ledger", "state", "reopened", "error",
               "the ledger's file was moved or removed while it was in use", NULL);
        disconnect(writer);
    }
    if (!writer->connection)
        writer->connection = ov_connection_open(writer->path, TRUE, error);
    return writer->connection && recall_volumes(writer, error);
}

/* FALSE with error when the whole batch must fail. */
static gboolean insert_deliveries(OvWriter *writer, Item *item, GError **error) {
    if (!ov_connection_execute(writer->connection, OV_STATEMENT_SAVEPOINT, error))
        return FALSE;
    if (ov_connection_add_deliveries(writer->connection, item->deliveries, &item->error))
        return ov_connection_execute(writer->connection, OV_STATEMENT_RELEASE, error);
    g_hash_table_remove_all(writer->connection->words); /* new ones are gone again */
    return ov_connection_execute(writer->connection, OV_STATEMENT_ROLLBACK_TO, error) &&
           ov_connection_execute(writer->connection, OV_STATEMENT_RELEASE, error);
}

/* FALSE with error when the whole batch must fail; an item's own trouble stays with the item. */
static gboolean insert(OvWriter *writer, Item *item, GError **error) {
    GError *trouble = NULL;
    gboolean done;
    if (item->deliveries)
        return insert_deliveries(writer, item, error);
    if (item->record)
        done = ov_connection_insert(writer->connection, item->record, item->hashes,
                                    writer->keep_recipients, &trouble);
    else
        done = item->write(writer->connection, item->data, &trouble);
    if (!done && g_error_matches(trouble, OV_LEDGER_ERROR, OV_LEDGER_ERROR_DUPLICATE))
        item->error = trouble;
    else if (!done)
        g_propagate_error(error, trouble);
    return done || item->error;
}

static gboolean prunes(const Item *item) {
    return !item->record && !item->deliveries && !item->write;
}

static gboolean commit(OvWriter *writer, Item *batch, GError **error) {
    if (!connect(writer, error) ||
        !ov_connection_execute(writer->connection, OV_STATEMENT_BEGIN, error))
        return FALSE;
    for (Item *item = batch; item; item = item->next)
        if (!prunes(item) && !insert(writer, item, error))
            return FALSE;
    return ov_connection_write_counts(writer->connection, error) &&
           ov_connection_execute(writer->connection, OV_STATEMENT_COMMIT, error);
}

static gboolean prune(OvWriter *writer, Item *step, GError **error) {
    return connect(writer, error) && ov_connection_prune(writer->connection, writer->retention,
                                                         g_get_real_time(), &step->behind, error);
}

static void count_commit(OvWriter *writer, gboolean done) {
    g_mutex_lock(&writer->lock);
    if (done) {
        writer->commits.commits++;
        writer->commits.last = g_get_real_time();
    } else {
        writer->commits.failed++;
    }
    g_mutex_unlock(&writer->lock);
}

static void write_batch(OvWriter *writer, Item *batch) {
    g_autoptr(GError) trouble = NULL;
    Item *step = NULL;
    gboolean records = FALSE;
    for (Item *item = batch; item; item = item->next)
        if (prunes(item))
            step = item;
        else
            records = TRUE;
    if (records && !commit(writer, batch, &trouble))
        for (Item *item = batch; item; item = item->next) {
            g_clear_error(&item->error);
            item->error = g_error_copy(trouble);
        }
    if (records)
        count_commit(writer, !trouble);
    /* What is committed stays so, whatever becomes of pruning. */
    if (!trouble && step)
        prune(writer, step, &trouble);
    if (trouble)
        disconnect(writer);
    set_state(writer, trouble);
}

/* The batch to write now: all that waits, after a moment for company where there is a crowd. */
static Item *take_batch(OvWriter *writer) {
    g_mutex_lock(&writer->lock);
    if (writer->last_batch > 1) {
        gint64 until = g_get_monotonic_time() + GATHER;
        writer->wanted = 2 * writer->last_batch;
        while (writer->n_waiting < writer->wanted && !writer->stopping &&
               g_cond_wait_until(&writer->company, &writer->lock, until))
            continue;
        writer->wanted = 0;
    }
    Item *batch = writer->first;
    writer->last_batch = writer->n_waiting;
    writer->first = writer->last = NULL;
    writer->n_waiting = 0;
    g_mutex_unlock(&writer->lock);
    return batch;
}

/* Gives the lead to the first that waits, if any does. */
static void pass_lead(OvWriter *writer) {
    g_mutex_lock(&writer->lock);
    Item *next = writer->first;
    writer->led = next != NULL;
    g_mutex_unlock(&writer->lock);
    if (next) {
        next->leads = TRUE;
        sem_post(&next->woken);
    }
}

/* Writes what waits, own among it, and wakes the others. */
static void lead(OvWriter *writer, const Item *own) {
    Item *batch = take_batch(writer);
    write_batch(writer, batch);
    pass_lead(writer);
    for (Item *item = batch, *next; item; item = next) {
        next = item->next; /* its thread goes away with it once it is woken */
        if (item != own)
            sem_post(&item->woken);
    }
}

static gboolean hand_over(OvWriter *writer, Item *item, GError **error) {
    sem_init(&item->woken, 0, 0);
    g_mutex_lock(&writer->lock);
    if (writer->last)
        writer->last->next = item;
    else
        writer->first = item;
    writer->last = item;
    writer->n_waiting++;
    gboolean enough = writer->wanted > 0 && writer->n_waiting >= writer->wanted;
    gboolean leads = !writer->led;
    writer->led = TRUE;
    g_mutex_unlock(&writer->lock);

    if (enough)
        g_cond_signal(&writer->company);
    if (!leads) {
        while (sem_wait(&item->woken) != 0)
            continue; /* EINTR */
        leads = item->leads;
    }
    if (leads)
        lead(writer, item);
    sem_destroy(&item->woken);
    if (!item->error)
        return TRUE;
    g_propagate_error(error, item->error);
    return FALSE;
}

/* Prunes a step now and then; its steps wait their turn like every record. */
static gpointer prune_steps(gpointer data) {
    OvWriter *writer = data;
    gint64 pause = PRUNE_PAUSE_BEHIND;
    g_mutex_lock(&writer->lock);
    while (!writer->stopping) {
        gint64 until = g_get_monotonic_time() + pause;
        while (!writer->stopping && g_cond_wait_until(&writer->stop, &writer->lock, until))
            continue;
        if (writer->stopping)
            break;
        g_mutex_unlock(&writer->lock);
        Item step = {.behind = FALSE};
        hand_over(writer, &step, NULL); /* its trouble is in the log */
        pause = step.behind ? PRUNE_PAUSE_BEHIND : PRUNE_PAUSE;
        g_mutex_lock(&writer->lock);
    }
    g_mutex_unlock(&writer->lock);
    return NULL;
}

OvWriter *ov_writer_start(const char *path, OvConnection *connection, const GError *why,
                          gint64 retention, gboolean keep_recipients, OvVolumes *volumes) {
    OvWriter *writer = g_new0(OvWriter, 1);
    writer->path = g_strdup(path);
    writer->connection = connection;
    writer->retention = retention;
    writer->keep_recipients = keep_recipients;
    writer->volumes = volumes;
    if (connection)
        recall_volumes(writer, NULL); /* else before the first batch, which tells the trouble */
    g_mutex_init(&writer->lock);
    g_cond_init(&writer->company);
    g_cond_init(&writer->stop);
    set_state(writer, why);
    if (retention > 0)
        writer->pruner = g_thread_new("prune", prune_steps, writer);
    return writer;
}

void ov_writer_stop(OvWriter *writer) {
    g_mutex_lock(&writer->lock);
    writer->stopping = TRUE;
    g_cond_signal(&writer->stop);
    g_mutex_unlock(&writer->lock);
    if (writer->pruner)
        g_thread_join(writer->pruner);
    disconnect(writer);
    g_mutex_clear(&writer->lock);
    g_cond_clear(&writer->company);
    g_cond_clear(&writer->stop);
    g_free(writer->trouble);
    g_free(writer->path);
    g_free(writer);
}

gboolean ov_writer_add(OvWriter *writer, const OvLedgerRecord *record, const guint8 *hashes,
                       GError **error) {
    Item item = {.record = record, .hashes = hashes};
    return hand_over(writer, &item, error);
}

gboolean ov_writer_write(OvWriter *writer, OvWriteFunc write, gconstpointer data, GError **error) {
    Item item = {.write = write, .data = data};
    return hand_over(writer, &item, error);
}

gboolean ov_writer_add_deliveries(OvWriter *writer, const OvDeliveryBatch *deliveries,
                                  GError **error) {
    Item item = {.deliveries = deliveries};
    return hand_over(writer, &item, error);
}

gboolean ov_writer_failing(OvWriter *writer) {
    return g_atomic_int_get(&writer->failing);
}

void ov_writer_commits(OvWriter *writer, OvLedgerCommits *commits) {
    g_mutex_lock(&writer->lock);
    *commits = writer->commits;
    commits->waiting = writer->n_waiting;
    g_mutex_unlock(&writer->lock);
}
