/* The list in force, and the thread that keeps it up with the ledger. */
#include "policy/limits/suspension.h"
#include "policy/log.h"

static const gint64 PAUSE = G_USEC_PER_SEC;

struct OvSuspensions {
    OvLedger *ledger;
    GMutex list_lock; /* the pointer, not what it points to */
    OvSuspensionList *list;
    gint length; /* atomic; of list: where it is 0, nobody takes the lock */

    GMutex lock; /* one change, or one look, at a time; and what follows */
    gint64 last; /* id of the last row that was taken in; -1 before the first look */
    gint64 now;  /* when that was */
    gboolean failing;
    OvAlerts *alerts; /* or NULL */
    gboolean adding;  /* what is new comes of ov_suspensions_add */
    GCond stop;
    gboolean stopping;
    GThread *thread;
};

/* NULL where it has no end. */
static const char *until_of(const OvSuspensionRow *row, OvArena *arena) {
    if (row->ended || row->until == G_MAXINT64)
        return NULL;
    g_autoptr(GDateTime) moment = g_date_time_new_from_unix_utc(row->until / G_USEC_PER_SEC);
    g_autofree char *text = moment ? g_date_time_format_iso8601(moment) : g_strdup("?");
    return ov_arena_strndup(arena, text, strlen(text));
}

static void log_row(const OvSuspensionRow *row, OvArena *arena) {
    ov_log(row->ended ? OV_LOG_INFO : OV_LOG_WARNING, NULL, "event", "suspension", "state",
           row->ended ? "resumed" : "suspended", "what", row->subject, "until",
           until_of(row, arena), "answer", row->answer, "by", row->operator_name, "reason",
           row->reason, NULL);
}

static void alert_row(OvAlerts *alerts, const OvSuspensionRow *row, OvArena *arena) {
    if (row->ended)
        return;
    const char *until = until_of(row, arena);
    OvAlert alert = {
        .kind = OV_ALERT_SUSPENDED,
        .subject = row->subject,
        .reason = row->reason,
        .advice = ov_arena_printf(
            arena, "find out what was sent and mend it, then: outvet resume %s", row->subject),
        .details = (const char *const[]){"by", row->operator_name, "until",
                                         until ? until : "it is resumed", NULL},
    };
    ov_alerts_raise(alerts, &alert);
}

static void replace(OvSuspensions *suspensions, OvSuspensionList *list) {
    guint length = ov_suspension_list_length(list);
    g_mutex_lock(&suspensions->list_lock);
    OvSuspensionList *before = suspensions->list;
    suspensions->list = list;
    g_atomic_int_set(&suspensions->length, (gint)length);
    g_mutex_unlock(&suspensions->list_lock);
    ov_suspension_list_unref(before);
}

/* Called under the lock. */
static gboolean read_all(OvSuspensions *suspensions, gint64 last, gint64 now, GError **error) {
    enum { LOGGED = 1000 };
    g_autoptr(OvArena) arena = ov_arena_new();
    guint n = 0, n_new = 0;
    OvSuspensionRow *rows =
        ov_ledger_suspensions_in_force(suspensions->ledger, now, arena, &n, error);
    if (!rows)
        return FALSE;
    if (suspensions->last >= 0) {
        OvSuspensionRow *fresh = ov_ledger_suspension_rows(
            suspensions->ledger, NULL, suspensions->last, LOGGED, arena, &n_new, error);
        if (!fresh)
            return FALSE;
        for (guint i = 0; i < n_new; i++) {
            log_row(&fresh[i], arena);
            if (!suspensions->adding)
                alert_row(suspensions->alerts, &fresh[i], arena);
        }
    }
    replace(suspensions, ov_suspension_list_new(rows, n));
    suspensions->last = last;
    return TRUE;
}

static void log_over(const OvSuspension *suspension, gpointer data) {
    (void)data;
    g_autoptr(OvArena) arena = ov_arena_new();
    ov_log(OV_LOG_INFO, NULL, "event", "suspension", "state", "over", "what",
           ov_subject_format(&suspension->subject, arena), NULL);
}

/* Called under the lock. What is over goes from memory at the next change; a clock that is set back
 * may bring it back. */
static gboolean look(OvSuspensions *suspensions, GError **error) {
    gint64 last, now = g_get_real_time();
    gboolean back = now < suspensions->now;
    if (!ov_ledger_last_suspension(suspensions->ledger, &last, error))
        return FALSE;
    if (suspensions->list)
        ov_suspension_list_ending(suspensions->list, suspensions->now, now, log_over, NULL);
    suspensions->now = now;
    if ((last == suspensions->last && !back) || read_all(suspensions, last, now, error))
        return TRUE;
    suspensions->now = G_MAXINT64; /* so that it is read next time */
    return FALSE;
}

