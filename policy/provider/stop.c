#include "policy/provider/stop.h"

struct OvStop {
    GMutex lock; /* of set */
    GCond changed;
    gboolean set;
};

OvStop *ov_stop_new(void) {
    OvStop *stop = g_new0(OvStop, 1);
    g_mutex_init(&stop->lock);
    g_cond_init(&stop->changed);
    return stop;
}

void ov_stop_free(OvStop *stop) {
    if (!stop)
        return;
    g_mutex_clear(&stop->lock);
    g_cond_clear(&stop->changed);
    g_free(stop);
}

void ov_stop_set(OvStop *stop) {
    g_mutex_lock(&stop->lock);
    stop->set = TRUE;
    g_cond_broadcast(&stop->changed);
    g_mutex_unlock(&stop->lock);
}

gboolean ov_stop_is_set(OvStop *stop) {
    return ov_stop_wait(stop, 0);
}

gboolean ov_stop_wait(OvStop *stop, gint64 time) {
    gint64 end = g_get_monotonic_time() + time;
    g_mutex_lock(&stop->lock);
    while (!stop->set && time > 0 && g_cond_wait_until(&stop->changed, &stop->lock, end))
        ;
    gboolean set = stop->set;
    g_mutex_unlock(&stop->lock);
    return set;
}
