#include "policy/review/ordered.h"

typedef struct {
    gpointer item;
    gsize octets;
    gboolean done; /* under the lock */
} Slot;

struct OvOrdered {
    GThreadPool *pool;
    GFunc work;
    gpointer data;
    GQueue slots; /* of Slot, oldest first; of the owner's thread alone */
    guint max_items;
    gsize max_octets, octets;
    GMutex lock; /* guards every slot's done */
    GCond done;
};

static void run(gpointer data, gpointer user_data) {
    Slot *slot = data;
    OvOrdered *ordered = user_data;
    ordered->work(slot->item, ordered->data);
    g_mutex_lock(&ordered->lock);
    slot->done = TRUE;
    g_cond_signal(&ordered->done);
    g_mutex_unlock(&ordered->lock);
}

OvOrdered *ov_ordered_new(guint threads, guint max_items, gsize max_octets, GFunc work,
                          gpointer data) {
    OvOrdered *ordered = g_new0(OvOrdered, 1);
    ordered->work = work;
    ordered->data = data;
    ordered->max_items = max_items;
    ordered->max_octets = max_octets;
    g_queue_init(&ordered->slots);
    g_mutex_init(&ordered->lock);
    g_cond_init(&ordered->done);
    gint n = (gint)(threads > 0 ? threads : g_get_num_processors());
    ordered->pool = g_thread_pool_new(run, ordered, n, FALSE, NULL);
    return ordered;
}

void ov_ordered_free(OvOrdered *ordered) {
    g_thread_pool_free(ordered->pool, FALSE, TRUE);
    g_assert(g_queue_is_empty(&ordered->slots));
    g_mutex_clear(&ordered->lock);
    g_cond_clear(&ordered->done);
    g_free(ordered);
}

gboolean ov_ordered_full(const OvOrdered *ordered) {
    return ordered->slots.length >= ordered->max_items || ordered->octets >= ordered->max_octets;
}

void ov_ordered_put(OvOrdered *ordered, gpointer item, gsize octets) {
    Slot *slot = g_new0(Slot, 1);
    slot->item = item;
    slot->octets = octets;
    ordered->octets += octets;
    g_queue_push_tail(&ordered->slots, slot);
    g_thread_pool_push(ordered->pool, slot, NULL);
}

gpointer ov_ordered_take(OvOrdered *ordered, gboolean wait) {
    Slot *slot = g_queue_peek_head(&ordered->slots);
    if (!slot)
        return NULL;
    g_mutex_lock(&ordered->lock);
    while (wait && !slot->done)
        g_cond_wait(&ordered->done, &ordered->lock);
    gboolean done = slot->done;
    g_mutex_unlock(&ordered->lock);
    if (!done)
        return NULL;
    g_queue_pop_head(&ordered->slots);
    ordered->octets -= slot->octets;
    gpointer item = slot->item;
    g_free(slot);
    return item;
}
