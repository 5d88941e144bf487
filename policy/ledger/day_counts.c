#include "policy/ledger/day_counts.h"

enum { HOURS = 24 };

static const gint64 HOUR = G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC;

typedef struct {
    guint64 key;
    gint64 latest;        /* hour since the epoch */
    guint32 hours[HOURS]; /* by hour modulo 24: the 24 up to latest */
    guint32 total;        /* of them */
} Entry;

struct OvDayCounts {
    guint most;
    GHashTable *entries; /* of Entry, which is its own key */
};

OvDayCounts *ov_day_counts_new(guint most) {
    OvDayCounts *counts = g_new0(OvDayCounts, 1);
    counts->most = most;
    counts->entries = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
    return counts;
}

void ov_day_counts_free(OvDayCounts *counts) {
    if (!counts)
        return;
    g_hash_table_unref(counts->entries);
    g_free(counts);
}

/* No hour is below 0. */
static gint64 hour_of(gint64 time) {
    return MAX(time / HOUR, HOURS);
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

static gboolean has_less(gpointer key, gpointer value, gpointer data) {
    (void)key;
    return ((const Entry *)value)->total <= *(const guint32 *)data;
}

/* Drops those that have no more than the mean. */
static void make_room(OvDayCounts *counts, gint64 hour) {
    GHashTableIter iter;
    gpointer value;
    guint64 sum = 0;
    g_hash_table_iter_init(&iter, counts->entries);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        advance(value, hour);
        sum += ((const Entry *)value)->total;
    }
    guint32 mean = (guint32)(sum / MAX(g_hash_table_size(counts->entries), 1));
    g_hash_table_foreach_remove(counts->entries, has_less, &mean);
}

static Entry *entry_of(OvDayCounts *counts, guint64 key, gint64 hour) {
    Entry *entry = g_hash_table_lookup(counts->entries, &key);
    if (entry)
        return entry;
    if (g_hash_table_size(counts->entries) >= counts->most)
        make_room(counts, hour);
    entry = g_new0(Entry, 1);
    entry->key = key;
    entry->latest = hour;
    g_hash_table_insert(counts->entries, &entry->key, entry);
    return entry;
}

guint32 ov_day_counts_add(OvDayCounts *counts, guint64 key, guint n, gint64 time) {
    gint64 hour = hour_of(time);
    Entry *entry = entry_of(counts, key, hour);
    advance(entry, hour);
    if (hour <= entry->latest - HOURS)
        return 0;
    guint32 added = MIN(n, G_MAXUINT32 - entry->total);
    entry->hours[hour % HOURS] += added;
    entry->total += added;
    return entry->total;
}

guint32 ov_day_counts_of(const OvDayCounts *counts, guint64 key, gint64 now) {
    const Entry *entry = g_hash_table_lookup(counts->entries, &key);
    guint32 sum = 0;
    if (entry)
        for (gint64 i = MAX(entry->latest, hour_of(now)) - HOURS + 1; i <= entry->latest; i++)
            sum += entry->hours[i % HOURS];
    return sum;
}
