#include "policy/ledger/ledger_sqlite.h"

#include "policy/log.h"

#include <errno.h>
#include <sys/stat.h>

struct OvLedger {
    char *path, *key_path;
    OvRecipientKey *key; /* in a reader made at first use, under the lock */
    OvWriter *writer;    /* NULL in a reader */
    OvRecall *recall;    /* NULL in a reader */
    gsize window_memory;
    GMutex lock;             /* reading, and a reader's window */
    OvConnection *reading;   /* made at first use */
    GMutex import_lock;      /* importing */
    OvConnection *importing; /* of a reader that records deliveries; made at first use */
    gboolean keep_recipients;
    OvWindow *window; /* NULL in a reader until it is asked for */
};

G_DEFINE_QUARK(ov_ledger_error, ov_ledger_error)

static OvLedger *ledger_new(const OvSettings *settings) {
    OvLedger *ledger = g_new0(OvLedger, 1);
    ledger->path = g_strdup(settings->ledger_path);
    ledger->key_path = g_strdup(settings->ledger_key_path);
    ledger->window_memory = (gsize)settings->history_memory;
    ledger->keep_recipients = settings->keep_recipients;
    g_mutex_init(&ledger->lock);
    g_mutex_init(&ledger->import_lock);
    return ledger;
}

static gboolean make_directory_of(const char *path, GError **error) {
    g_autofree char *directory = g_path_get_dirname(path);
    if (mkdir(directory, 0700) == 0 || errno == EEXIST)
        return TRUE;
    g_set_error(error, OV_LEDGER_ERROR, OV_LEDGER_ERROR_OPEN,
                "the ledger's directory %s can't be made: %s", directory, g_strerror(errno));
    return FALSE;
}

OvLedger *ov_ledger_open(const OvSettings *settings, GError **error) {
    g_autoptr(OvLedger) ledger = ledger_new(settings);
    if (!make_directory_of(settings->ledger_path, error))
        return NULL;
    ledger->key = ov_recipient_key_load(settings->ledger_key_path, error);
    if (!ledger->key)
        return NULL;
    g_autoptr(GError) trouble = NULL;
    OvConnection *connection = ov_connection_open(ledger->path, TRUE, &trouble);
    if (!connection && !g_error_matches(trouble, OV_LEDGER_ERROR, OV_LEDGER_ERROR_WRITE)) {
        g_propagate_error(error, g_steal_pointer(&trouble));
        return NULL;
    }
    ledger->window = ov_window_new(ledger->window_memory, ledger->key);
    ledger->writer = ov_writer_start(ledger->path, connection, trouble, settings->retention,
                                     settings->keep_recipients, ov_window_volumes(ledger->window));
    ledger->recall = ov_recall_start(ledger->path, ledger->window);
    return g_steal_pointer(&ledger);
}

/* Called under the lock. */
static gboolean connect_reading(OvLedger *ledger, GError **error) {
    if (ledger->reading && ov_connection_moved(ledger->reading))
        g_clear_pointer(&ledger->reading, ov_connection_close);
    if (!ledger->reading)
        ledger->reading = ov_connection_open(ledger->path, FALSE, error);
    return ledger->reading != NULL;
}

OvLedger *ov_ledger_open_reader(const OvSettings *settings, GError **error) {
    g_autoptr(OvLedger) ledger = ledger_new(settings);
    struct stat status;
    if (stat(ledger->path, &status) != 0) {
        int reason = errno;
        g_set_error(error, OV_LEDGER_ERROR, OV_LEDGER_ERROR_OPEN,
                    "the ledger %s can't be read: %s%s", ledger->path, g_strerror(reason),
                    reason == ENOENT ? "; outvetd makes it when it first starts" : "");
        return NULL;
    }
    return connect_reading(ledger, error) ? g_steal_pointer(&ledger) : NULL;
}

