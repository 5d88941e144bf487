#include "policy/queue/turn.h"

#include <unistd.h>

#include "policy/ledger/incident.h"

static const gint64 LASTS = 60 * G_USEC_PER_SEC;
static const gulong BETWEEN = 100 * 1000;

static char *name_of(const char *node) {
    return g_strdup_printf("queue of %s", node);
}

static char *holder_of(const char *node) {
    return g_strdup_printf("%s %d", node, (int)getpid());
}

gboolean ov_queue_turn_take(OvLedger *ledger, const char *node, gint64 patience) {
    g_autofree char *name = name_of(node), *holder = holder_of(node);
    gint64 deadline = g_get_monotonic_time() + patience;
    for (;;) {
        gboolean taken = FALSE;
        gint64 now = g_get_real_time();
        if (!ov_ledger_take_lease(ledger, name, holder, now, now + LASTS, &taken, NULL) || taken)
            return taken;
        if (g_get_monotonic_time() >= deadline)
            return FALSE;
        g_usleep(BETWEEN);
    }
}

void ov_queue_turn_give(OvLedger *ledger, const char *node) {
    g_autofree char *name = name_of(node), *holder = holder_of(node);
    ov_ledger_give_lease(ledger, name, holder, NULL);
}
