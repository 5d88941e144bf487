#include "policy/feedback/complaint_counter.h"

#include "policy/ledger/complaint.h"
#include "policy/log.h"
#include "policy/message_id.h"

enum { AT_A_TIME = 200 };

struct OvComplaintCounter {
    OvLedger *ledger;
    OvLimits *limits;
    GMutex lock; /* of those below */
    GCond stop;
    gboolean stopping;
    OvComplaintCounts counts;
    GThread *thread;
};

static void count_one(OvComplaintCounter *counter, const OvUncounted *uncounted, OvArena *arena) {
    const OvComplaint *complaint = &uncounted->complaint;
    gboolean ours = complaint->message != 0;
    char id[OV_ID_TEXT_SIZE];
    ov_id_format(complaint->message, id);
    if (ours)
        ov_limits_complained(counter->limits, complaint->account, uncounted->sender,
                             complaint->time, arena);
    ov_log(OV_LOG_INFO, NULL, "event", "complaint", "type", complaint->type, "reporter",
           complaint->reporter, "account", complaint->account, "domain",
           ours ? complaint->domain : NULL, "id", ours ? id : NULL, "state",
           ours ? "counted" : "not_ours", NULL);
    g_mutex_lock(&counter->lock);
    guint64 *count = ours ? &counter->counts.counted : &counter->counts.not_ours;
    (*count)++;
    g_mutex_unlock(&counter->lock);
}

/* The ledger's own lines tell its trouble. */
static void count_all(OvComplaintCounter *counter) {
    g_autoptr(OvArena) arena = ov_arena_new();
    guint n = 0;
    do {
        ov_arena_reset(arena);
        const OvUncounted *uncounted =
            ov_ledger_take_uncounted(counter->ledger, AT_A_TIME, arena, &n, NULL);
        for (guint i = 0; uncounted && i < n; i++)
            count_one(counter, &uncounted[i], arena);
        if (!uncounted)
            return;
    } while (n == AT_A_TIME);
}

static gpointer run(gpointer data) {
    OvComplaintCounter *counter = data;
    g_mutex_lock(&counter->lock);
    while (!counter->stopping) {
        g_mutex_unlock(&counter->lock);
        count_all(counter);
        g_mutex_lock(&counter->lock);
        gint64 until = g_get_monotonic_time() + G_USEC_PER_SEC;
        while (!counter->stopping && g_cond_wait_until(&counter->stop, &counter->lock, until))
            continue;
    }
    g_mutex_unlock(&counter->lock);
    return NULL;
}

OvComplaintCounter *ov_complaint_counter_start(OvLedger *ledger, OvLimits *limits) {
    OvComplaintCounter *counter = g_new0(OvComplaintCounter, 1);
    counter->ledger = ledger;
    counter->limits = limits;
    g_mutex_init(&counter->lock);
    g_cond_init(&counter->stop);
    counter->thread = g_thread_new("complaints", run, counter);
    return counter;
}

OvComplaintCounts ov_complaint_counter_counts(OvComplaintCounter *counter) {
    g_mutex_lock(&counter->lock);
    OvComplaintCounts counts = counter->counts;
    g_mutex_unlock(&counter->lock);
    return counts;
}

void ov_complaint_counter_stop(OvComplaintCounter *counter) {
    if (!counter)
        return;
    g_mutex_lock(&counter->lock);
    counter->stopping = TRUE;
    g_cond_signal(&counter->stop);
    g_mutex_unlock(&counter->lock);
    g_thread_join(counter->thread);
    g_mutex_clear(&counter->lock);
    g_cond_clear(&counter->stop);
    g_free(counter);
}