void ov_ledger_close(OvLedger *ledger) {
    if (!ledger)
        return;
    if (ledger->recall)
        ov_recall_stop(ledger->recall);
    if (ledger->writer)
        ov_writer_stop(ledger->writer);
    ov_window_free(ledger->window);
    ov_connection_close(ledger->reading);
    ov_connection_close(ledger->importing);
    ov_recipient_key_free(ledger->key);
    g_mutex_clear(&ledger->lock);
    g_mutex_clear(&ledger->import_lock);
    g_free(ledger->path);
    g_free(ledger->key_path);
    g_free(ledger);
}

void ov_ledger_derive_key(OvLedger *ledger, const char *purpose, guint8 key[32]) {
    ov_recipient_key_derive(ledger->key, purpose, key);
}

static void log_step(const OvBulkSender *sender, const char *state) {
    ov_log(OV_LOG_WARNING, NULL, "event", "bulk-sender", "domain", sender->domain, "provider",
           ov_provider_name(sender->provider), "state", state, NULL);
}

static gboolean mark_bulk(OvConnection *connection, gconstpointer sender, GError **error) {
    return ov_connection_mark_bulk(connection, sender, error);
}

/* Counts what left, and marks who becomes a bulk sender by it. */
static void count_volume(OvLedger *ledger, const OvLedgerRecord *record) {
    OvVolumes *volumes = ov_window_volumes(ledger->window);
    for (guint i = 0; i < OV_N_DEMANDING; i++) {
        OvBulkSender sender = {record->organisation, (OvProvider)i, record->time};
        OvSlice domain = ov_slice(sender.domain);
        if (record->copies[i] == 0)
            continue;
        switch (ov_volumes_add(volumes, domain, sender.provider, record->copies[i], record->time)) {
        case OV_VOLUME_STEP_NONE:
            break;
        case OV_VOLUME_STEP_NEAR:
            log_step(&sender, "near");
            break;
        case OV_VOLUME_STEP_BULK:
            if (ov_writer_write(ledger->writer, mark_bulk, &sender, NULL))
                log_step(&sender, "bulk");
            else /* the trouble is in the log; the next message tries again */
                ov_volumes_mark(volumes, domain, sender.provider, FALSE);
            break;
        }
    }
}

gboolean ov_ledger_add(OvLedger *ledger, const OvLedgerRecord *record, GError **error) {
    g_assert(ledger->writer);
    g_autofree guint8 *hashes = g_new(guint8, (gsize)record->n_recipients * OV_RECIPIENT_HASH_SIZE);
    for (guint i = 0; i < record->n_recipients; i++)
        ov_recipient_hash(ledger->key, record->recipients[i],
                          hashes + (gsize)i * OV_RECIPIENT_HASH_SIZE);
    if (!ov_writer_add(ledger->writer, record, hashes, error))
        return FALSE;
    ov_window_follow_clock(ledger->window, record->time);
    if (record->organisation && record->departed)
        count_volume(ledger, record);
    if (record->fingerprint)
        ov_window_add(ledger->window, record->fingerprint, record->login, record->time, hashes,
                      record->n_recipients);
    return TRUE;
}

/* Called under the lock. */
static gboolean get_key(OvLedger *ledger, GError **error) {
    if (!ledger->key)
        ledger->key = ov_recipient_key_open(ledger->key_path, error);
    return ledger->key != NULL;
}

/* The window of a reader. Called under the lock. */
static gboolean fill_window(OvLedger *ledger, GError **error) {
    if (!get_key(ledger, error) || !connect_reading(ledger, error))
        return FALSE;
    g_autoptr(OvWindow) window = ov_window_new(ledger->window_memory, ledger->key);
    gint64 after = 0;
    if (!ov_connection_follow_suppressions(ledger->reading, ov_window_suppressions(window), &after,
                                           error) ||
        !ov_connection_recall_volumes(ledger->reading, ov_window_volumes(window), g_get_real_time(),
                                      error) ||
        !ov_connection_recall(ledger->reading, window, error))
        return FALSE;
    ledger->window = g_steal_pointer(&window);
    return TRUE;
}

const OvHistory *ov_ledger_history(OvLedger *ledger, GError **error) {
    if (ledger->writer)
        return ov_window_history(ledger->window);
    g_mutex_lock(&ledger->lock);
    gboolean filled = ledger->window || fill_window(ledger, error);
    g_mutex_unlock(&ledger->lock);
    return filled ? ov_window_history(ledger->window) : NULL;
}

