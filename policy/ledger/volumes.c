#include "policy/ledger/volumes.h"

#include "policy/ledger/day_counts.h"
#include "rules/hash.h"

enum { MOST_PAIRS = 100000 };

struct OvVolumes {
    GMutex lock;
    OvDayCounts *counts; /* of domain and provider */
    GHashTable *bulk;    /* of guint64 */
};

OvVolumes *ov_volumes_new(void) {
    OvVolumes *volumes = g_new0(OvVolumes, 1);
    g_mutex_init(&volumes->lock);
    volumes->counts = ov_day_counts_new(MOST_PAIRS);
    volumes->bulk = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    return volumes;
}

void ov_volumes_free(OvVolumes *volumes) {
    if (!volumes)
        return;
    ov_day_counts_free(volumes->counts);
    g_hash_table_unref(volumes->bulk);
    g_mutex_clear(&volumes->lock);
    g_free(volumes);
}

static guint64 key_of(OvSlice domain, OvProvider provider) {
    return ov_hash_nocase(domain, ov_hash_spread((guint64)provider + 1));
}

static void mark(OvVolumes *volumes, guint64 key) {
    guint64 *kept = g_new(guint64, 1);
    *kept = key;
    g_hash_table_add(volumes->bulk, kept);
}

/* By messages that made the sum total, or 0. */
static OvVolumeStep step_of(guint32 total, guint messages) {
    if (total >= OV_VOLUME_BULK)
        return OV_VOLUME_STEP_BULK;
    return total >= OV_VOLUME_NEAR && total - MIN(messages, total) < OV_VOLUME_NEAR
               ? OV_VOLUME_STEP_NEAR
               : OV_VOLUME_STEP_NONE;
}

OvVolumeStep ov_volumes_add(OvVolumes *volumes, OvSlice domain, OvProvider provider, guint messages,
                            gint64 time) {
    guint64 key = key_of(domain, provider);
    g_mutex_lock(&volumes->lock);
    guint32 total = ov_day_counts_add(volumes->counts, key, messages, time);
    OvVolumeStep step =
        g_hash_table_contains(volumes->bulk, &key) ? OV_VOLUME_STEP_NONE : step_of(total, messages);
    if (step == OV_VOLUME_STEP_BULK)
        mark(volumes, key);
    g_mutex_unlock(&volumes->lock);
    return step;
}

void ov_volumes_recall(OvVolumes *volumes, OvSlice domain, OvProvider provider, guint messages,
                       gint64 time) {
    g_mutex_lock(&volumes->lock);
    ov_day_counts_add(volumes->counts, key_of(domain, provider), messages, time);
    g_mutex_unlock(&volumes->lock);
}

void ov_volumes_mark(OvVolumes *volumes, OvSlice domain, OvProvider provider, gboolean bulk) {
    guint64 key = key_of(domain, provider);
    g_mutex_lock(&volumes->lock);
    if (bulk)
        mark(volumes, key);
    else
        g_hash_table_remove(volumes->bulk, &key);
    g_mutex_unlock(&volumes->lock);
}

void ov_volumes_forget(OvVolumes *volumes) {
    g_mutex_lock(&volumes->lock);
    ov_day_counts_free(volumes->counts);
    volumes->counts = ov_day_counts_new(MOST_PAIRS);
    g_mutex_unlock(&volumes->lock);
}

OvVolume ov_volumes_of(OvVolumes *volumes, OvSlice domain, OvProvider provider, gint64 now) {
    guint64 key = key_of(domain, provider);
    g_mutex_lock(&volumes->lock);
    OvVolume volume = {ov_day_counts_of(volumes->counts, key, now),
                       g_hash_table_contains(volumes->bulk, &key)};
    g_mutex_unlock(&volumes->lock);
    return volume;
}
