#include "policy/ledger/ledger_sqlite.h"

#include <errno.h>
#include <sys/stat.h>

struct OvLedger {
    char *path;
    OvRecipientKey *key;   /* NULL in a reader */
    OvWriter *writer;      /* NULL in a reader */
    GMutex lock;           /* reading */
    OvConnection *reading; /* made at first use */
};

G_DEFINE_QUARK(ov_ledger_error, ov_ledger_error)

static OvLedger *ledger_new(const OvSettings *settings) {
    OvLedger *ledger = g_new0(OvLedger, 1);
    ledger->path = g_strdup(settings->ledger_path);
    g_mutex_init(&ledger->lock);
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
    ledger->writer = ov_writer_start(ledger->path, connection, trouble, settings->retention,
                                     settings->keep_recipients);
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
        g_set_error(error, OV_LEDGER_ERROR, OV_LEDGER_ERROR_OPEN, "the ledger %s can't be read: %s",
                    ledger->path, g_strerror(errno));
        return NULL;
    }
    return connect_reading(ledger, error) ? g_steal_pointer(&ledger) : NULL;
}

void ov_ledger_close(OvLedger *ledger) {
    if (!ledger)
        return;
    if (ledger->writer)
        ov_writer_stop(ledger->writer);
    ov_connection_close(ledger->reading);
    ov_recipient_key_free(ledger->key);
    g_mutex_clear(&ledger->lock);
    g_free(ledger->path);
    g_free(ledger);
}

gboolean ov_ledger_add(OvLedger *ledger, const OvLedgerRecord *record, GError **error) {
    g_assert(ledger->writer);
    g_autofree guint8 *hashes = g_new(guint8, (gsize)record->n_recipients * OV_RECIPIENT_HASH_SIZE);
    for (guint i = 0; i < record->n_recipients; i++)
        ov_recipient_hash(ledger->key, record->recipients[i],
                          hashes + (gsize)i * OV_RECIPIENT_HASH_SIZE);
    return ov_writer_add(ledger->writer, record, hashes, error);
}

gboolean ov_ledger_failing(OvLedger *ledger) {
    return ledger->writer && ov_writer_failing(ledger->writer);
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

gboolean ov_ledger_add_action(OvLedger *ledger, gint64 message, const char *action,
                              const char *operator_name, const char *detail, GError **error) {
    OvLedgerAction row = {g_get_real_time(), action, operator_name, detail};
    if (ledger->writer)
        return ov_writer_add_action(ledger->writer, message, &row, error);
    g_autoptr(OvConnection) connection = ov_connection_open(ledger->path, TRUE, error);
    return connection && ov_connection_insert_action(connection, message, &row, error);
}

OvLedgerAction *ov_ledger_actions(OvLedger *ledger, gint64 message, OvArena *arena, guint *n,
                                  GError **error) {
    g_mutex_lock(&ledger->lock);
    OvLedgerAction *actions = NULL;
    if (connect_reading(ledger, error))
        actions = ov_connection_actions(ledger->reading, message, arena, n, error);
    g_mutex_unlock(&ledger->lock);
    return actions;
}
