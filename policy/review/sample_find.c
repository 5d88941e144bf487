#include "policy/review/sample_find.h"

#include "policy/ledger/delivery.h"
#include "policy/ledger/recipient_key.h"
#include "policy/message_id.h"
#include "policy/queue/held.h"
#include "policy/samples/sample_store.h"

#include <string.h>

enum { QUEUE_LIMIT = 16 * 1024 * 1024 /* octets of a message that the queue gives */ };

struct OvSampleFinder {
    const OvSettings *settings;
    OvLedger *ledger;
    OvQueue *queue;       /* NULL where it can't be asked */
    GPtrArray *waiting;   /* what is in it; NULL likewise */
    GHashTable *by_id;    /* queue id to OvQueued, of waiting */
    char *queue_trouble;  /* why; NULL for none */
    OvRecipientKey *root; /* of the store's key; NULL where it can't be read */
    char *key_trouble;
};

static void list_queue(OvSampleFinder *finder, const OvSettings *settings) {
    g_autoptr(GError) error = NULL;
    finder->by_id = g_hash_table_new(g_str_hash, g_str_equal);
    finder->queue = ov_queue_open(settings, &error);
    if (finder->queue)
        finder->waiting = ov_queue_list(finder->queue, NULL, &error);
    for (guint i = 0; finder->waiting && i < finder->waiting->len; i++) {
        OvQueued *queued = finder->waiting->pdata[i];
        g_hash_table_insert(finder->by_id, queued->queue_id, queued);
    }
    if (!finder->waiting)
        finder->queue_trouble = g_strdup(error->message);
}

OvSampleFinder *ov_sample_finder_new(OvSettings *settings, OvLedger *ledger) {
    g_autoptr(GError) error = NULL;
    OvSampleFinder *finder = g_new0(OvSampleFinder, 1);
    finder->settings = settings;
    finder->ledger = ledger;
    list_queue(finder, settings);
    if (*settings->samples_directory)
        finder->root = ov_recipient_key_open(settings->ledger_key_path, &error);
    if (error)
        finder->key_trouble = g_strdup(error->message);
    return finder;
}

void ov_sample_finder_free(OvSampleFinder *finder) {
    if (!finder)
        return;
    g_hash_table_unref(finder->by_id);
    if (finder->waiting)
        g_ptr_array_unref(finder->waiting);
    g_clear_pointer(&finder->queue, ov_queue_free);
    ov_recipient_key_free(finder->root);
    g_free(finder->queue_trouble);
    g_free(finder->key_trouble);
    g_free(finder);
}

void ov_found_sample_clear(OvFoundSample *found) {
    g_clear_pointer(&found->data, g_free);
}

/* --- The queue --- */

static gsize count_bare(const char *text, gsize length) {
    gsize n = 0;
    for (gsize i = 0; i < length; i++)
        n += text[i] == '\n' && (i == 0 || text[i - 1] != '\r');
    return n;
}

/* Lines as they are sent: the queue's end with LF alone. */
static void take_lines(OvFoundSample *found, const char *text, gsize length) {
    found->length = length + count_bare(text, length);
    found->data = g_malloc(found->length + 1);
    char *end = found->data;
    for (gsize i = 0; i < length; i++) {
        if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r'))
            *end++ = '\r';
        *end++ = text[i];
    }
    *end = '\0';
}

/* What is in the queue under that id, where it is the record's message. */
static gboolean take_queued(const OvSampleFinder *finder, const char *queue_id,
                            const OvLedgerRecord *record, OvArena *arena, OvFoundSample *found,
                            GError **error) {
    gsize length = 0;
    const OvQueued *queued = g_hash_table_lookup(finder->by_id, queue_id);
    if (!queued)
        return FALSE;
    g_autofree char *text =
        ov_queue_read(finder->queue, queue_id, FALSE, QUEUE_LIMIT, &length, error);
    if (!text || ov_held_match(record, (OvSlice){text, length}, arena) != OV_HELD_SAME)
        return FALSE;
    take_lines(found, text, length);
    found->source = "queue";
    found->size =
        length < QUEUE_LIMIT ? found->length : MAX(queued->size, (guint64)found->length + 1);
    return TRUE;
}

/* Under its own queue id, or one that it has had since. */
static gboolean find_queued(const OvSampleFinder *finder, const OvLedgerRecord *record,
                            OvArena *arena, OvFoundSample *found, GError **error) {
    guint n = 0;
    if (!finder->waiting || !record->queue_id)
        return FALSE;
    if (take_queued(finder, record->queue_id, record, arena, found, error))
        return TRUE;
    const OvDelivered *delivered =
        *error ? NULL : ov_ledger_delivered(finder->ledger, record->id, arena, &n, error);
    for (guint i = 0; delivered && i < n && !*error; i++)
        if (delivered[i].queue_id &&
            take_queued(finder, delivered[i].queue_id, record, arena, found, error))
            return TRUE;
    return FALSE;
}

/* --- The store --- */

static const char *why_not_kept(const OvSampleFinder *finder, gint64 id, OvArena *arena) {
    gint64 keep = finder->settings->samples_keep;
    if (keep > 0 && ov_id_time(id) < g_get_real_time() - keep)
        return "it is older than [samples] keep, and its sample is removed";
    return ov_arena_printf(
        arena,
        "%s has no sample of it: it passed before samples were kept, there was no room, or "
        "another node took it",
        finder->settings->samples_directory);
}

/* *why where it is not there. */
static gboolean find_stored(const OvSampleFinder *finder, gint64 id, OvArena *arena,
                            OvFoundSample *found, const char **why) {
    g_autoptr(GError) error = NULL;
    guint8 key[OV_SAMPLE_KEY_SIZE];
    *why = finder->key_trouble ? finder->key_trouble
                               : "no samples are kept: [samples] directory is not set";
    if (!finder->root)
        return FALSE;
    ov_recipient_key_derive(finder->root, OV_SAMPLE_KEY_PURPOSE, key);
    g_autoptr(OvSample) sample =
        ov_sample_read(finder->settings->samples_directory, key, id, &error);
    explicit_bzero(key, sizeof key);
    if (sample) {
        *found =
            (OvFoundSample){"store", sample->size, g_steal_pointer(&sample->data), sample->length};
        return TRUE;
    }
    *why = g_error_matches(error, OV_SAMPLE_ERROR, OV_SAMPLE_ERROR_ABSENT)
               ? why_not_kept(finder, id, arena)
               : ov_arena_printf(arena, "%s", error->message);
    return FALSE;
}

gboolean ov_sample_find(OvSampleFinder *finder, gint64 id, const OvLedgerRecord *record,
                        OvArena *arena, OvFoundSample *found, const char **why) {
    g_autoptr(GError) error = NULL;
    const char *not_kept;
    if (record && find_queued(finder, record, arena, found, &error))
        return TRUE;
    if (find_stored(finder, id, arena, found, &not_kept))
        return TRUE;
    const char *trouble = error ? error->message : finder->queue_trouble;
    *why = trouble ? ov_arena_printf(arena, "the MTA's queue could not be asked (%s); %s", trouble,
                                     not_kept)
                   : ov_arena_printf(arena, "it is not in the MTA's queue any more; %s", not_kept);
    return FALSE;
}
