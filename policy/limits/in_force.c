#include "policy/limits/in_force.h"

#include "policy/log.h"

static const gint64 PAUSE = G_USEC_PER_SEC;
static const gint64 SET_BACK = 60 * G_USEC_PER_SEC; /* the least that is told of */

struct OvInForce {
    const OvInForceKind *kind;
    OvLedger *ledger;
    gpointer owner;
    GMutex list_lock; /* the pointer, not what it points to */
    gpointer list;
    gint length; /* atomic; of list: where it is 0, nobody takes the lock */

    GMutex lock; /* one change, or one look, at a time; and what follows */
    gint64 last; /* id of the last row that was taken in; -1 before the first look */
    gint64 now;  /* when that was */
    gboolean failing;
    GCond stop;
    gboolean stopping;
    GThread *thread;
};

static void replace(OvInForce *in_force, gpointer list, guint length) {
    g_mutex_lock(&in_force->list_lock);
    gpointer before = in_force->list;
    in_force->list = list;
    g_atomic_int_set(&in_force->length, (gint)length);
    g_mutex_unlock(&in_force->list_lock);
    if (before)
        in_force->kind->unref(before);
}

static gboolean read_all(OvInForce *in_force, gint64 last, gint64 now, GError **error) {
    guint length = 0;
    gpointer list = in_force->kind->read(in_force->owner, in_force->last, now, &length, error);
    if (!list)
        return FALSE;
    replace(in_force, list, length);
    in_force->last = last;
    return TRUE;
}

/* Called under the lock. What is over goes from memory at the next change; a clock that is set back
 * may bring it back. */
static gboolean look(OvInForce *in_force, GError **error) {
    gint64 last, now = g_get_real_time();
    gint64 back = in_force->now == G_MAXINT64 ? 0 : in_force->now - now;
    gboolean again = now < in_force->now;
    if (!in_force->kind->last(in_force->ledger, &last, error))
        return FALSE;
    if (in_force->list)
        in_force->kind->ending(in_force->list, in_force->now, now);
    in_force->now = now;
    if (last == in_force->last && !again)
        return TRUE;
    if (!read_all(in_force, last, now, error)) {
        in_force->now = G_MAXINT64; /* so that it is read next time */
        return FALSE;
    }
    if (back >= SET_BACK && in_force->kind->set_back)
        in_force->kind->set_back(in_force->owner, in_force->list, back);
    return TRUE;
}

/* Called under the lock. */
static gboolean look_and_tell(OvInForce *in_force, GError **error) {
    g_autoptr(GError) trouble = NULL;
    gboolean done = look(in_force, &trouble);
    if (!done && !in_force->failing)
        ov_log(OV_LOG_ERROR, NULL, "event", in_force->kind->name, "state", "unknown", "error",
               trouble->message, NULL);
    in_force->failing = !done;
    if (!done)
        g_propagate_error(error, g_steal_pointer(&trouble));
    return done;
}

static gpointer follow(gpointer data) {
    OvInForce *in_force = data;
    g_mutex_lock(&in_force->lock);
    while (!in_force->stopping) {
        gint64 until = g_get_monotonic_time() + PAUSE;
        if (!g_cond_wait_until(&in_force->stop, &in_force->lock, until))
            look_and_tell(in_force, NULL);
    }
    g_mutex_unlock(&in_force->lock);
    return NULL;
}

OvInForce *ov_in_force_start(const OvInForceKind *kind, OvLedger *ledger, gpointer owner) {
    OvInForce *in_force = g_new0(OvInForce, 1);
    in_force->kind = kind;
    in_force->ledger = ledger;
    in_force->owner = owner;
    in_force->last = -1;
    g_mutex_init(&in_force->list_lock);
    g_mutex_init(&in_force->lock);
    g_cond_init(&in_force->stop);
    ov_in_force_refresh(in_force, NULL);
    in_force->thread = g_thread_new(kind->name, follow, in_force);
    return in_force;
}

void ov_in_force_stop(OvInForce *in_force) {
    if (!in_force)
        return;
    g_mutex_lock(&in_force->lock);
    in_force->stopping = TRUE;
    g_cond_signal(&in_force->stop);
    g_mutex_unlock(&in_force->lock);
    g_thread_join(in_force->thread);
    if (in_force->list)
        in_force->kind->unref(in_force->list);
    g_mutex_clear(&in_force->list_lock);
    g_mutex_clear(&in_force->lock);
    g_cond_clear(&in_force->stop);
    g_free(in_force);
}

gpointer ov_in_force_list(OvInForce *in_force) {
    if (g_atomic_int_get(&in_force->length) == 0)
        return NULL;
    g_mutex_lock(&in_force->list_lock);
    gpointer list = g_atomic_rc_box_acquire(in_force->list);
    g_mutex_unlock(&in_force->list_lock);
    return list;
}

gint64 ov_in_force_last(OvInForce *in_force) {
    g_mutex_lock(&in_force->lock);
    gint64 last = in_force->last;
    g_mutex_unlock(&in_force->lock);
    return last;
}

gboolean ov_in_force_refresh(OvInForce *in_force, GError **error) {
    g_mutex_lock(&in_force->lock);
    gboolean done = look_and_tell(in_force, error);
    g_mutex_unlock(&in_force->lock);
    return done;
}

gboolean ov_in_force_change(OvInForce *in_force, OvInForceChange change, gpointer data,
                            GError **error) {
    g_mutex_lock(&in_force->lock);
    gboolean done = look_and_tell(in_force, error) && change(in_force->owner, data, error) &&
                    look_and_tell(in_force, error);
    g_mutex_unlock(&in_force->lock);
    return done;
}
