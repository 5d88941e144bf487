/* What of counters goes to the ledger, and comes back from there. */
#include "policy/limits/counters_replica.h"

/* Called under the lock. A subject of which nothing is left goes away. */
static OvCounterRow take_row(OvCounters *counters, OvCounter *counter, gint64 now) {
    OvCounterRow row = {
        .subject = {counter->subject.kind, g_strdup(counter->subject.name)},
        .since = counter->since,
    };
    counter->changed = FALSE;
    if (!ov_meter_is_over(&counter->meter, now)) {
        row.first = counter->meter.first;
        row.length = counter->meter.used;
        row.octets = g_memdup2(counter->meter.octets, row.length);
        row.things = counter->distinct ? ov_distinct_write(counter->distinct, now) : NULL;
    } else if (ov_counter_is_over(counter, now)) {
        ov_counter_forget(counters, counter);
    }
    return row;
}

guint ov_counters_take_changed(OvCounters *counters, guint most, gint64 now, GArray *rows) {
    guint n = 0;
    g_mutex_lock(&counters->lock);
    for (OvCounter *counter; n < most && (counter = g_queue_pop_head(&counters->changed)); n++) {
        OvCounterRow row = take_row(counters, counter, now);
        g_array_append_val(rows, row);
    }
    g_mutex_unlock(&counters->lock);
    return n;
}

void ov_counters_sweep(OvCounters *counters, gint64 now) {
    GHashTableIter iter;
    gpointer key;
    g_mutex_lock(&counters->lock);
    counters->swept = (counters->swept + 1) % OV_COUNTERS_SHARDS;
    g_hash_table_iter_init(&iter, counters->shards[counters->swept]);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        OvCounter *counter = key;
        ov_counter_follow_clock(counters, counter, now);
        if (ov_counter_is_over(counter, now))
            ov_counter_changed(counters, counter);
    }
    g_mutex_unlock(&counters->lock);
}

void ov_counters_return(OvCounters *counters, const GArray *rows) {
    g_mutex_lock(&counters->lock);
    for (guint i = 0; i < rows->len; i++)
        ov_counter_changed(
            counters, ov_counter_have(counters, &g_array_index(rows, OvCounterRow, i).subject));
    g_mutex_unlock(&counters->lock);
}

/* set_back: as ov_distinct_set_back. */
static gboolean recall_things(OvCounter *counter, const GByteArray *things, gint64 set_back) {
    if (!things)
        return TRUE;
    OvDistinct *read = ov_distinct_new();
    gboolean whole = ov_distinct_read(read, things->data, things->len);
    ov_distinct_set_back(read, set_back);
    if (counter->distinct) {
        ov_distinct_merge(counter->distinct, read);
        ov_distinct_free(read);
    } else {
        counter->distinct = read;
    }
    return whole;
}

gboolean ov_counters_recall(OvCounters *counters, const OvCounterRow *row, gint64 now) {
    OvMeter read;
    if (!ov_meter_read(&read, row->octets, row->length, row->first))
        return FALSE;
    /* The clock may have been set back since it was kept. */
    gint64 ahead = ov_meter_ahead(&read, now), since = row->since - ahead;
    ov_meter_set_back(&read, ahead);
    g_mutex_lock(&counters->lock);
    counters->set_back = MAX(counters->set_back, ahead);
    OvCounter *counter = ov_counter_have(counters, &row->subject);
    gboolean whole = recall_things(counter, row->things, ahead);
    if (!ov_replica_recall(counters, counter, &read)) {
        ov_meter_clear(&read);
    } else if (counter->meter.used > 0) {
        ov_meter_merge(&counter->meter, &read, now);
        ov_meter_clear(&read);
        ov_counter_changed(counters, counter);
    } else {
        counter->meter = read;
    }
    if (counter->since == 0 || since < counter->since)
        counter->since = since;
    g_mutex_unlock(&counters->lock);
    return whole;
}
