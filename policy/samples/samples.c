#include "policy/samples/samples.h"

#include "policy/log.h"

#include <string.h>

static const gint64 STOP_TIME = 2 * G_USEC_PER_SEC;
static const gint64 TURN = 60 * G_USEC_PER_SEC;  /* at least so often the old ones are looked for */
static const gint64 PAUSE = 30 * G_USEC_PER_SEC; /* before a directory is tried again */

/* [samples], as it is in force. */
typedef struct {
    char *directory;
    gint64 keep;
    guint64 most;
} Wish;

struct OvSamples {
    guint8 key[OV_SAMPLE_KEY_SIZE];
    GThread *thread;

    /* The thread's own. */
    OvSampleStore *store; /* NULL: off, or trouble */
    char *tried;          /* the directory that could not be opened; NULL for none */
    gint64 retry;         /* monotonic: no other try of that before */

    GMutex lock; /* of all that follows */
    GCond wanted;
    gboolean stopping;
    gint64 stop_end; /* monotonic */
    Wish wish;
    GQueue waiting; /* OvSample * */
    gsize waiting_octets;
    char *trouble; /* NULL for none */
    guint64 number, octets, written, failed, dropped;
};

static void take_wish(Wish *wish, const OvSettings *settings) {
    g_free(wish->directory);
    *wish = (Wish){g_strdup(settings->samples_directory), settings->samples_keep,
                   settings->samples_most};
}

/* Logs each change; text NULL: all is well. */
static void note_trouble(OvSamples *samples, const char *text) {
    g_mutex_lock(&samples->lock);
    gboolean changed = !samples->trouble != !text;
    g_free(samples->trouble);
    samples->trouble = g_strdup(text);
    g_mutex_unlock(&samples->lock);
    if (changed && text)
        ov_log(OV_LOG_WARNING, NULL, "event", "samples", "state", "failing", "error", text, NULL);
    else if (changed)
        ov_log(OV_LOG_INFO, NULL, "event", "samples", "state", "ok", NULL);
}

static void note_counts(OvSamples *samples) {
    g_mutex_lock(&samples->lock);
    samples->number = samples->store ? ov_sample_store_number(samples->store) : 0;
    samples->octets = samples->store ? ov_sample_store_octets(samples->store) : 0;
    g_mutex_unlock(&samples->lock);
}

/* Has the store open that is wished for. */
static void find_store(OvSamples *samples, const char *directory) {
    g_autoptr(GError) error = NULL;
    if (samples->store && ov_sample_store_is_at(samples->store, directory))
        return;
    g_clear_pointer(&samples->store, ov_sample_store_close);
    if (g_strcmp0(samples->tried, directory) == 0 && g_get_monotonic_time() < samples->retry)
        return;
    g_clear_pointer(&samples->tried, g_free);
    if (*directory)
        samples->store = ov_sample_store_open(directory, samples->key, &error);
    if (error) {
        samples->tried = g_strdup(directory);
        samples->retry = g_get_monotonic_time() + PAUSE;
    }
    note_trouble(samples, error ? error->message : NULL);
    note_counts(samples);
}

static void write_one(OvSamples *samples, const OvSample *sample) {
    g_autoptr(GError) error = NULL;
    gboolean done = samples->store && ov_sample_store_put(samples->store, sample, &error);
    g_mutex_lock(&samples->lock);
    if (done)
        samples->written++;
    else
        samples->failed++;
    g_mutex_unlock(&samples->lock);
    if (done || error)
        note_trouble(samples, done ? NULL : error->message);
    note_counts(samples);
}

/* Called under the lock, which is let go meanwhile. TRUE where there is more to remove. */
static gboolean prune(OvSamples *samples) {
    gint64 keep = samples->wish.keep;
    guint64 most = samples->wish.most;
    g_mutex_unlock(&samples->lock);
    gboolean more =
        samples->store &&
        ov_sample_store_prune(samples->store, keep ? g_get_real_time() - keep : 0, most);
    note_counts(samples);
    g_mutex_lock(&samples->lock);
    return more;
}

/* Called under the lock. NULL where there is none, or no time left for it. */
static OvSample *next(OvSamples *samples) {
    if (samples->stopping && g_get_monotonic_time() >= samples->stop_end)
        return NULL;
    OvSample *sample = g_queue_pop_head(&samples->waiting);
    if (sample)
        samples->waiting_octets -= sample->length;
    return sample;
}

