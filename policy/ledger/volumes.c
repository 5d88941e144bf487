#include "policy/ledger/volumes.h"

#include "rules/hash.h"

enum { HOURS = 24, MOST_ENTRIES = 100000 };

static const gint64 HOUR = G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC;

/* Of one domain and provider. */
typedef struct {
    guint64 key;
    gint64 latest;        /* hour since the epoch */
    guint32 hours[HOURS]; /* by hour modulo 24: the 24 up to latest */
    guint32 total;        /* of them */
} Entry;

struct OvVolumes {
    GMutex lock;
    GHashTable *entries; /* of Entry, which is its own key */
    GHashTable *bulk;    /* of guint64 */
};

OvVolumes *ov_volumes_new(void) {
    OvVolumes *volumes = g_new0(OvVolumes, 1);
    g_mutex_init(&volumes->lock);
    volumes->entries = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
    volumes->bulk = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    return volumes;
}

void ov_volumes_free(OvVolumes *volumes) {
    if (!volumes)
        return;
    g_hash_table_unref(volumes->entries);
    g_hash_table_unref(volumes->bulk);
    g_mutex_clear(&volumes->lock);
    g_free(volumes);
}

static guint64 key_of(OvSlice domain, OvProvider provider) {
    return ov_hash_nocase(domain, ov_hash_spread((guint64)provider + 1));
}

/* Forgets the hours that are past at hour. */
static void advance(Entry *entry, gint64 hour) {
    for (gint64 i = MAX(entry->latest, hour - HOURS) + 1; i <= hour; i++) {
        guint32 *past = &entry->hours[i % HOURS];
        entry->total -= *past;
        *past = 0;
    }
    entry->latest = MAX(entry->latest, hour);
}

/* The messages of the 24 hours up to hour. */
static guint32 seen_at(const Entry *entry, gint64 hour) {
    guint32 seen = 0;
    for (gint64 i = MAX(entry->latest, hour) - HOURS + 1; i <= entry->latest; i++)
        seen += entry->hours[i % HOURS];
    return seen;
}

static gboolean sent_less(gpointer key, gpointer value, gpointer data) {
    (void)key;
    return ((const Entry *)value)->total <= *(const guint32 *)data;
}

/* Drops those that sent no more than the mean. */
static void make_room(OvVolumes *volumes, gint64 hour) {
    GHashTableIter iter;
    gpointer value;
    guint64 sum = 0;
    g_hash_table_iter_init(&iter, volumes->entries);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        advance(value, hour);
        sum += ((const Entry *)value)->total;
    }
    guint32 mean = (guint32)(sum / MAX(g_hash_table_size(volumes->entries), 1));
    g_hash_table_foreach_remove(volumes->entries, sent_less, &mean);
}

static Entry *entry_of(OvVolumes *volumes, guint64 key, gint64 hour) {
    Entry *entry = g_hash_table_lookup(volumes->entries, &key);
    if (entry)
        return entry;
    if (g_hash_table_size(volumes->entries) >= MOST_ENTRIES)
        make_room(volumes, hour);
    entry = g_new0(Entry, 1);
    entry->key = key;
    entry->latest = hour;
    g_hash_table_insert(volumes->entries, &entry->key, entry);
    return entry;
}

static void mark(OvVolumes *volumes, guint64 key) {
    guint64 *kept = g_new(guint64, 1);
    *kept = key;
    g_hash_table_add(volumes->bulk, kept);
}

/* FALSE where the messages are older than what is kept. */
static gboolean count(Entry *entry, gint64 hour, guint messages) {
    advance(entry, hour);
    if (hour <= entry->latest - HOURS)
        return FALSE;
    guint32 added = MIN(messages, G_MAXUINT32 - entry->total);
    entry->hours[hour % HOURS] += added;
    entry->total += added;
    return TRUE;
}

/* No hour is below 0. */
static gint64 hour_of(gint64 time) {
    return MAX(time / HOUR, HOURS);
}

OvVolumeStep ov_volumes_add(OvVolumes *volumes, OvSlice domain, OvProvider provider, guint messages,
                            gint64 time) {
    guint64 key = key_of(domain, provider);
    gint64 hour = hour_of(time);
    OvVolumeStep step = OV_VOLUME_STEP_NONE;
    g_mutex_lock(&volumes->lock);
    Entry *entry = entry_of(volumes, key, hour);
    advance(entry, hour);
    guint32 before = entry->total;
    if (count(entry, hour, messages) && !g_hash_table_contains(volumes->bulk, &key)) {
        if (entry->total >= OV_VOLUME_BULK)
            step = OV_VOLUME_STEP_BULK;
        else if (before < OV_VOLUME_NEAR && entry->total >= OV_VOLUME_NEAR)
            step = OV_VOLUME_STEP_NEAR;
    }
    if (step == OV_VOLUME_STEP_BULK)
        mark(volumes, key);
    g_mutex_unlock(&volumes->lock);
    return step;
}

void ov_volumes_recall(OvVolumes *volumes, OvSlice domain, OvProvider provider, guint messages,
                       gint64 time) {
    gint64 hour = hour_of(time);
    g_mutex_lock(&volumes->lock);
    count(entry_of(volumes, key_of(domain, provider), hour), hour, messages);
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

OvVolume ov_volumes_of(OvVolumes *volumes, OvSlice domain, OvProvider provider, gint64 now) {
    guint64 key = key_of(domain, provider);
    g_mutex_lock(&volumes->lock);
    const Entry *entry = g_hash_table_lookup(volumes->entries, &key);
    OvVolume volume = {entry ? seen_at(entry, hour_of(now)) : 0,
                       g_hash_table_contains(volumes->bulk, &key)};
    g_mutex_unlock(&volumes->lock);
    return volume;
}
