#include "policy/review/ordered.h"

typedef struct {
    gpointer item;
    gsize octets;
    gboolean done; /* under the lock */
} Slot;

struct OvOrdered {
    GFunc work;
    gpointer data;
    GQueue slots; /* of Slot, oldest first; the owner's alone, as are the bounds */
    guint max_items;
    gsize max_octets, octets;
    GThread **threads;
    guint n_threads;
    GMutex lock;  /* guards todo, ending and every slot's done */
    GCond wanted; /* todo or ending changed */
    GCond done;   /* a slot is done */
    GQueue todo;  /* of Slot, oldest first: not yet begun */
    gboolean ending;
};

static gpointer run(gpointer user_data) {
    OvOrdered *ordered = user_data;
    g_mutex_lock(&ordered->lock);
    for (;;) {
        Slot *slot = g_queue_pop_head(&ordered->todo);
        if (slot) {
            g_mutex_unlock(&ordered->lock);
            ordered->work(slot->item, ordered->data);
            g_mutex_lock(&ordered->lock);
            slot->done = TRUE;
            g_cond_signal(&ordered->done);
        } else if (ordered->ending) {
            break;
        } else {
            g_cond_wait(&ordered->wanted, &ordered->lock);
        }
    }
    g_mutex_unlock(&ordered->lock);
    return NULL;
}

OvOrdered *ov_ordered_new(guint threads, guint max_items, gsize max_octets, GFunc work,
                          gpointer data) {
    OvOrdered *ordered = g_new0(OvOrdered, 1);
    ordered->work = work;
    ordered->data = data;
    ordered->max_items = max_items;
    ordered->max_octets = max_octets;
    g_queue_init(&ordered->slots);
    g_queue_init(&ordered->todo);
    g_mutex_init(&ordered->lock);
    g_cond_init(&ordered->wanted);
    g_cond_init(&ordered->done);
    ordered->n_threads = threads > 0 ? threads : g_get_num_processors();
    ordered->threads = g_new0(GThread *, ordered->n_threads);
    for (guint i = 0; i < ordered->n_threads; i++)
        ordered->threads[i] = g_thread_new("judge", run, ordered);
    return ordered;
}

void ov_ordered_free(OvOrdered *ordered) {
    g_mutex_lock(&ordered->lock);
    ordered->ending = TRUE;
    g_cond_broadcast(&ordered->wanted);
    g_mutex_unlock(&ordered->lock);
    for (guint i = 0; i < ordered->n_threads; i++)
        g_thread_join(ordered->threads[i]);
    g_assert(g_queue_is_empty(&ordered->slots));
    g_mutex_clear(&ordered->lock);
    g_cond_clear(&ordered->wanted);
    g_cond_clear(&ordered->done);
    g_free(ordered->threads);
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
    g_mutex_lock(&ordered->lock);
    g_queue_push_tail(&ordered->todo, slot);
    g_cond_signal(&ordered->wanted);
    g_mutex_unlock(&ordered->lock);
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