gboolean ov_ledger_suppress(OvLedger *ledger, const OvSuppression *suppressions, guint n,
                            guint *n_changed, GError **error) {
    g_mutex_lock(&ledger->lock);
    gboolean has_key = get_key(ledger, error);
    g_mutex_unlock(&ledger->lock);
    if (!has_key)
        return FALSE;
    g_autoptr(OvConnection) connection = ov_connection_open(ledger->path, TRUE, error);
    return connection &&
           ov_connection_suppress(connection, suppressions, n, ledger->key, n_changed, error);
}

OvSuppression *ov_ledger_suppressions(OvLedger *ledger, const char *recipient, OvArena *arena,
                                      guint *n, GError **error) {
    OvSuppression *suppressions = NULL;
    g_mutex_lock(&ledger->lock);
    if ((!recipient || get_key(ledger, error)) && connect_reading(ledger, error))
        suppressions =
            ov_connection_suppressions(ledger->reading, recipient, ledger->key, arena, n, error);
    g_mutex_unlock(&ledger->lock);
    return suppressions;
}

gboolean ov_ledger_add_complaint(OvLedger *ledger, const OvComplaint *complaint,
                                 const OvComplaintWish *wish, OvComplaintDone *done,
                                 GError **error) {
    g_mutex_lock(&ledger->lock);
    gboolean has_key = get_key(ledger, error);
    g_mutex_unlock(&ledger->lock);
    OvComplaintBatch batch = {complaint, wish, ledger->key, done};
    return has_key && ov_ledger_write_apart(ledger, ov_connection_add_complaint, &batch, error);
}

gboolean ov_ledger_went_to(OvLedger *ledger, gint64 message, const char *address, gboolean *went,
                           GError **error) {
    g_mutex_lock(&ledger->lock);
    gboolean done =
        get_key(ledger, error) && connect_reading(ledger, error) &&
        ov_connection_went_to(ledger->reading, message, address, ledger->key, went, error);
    g_mutex_unlock(&ledger->lock);
    return done;
}

gboolean ov_ledger_days(OvLedger *ledger, gint64 first, gint64 last, const char *domain,
                        OvLedgerDayFunc take, gpointer data, GError **error) {
    g_mutex_lock(&ledger->lock);
    gboolean done = connect_reading(ledger, error) &&
                    ov_connection_days(ledger->reading, first, last, domain, take, data, error);
    g_mutex_unlock(&ledger->lock);
    return done;
}

OvBulkSender *ov_ledger_bulk_senders(OvLedger *ledger, OvArena *arena, guint *n, GError **error) {
    g_mutex_lock(&ledger->lock);
    OvBulkSender *senders = NULL;
    if (connect_reading(ledger, error))
        senders = ov_connection_bulk_senders(ledger->reading, arena, n, error);
    g_mutex_unlock(&ledger->lock);
    return senders;
}

static gboolean keep_counters(OvConnection *connection, gconstpointer rows, GError **error) {
    return ov_connection_keep_counters(connection, rows, error);
}

gboolean ov_ledger_keep_counters(OvLedger *ledger, const OvCounterRow *rows, guint n,
                                 GError **error) {
    g_assert(ledger->writer);
    OvCounterRows batch = {rows, n};
    return ov_writer_write(ledger->writer, keep_counters, &batch, error);
}

gboolean ov_ledger_counters(OvLedger *ledger, const OvSubject *subject, OvCounterRowFunc take,
                            gpointer data, GError **error) {
    g_mutex_lock(&ledger->lock);
    gboolean done = connect_reading(ledger, error) &&
                    ov_connection_counters(ledger->reading, subject, take, data, error);
    g_mutex_unlock(&ledger->lock);
    return done;
}

gboolean ov_ledger_failing(OvLedger *ledger) {
    return ledger->writer && ov_writer_failing(ledger->writer);
}

void ov_ledger_commits(OvLedger *ledger, OvLedgerCommits *commits) {
    ov_writer_commits(ledger->writer, commits);
}

