#include "policy/limits/keeper.h"

#include "policy/log.h"

enum {
    STEP = 200,     /* rows of one commit, which mail waits for, too */
    AT_A_TIME = 20, /* of them, while claims wait */
};

struct OvKeeper {
    OvCounters *counters;
    OvLedger *ledger;
    gboolean recalled;
    GMutex lock; /* stopping */
    GCond stop;
    gboolean stopping;
    GThread *thread;
};

static void recall_row(const OvCounterRow *row, gpointer data) {
    OvKeeper *keeper = data;
    if (!ov_counters_recall(keeper->counters, row, g_get_real_time()))
        ov_log(OV_LOG_WARNING, NULL, "event", "counters", "subject",
               ov_subject_kind_name(row->subject.kind), "name", row->subject.name, "error",
               "what the ledger has of it can't be read; it is counted from now on", NULL);
}

/* The ledger's own lines tell its trouble. */
static void recall(OvKeeper *keeper) {
    if (!keeper->recalled)
        keeper->recalled = ov_ledger_counters(keeper->ledger, NULL, recall_row, keeper, NULL);
}

/* FALSE when there is nothing more to keep for now. */
static gboolean keep_step(OvKeeper *keeper) {
    g_autoptr(GArray) rows = g_array_sized_new(FALSE, FALSE, sizeof(OvCounterRow), STEP);
    g_array_set_clear_func(rows, (GDestroyNotify)ov_counter_row_clear);
    gint64 now = g_get_real_time();
    while (rows->len < STEP &&
           ov_counters_take_changed(keeper->counters, AT_A_TIME, now, rows) == AT_A_TIME)
        continue;
    if (rows->len == 0)
        return FALSE;
    if (ov_ledger_keep_counters(keeper->ledger, (const OvCounterRow *)(void *)rows->data, rows->len,
                                NULL))
        return rows->len == STEP;
    ov_counters_return(keeper->counters, rows);
    return FALSE;
}

/* What the ledger had is never written over before it was read. */
static void keep(OvKeeper *keeper) {
    recall(keeper);
    if (!keeper->recalled)
        return;
    ov_counters_sweep(keeper->counters, g_get_real_time());
    while (keep_step(keeper))
        continue;
}

static gpointer run(gpointer data) {
    OvKeeper *keeper = data;
    g_mutex_lock(&keeper->lock);
    while (!keeper->stopping) {
        gint64 until = g_get_monotonic_time() + G_USEC_PER_SEC;
        while (!keeper->stopping && g_cond_wait_until(&keeper->stop, &keeper->lock, until))
            continue;
        g_mutex_unlock(&keeper->lock);
        keep(keeper);
        g_mutex_lock(&keeper->lock);
    }
    g_mutex_unlock(&keeper->lock);
    return NULL;
}

OvKeeper *ov_keeper_start(OvCounters *counters, OvLedger *ledger) {
    OvKeeper *keeper = g_new0(OvKeeper, 1);
    keeper->counters = counters;
    keeper->ledger = ledger;
    g_mutex_init(&keeper->lock);
    g_cond_init(&keeper->stop);
    recall(keeper);
    keeper->thread = g_thread_new("counters", run, keeper);
    return keeper;
}

void ov_keeper_stop(OvKeeper *keeper) {
    if (!keeper)
        return;
    g_mutex_lock(&keeper->lock);
    keeper->stopping = TRUE;
    g_cond_signal(&keeper->stop);
    g_mutex_unlock(&keeper->lock);
    g_thread_join(keeper->thread);
    keep(keeper);
    g_mutex_clear(&keeper->lock);
    g_cond_clear(&keeper->stop);
    g_free(keeper);
}