/* Called under the lock. */
static gboolean look_and_tell(OvSuspensions *suspensions, GError **error) {
    g_autoptr(GError) trouble = NULL;
    gboolean done = look(suspensions, &trouble);
    if (!done && !suspensions->failing)
        ov_log(OV_LOG_ERROR, NULL, "event", "suspension", "state", "unknown", "error",
               trouble->message, NULL);
    suspensions->failing = !done;
    if (!done)
        g_propagate_error(error, g_steal_pointer(&trouble));
    return done;
}

static gpointer follow(gpointer data) {
    OvSuspensions *suspensions = data;
    g_mutex_lock(&suspensions->lock);
    while (!suspensions->stopping) {
        gint64 until = g_get_monotonic_time() + PAUSE;
        if (!g_cond_wait_until(&suspensions->stop, &suspensions->lock, until))
            look_and_tell(suspensions, NULL);
    }
    g_mutex_unlock(&suspensions->lock);
    return NULL;
}

OvSuspensions *ov_suspensions_start(OvLedger *ledger) {
    OvSuspensions *suspensions = g_new0(OvSuspensions, 1);
    suspensions->ledger = ledger;
    suspensions->last = -1;
    g_mutex_init(&suspensions->list_lock);
    g_mutex_init(&suspensions->lock);
    g_cond_init(&suspensions->stop);
    ov_suspensions_refresh(suspensions, NULL);
    suspensions->thread = g_thread_new("suspensions", follow, suspensions);
    return suspensions;
}

void ov_suspensions_stop(OvSuspensions *suspensions) {
    if (!suspensions)
        return;
    g_mutex_lock(&suspensions->lock);
    suspensions->stopping = TRUE;
    g_cond_signal(&suspensions->stop);
    g_mutex_unlock(&suspensions->lock);
    g_thread_join(suspensions->thread);
    ov_suspension_list_unref(suspensions->list);
    g_mutex_clear(&suspensions->list_lock);
    g_mutex_clear(&suspensions->lock);
    g_cond_clear(&suspensions->stop);
    g_free(suspensions);
}

void ov_suspensions_set_alerts(OvSuspensions *suspensions, OvAlerts *alerts) {
    g_mutex_lock(&suspensions->lock);
    suspensions->alerts = alerts;
    g_mutex_unlock(&suspensions->lock);
}

OvSuspensionList *ov_suspensions_list(OvSuspensions *suspensions) {
    if (g_atomic_int_get(&suspensions->length) == 0)
        return NULL;
    g_mutex_lock(&suspensions->list_lock);
    OvSuspensionList *list = ov_suspension_list_ref(suspensions->list);
    g_mutex_unlock(&suspensions->list_lock);
    return list;
}

gboolean ov_suspensions_refresh(OvSuspensions *suspensions, GError **error) {
    g_mutex_lock(&suspensions->lock);
    gboolean done = look_and_tell(suspensions, error);
    g_mutex_unlock(&suspensions->lock);
    return done;
}

/* Called under the lock, with a list that is up to date. */
static gboolean is_known(OvSuspensions *suspensions, const OvSuspension *suspension, gint64 now) {
    g_autoptr(OvSuspensionList) list = ov_suspensions_list(suspensions);
    const OvSuspension *known = ov_suspension_list_get(list, &suspension->subject);
    return known && known->until > now && known->until >= suspension->until &&
           (known->queue || !suspension->queue);
}

static gboolean add(OvSuspensions *suspensions, const OvSuspension *suspension, gboolean *added,
                    GError **error) {
    if (!look_and_tell(suspensions, error))
        return FALSE;
    gint64 now = g_get_real_time();
    if (is_known(suspensions, suspension, now))
        return TRUE;
    g_autoptr(OvArena) arena = ov_arena_new();
    OvSuspensionRow row = {
        .time = now,
        .subject = ov_subject_format(&suspension->subject, arena),
        .until = suspension->until,
        .answer =
            suspension->answer == OV_VERDICT_ACCEPT ? NULL : ov_verdict_name(suspension->answer),
        .operator_name = suspension->operator_name,
        .reason = suspension->reason,
        .queue = suspension->queue,
    };
    *added = ov_ledger_add_suspension(suspensions->ledger, &row, error);
    if (!*added)
        return FALSE;
    suspensions->adding = TRUE;
    gboolean known = look_and_tell(suspensions, error);
    suspensions->adding = FALSE;
    return known;
}

gboolean ov_suspensions_add(OvSuspensions *suspensions, const OvSuspension *suspension,
                            gboolean *added, GError **error) {
    gboolean fresh = FALSE;
    g_mutex_lock(&suspensions->lock);
    gboolean done = add(suspensions, suspension, &fresh, error);
    g_mutex_unlock(&suspensions->lock);
    if (added)
        *added = fresh;
    return done;
}