void ov_ledger_set_change(OvLedger *ledger, OvLedgerChange change, gpointer data) {
    ov_writer_set_change(ledger->writer, change, data);
}

gboolean ov_ledger_recalling(OvLedger *ledger) {
    return ledger->recall && ov_recall_filling(ledger->recall);
}

OvLedgerRecord **ov_ledger_find(OvLedger *ledger, OvLedgerKey key, const char *value, guint limit,
                                OvArena *arena, guint *n_records, GError **error) {
    g_mutex_lock(&ledger->lock);
    OvLedgerRecord **found = NULL;
    if (connect_reading(ledger, error))
        found = ov_connection_find(ledger->reading, key, value, limit, arena, n_records, error);
    g_mutex_unlock(&ledger->lock);
    return found;
}

gboolean ov_ledger_was_done(OvLedger *ledger, const char *action, const char *account,
                            const char *detail, gint64 since, gboolean *done, GError **error) {
    g_mutex_lock(&ledger->lock);
    gboolean ok =
        connect_reading(ledger, error) &&
        ov_connection_was_done(ledger->reading, action, account, detail, since, done, error);
    g_mutex_unlock(&ledger->lock);
    return ok;
}

gboolean ov_ledger_write_apart(OvLedger *ledger, OvWriteFunc write, gconstpointer data,
                               GError **error) {
    g_autoptr(OvConnection) connection = ov_connection_open(ledger->path, TRUE, error);
    return connection && ov_connection_transact(connection, write, data, error);
}

gboolean ov_ledger_write(OvLedger *ledger, OvWriteFunc write, gconstpointer data, GError **error) {
    return ledger->writer ? ov_writer_write(ledger->writer, write, data, error)
                          : ov_ledger_write_apart(ledger, write, data, error);
}

OvConnection *ov_ledger_connect(OvLedger *ledger, GError **error) {
    return ov_connection_open(ledger->path, FALSE, error);
}

gboolean ov_ledger_read(OvLedger *ledger, OvReadFunc read, gpointer data, GError **error) {
    g_mutex_lock(&ledger->lock);
    gboolean done = connect_reading(ledger, error) && read(ledger->reading, data, error);
    g_mutex_unlock(&ledger->lock);
    return done;
}

static gboolean add_deliveries(OvConnection *connection, gconstpointer batch, GError **error) {
    return ov_connection_add_deliveries(connection, batch, error);
}

/* In a transaction of their own, beside the outvetd that writes. Called under the import's lock. */
static gboolean import(OvLedger *ledger, const OvDeliveryBatch *batch, GError **error) {
    if (!ledger->importing)
        ledger->importing = ov_connection_open(ledger->path, TRUE, error);
    if (!ledger->importing)
        return FALSE;
    if (ov_connection_transact(ledger->importing, add_deliveries, batch, error))
        return TRUE;
    g_clear_pointer(&ledger->importing, ov_connection_close); /* and what it knew of new words */
    return FALSE;
}

gboolean ov_ledger_add_deliveries(OvLedger *ledger, const char *node, OvDelivery *deliveries,
                                  guint n, const OvLogMark *mark, OvArena *arena, GError **error) {
    g_mutex_lock(&ledger->lock);
    gboolean has_key = get_key(ledger, error);
    g_mutex_unlock(&ledger->lock);
    if (!has_key)
        return FALSE;
    OvDeliveryBatch batch = {node, deliveries, n, mark, ledger->key, ledger->keep_recipients,
                             arena};
    if (ledger->writer)
        return ov_writer_add_deliveries(ledger->writer, &batch, error);
    g_mutex_lock(&ledger->import_lock);
    gboolean done = import(ledger, &batch, error);
    g_mutex_unlock(&ledger->import_lock);
    return done;
}

gboolean ov_ledger_log_position(OvLedger *ledger, const char *name, OvArena *arena,
                                const char **position, GError **error) {
    g_mutex_lock(&ledger->lock);
    gboolean done = connect_reading(ledger, error) &&
                    ov_connection_log_position(ledger->reading, name, arena, position, error);
    g_mutex_unlock(&ledger->lock);
    return done;
}