static gpointer work(gpointer data) {
    OvSamples *samples = data;
    g_mutex_lock(&samples->lock);
    for (;;) {
        g_autofree char *directory = g_strdup(samples->wish.directory);
        g_autoptr(OvSample) sample = next(samples);
        if (!sample && samples->stopping)
            break;
        g_mutex_unlock(&samples->lock);
        find_store(samples, directory);
        if (sample)
            write_one(samples, sample);
        g_mutex_lock(&samples->lock);
        gboolean more = prune(samples);
        if (!more && !samples->stopping && g_queue_is_empty(&samples->waiting) &&
            strcmp(samples->wish.directory, directory) == 0)
            g_cond_wait_until(&samples->wanted, &samples->lock, g_get_monotonic_time() + TURN);
    }
    g_mutex_unlock(&samples->lock);
    g_clear_pointer(&samples->store, ov_sample_store_close);
    return NULL;
}

OvSamples *ov_samples_start(const OvSettings *settings, const guint8 key[OV_SAMPLE_KEY_SIZE]) {
    OvSamples *samples = g_new0(OvSamples, 1);
    memcpy(samples->key, key, OV_SAMPLE_KEY_SIZE);
    g_mutex_init(&samples->lock);
    g_cond_init(&samples->wanted);
    g_queue_init(&samples->waiting);
    take_wish(&samples->wish, settings);
    samples->thread = g_thread_new("samples", work, samples);
    return samples;
}

void ov_samples_set(OvSamples *samples, const OvSettings *settings) {
    g_mutex_lock(&samples->lock);
    take_wish(&samples->wish, settings);
    g_cond_signal(&samples->wanted);
    g_mutex_unlock(&samples->lock);
}

void ov_samples_stop(OvSamples *samples) {
    if (!samples || !samples->thread)
        return;
    g_mutex_lock(&samples->lock);
    samples->stopping = TRUE;
    samples->stop_end = g_get_monotonic_time() + STOP_TIME;
    g_cond_signal(&samples->wanted);
    g_mutex_unlock(&samples->lock);
    g_thread_join(g_steal_pointer(&samples->thread));
}

void ov_samples_free(OvSamples *samples) {
    if (!samples)
        return;
    ov_samples_stop(samples);
    g_queue_clear_full(&samples->waiting, (GDestroyNotify)ov_sample_free);
    g_mutex_clear(&samples->lock);
    g_cond_clear(&samples->wanted);
    g_free(samples->wish.directory);
    g_free(samples->tried);
    g_free(samples->trouble);
    explicit_bzero(samples->key, sizeof samples->key);
    g_free(samples);
}

/* Called under the lock. */
static gboolean has_room(const OvSamples *samples, gsize length) {
    return samples->waiting.length == 0 ||
           (samples->waiting.length < OV_SAMPLES_WAITING &&
            samples->waiting_octets + length <= OV_SAMPLES_WAITING_OCTETS);
}

/* TRUE where it is to be copied; what is dropped is counted. */
static gboolean takes(OvSamples *samples, gsize length) {
    g_mutex_lock(&samples->lock);
    gboolean on = *samples->wish.directory && !samples->stopping;
    gboolean takes = on && has_room(samples, length);
    samples->dropped += on && !takes;
    g_mutex_unlock(&samples->lock);
    return takes;
}

void ov_samples_offer(OvSamples *samples, gint64 id, const char *data, gsize length, guint64 size) {
    length = MIN(length, OV_SAMPLE_MAX);
    if (!samples || !takes(samples, length))
        return;
    g_autoptr(OvSample) sample = g_new(OvSample, 1);
    *sample = (OvSample){id, MAX(size, length), g_try_malloc(MAX(length, 1)), length};
    if (sample->data)
        memcpy(sample->data, data, length);
    g_mutex_lock(&samples->lock);
    if (sample->data && has_room(samples, length)) {
        samples->waiting_octets += length;
        g_queue_push_tail(&samples->waiting, g_steal_pointer(&sample));
        g_cond_signal(&samples->wanted);
    } else {
        samples->dropped++;
    }
    g_mutex_unlock(&samples->lock);
}

json_t *ov_samples_status(OvSamples *samples) {
    g_mutex_lock(&samples->lock);
    const char *state = !*samples->wish.directory ? "off"
                        : samples->trouble        ? "failing"
                                                  : "writing";
    json_t *status = json_pack(
        "{s:s, s:s?, s:I, s:I, s:i, s:I, s:I, s:I}", "state", state, "trouble", samples->trouble,
        "number", (json_int_t)samples->number, "octets", (json_int_t)samples->octets, "waiting",
        (int)samples->waiting.length, "written", (json_int_t)samples->written, "failed",
        (json_int_t)samples->failed, "dropped", (json_int_t)samples->dropped);
    g_mutex_unlock(&samples->lock);
    return status;
}
