/* The list in force, kept up with the ledger. */
#include "policy/limits/in_force.h"
#include "policy/limits/suspension.h"
#include "policy/log.h"

struct OvSuspensions {
    OvLedger *ledger;
    OvInForce *in_force;
    gpointer alerts; /* OvAlerts *, atomic; or NULL */
    gint n_added;    /* atomic */
    gboolean adding; /* what is new comes of ov_suspensions_add or _take; used by one thread at a
                        time */
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

static gboolean tell_new(OvSuspensions *suspensions, gint64 after, OvArena *arena, GError **error) {
    enum { LOGGED = 1000 };
    guint n = 0;
    OvSuspensionRow *fresh =
        ov_ledger_suspension_rows(suspensions->ledger, NULL, after, LOGGED, arena, &n, error);
    if (!fresh)
        return FALSE;
    for (guint i = 0; i < n; i++) {
        log_row(&fresh[i], arena);
        if (!suspensions->adding)
            alert_row(g_atomic_pointer_get(&suspensions->alerts), &fresh[i], arena);
    }
    suspensions->adding = FALSE;
    return TRUE;
}

static gpointer read_list(gpointer owner, gint64 after, gint64 now, guint *length, GError **error) {
    OvSuspensions *suspensions = owner;
    g_autoptr(OvArena) arena = ov_arena_new();
    guint n = 0;
    OvSuspensionRow *rows =
        ov_ledger_suspensions_in_force(suspensions->ledger, now, arena, &n, error);
    if (!rows || (after >= 0 && !tell_new(suspensions, after, arena, error)))
        return NULL;
    OvSuspensionList *list = ov_suspension_list_new(rows, n);
    *length = ov_suspension_list_length(list);
    return list;
}

static void log_over(const OvSuspension *suspension, gpointer data) {
    (void)data;
    g_autoptr(OvArena) arena = ov_arena_new();
    ov_log(OV_LOG_INFO, NULL, "event", "suspension", "state", "over", "what",
           ov_subject_format(&suspension->subject, arena), NULL);
}

static void tell_ending(gpointer list, gint64 after, gint64 until) {
    ov_suspension_list_ending(list, after, until, log_over, NULL);
}

static void count_end(const OvSuspension *suspension, gpointer data) {
    (void)suspension;
    ++*(guint *)data;
}

/* By days, hours and minutes. */
static char *duration_text(gint64 time) {
    const gint64 minute = 60 * G_USEC_PER_SEC;
    gint64 minutes = (time + minute / 2) / minute, hours = minutes / 60, days = hours / 24;
    return days > 0 ? g_strdup_printf("%" G_GINT64_FORMAT " d %d h", days, (int)(hours % 24))
                    : g_strdup_printf("%d h %d min", (int)hours, (int)(minutes % 60));
}

/* Nobody can know which of the two times was right. */
static void tell_set_back(gpointer owner, gconstpointer list, gint64 by) {
    OvSuspensions *suspensions = owner;
    g_autofree char *duration = duration_text(by);
    guint n = 0;
    ov_suspension_list_ending(list, 0, G_MAXINT64 - 1, count_end, &n);
    ov_log(OV_LOG_WARNING, NULL, "event", "clock", "state", "set-back", "by", duration, NULL);
    if (n == 0)
        return;
    g_autofree char *reason = g_strdup_printf("the clock was set back by %s: what is suspended "
                                              "until a time, %u in all, is so for as much "
                                              "longer",
                                              duration, n);
    ov_alerts_raise(
        g_atomic_pointer_get(&suspensions->alerts),
        &(OvAlert){.kind = OV_ALERT_TROUBLE,
                   .subject = "clock",
                   .reason = reason,
                   .advice = "see outvet suspensions, and resume what should have ended"});
}

static const OvInForceKind SUSPENSIONS = {
    .name = "suspension",
    .last = ov_ledger_last_suspension,
    .read = read_list,
    .ending = tell_ending,
    .set_back = tell_set_back,
    .unref = (GDestroyNotify)ov_suspension_list_unref,
};

OvSuspensions *ov_suspensions_start(OvLedger *ledger) {
    OvSuspensions *suspensions = g_new0(OvSuspensions, 1);
    suspensions->ledger = ledger;
    suspensions->in_force = ov_in_force_start(&SUSPENSIONS, ledger, suspensions);
    return suspensions;
}

void ov_suspensions_stop(OvSuspensions *suspensions) {
    if (!suspensions)
        return;
    ov_in_force_stop(suspensions->in_force);
    g_free(suspensions);
}

void ov_suspensions_set_alerts(OvSuspensions *suspensions, OvAlerts *alerts) {
    g_atomic_pointer_set(&suspensions->alerts, alerts);
}

OvSuspensionList *ov_suspensions_list(OvSuspensions *suspensions) {
    return ov_in_force_list(suspensions->in_force);
}

gboolean ov_suspensions_refresh(OvSuspensions *suspensions, GError **error) {
    return ov_in_force_refresh(suspensions->in_force, error);
}

gint64 ov_suspensions_last(OvSuspensions *suspensions) {
    return ov_in_force_last(suspensions->in_force);
}

/* The list is up to date. */
static gboolean is_known(OvSuspensions *suspensions, const OvSuspension *suspension, gint64 now) {
    g_autoptr(OvSuspensionList) list = ov_suspensions_list(suspensions);
    const OvSuspension *known = ov_suspension_list_get(list, &suspension->subject);
    return known && known->until > now && known->until >= suspension->until &&
           (known->queue || !suspension->queue);
}

/* What is to be added. */
typedef struct {
    const OvSuspension *suspension;
    gboolean added;
} Wish;

static gboolean add(gpointer owner, gpointer data, GError **error) {
    OvSuspensions *suspensions = owner;
    Wish *wish = data;
    const OvSuspension *suspension = wish->suspension;
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
    wish->added = ov_ledger_add_suspension(suspensions->ledger, &row, error);
    suspensions->adding = wish->added;
    if (wish->added)
        g_atomic_int_inc(&suspensions->n_added);
    return wish->added;
}

gboolean ov_suspensions_add(OvSuspensions *suspensions, const OvSuspension *suspension,
                            gboolean *added, GError **error) {
    Wish wish = {.suspension = suspension};
    gboolean done = ov_in_force_change(suspensions->in_force, add, &wish, error);
    if (added)
        *added = wish.added;
    return done;
}

/* Of the subject's last change; 0 where there is none. FALSE with error. */
static gboolean last_time(OvLedger *ledger, const char *subject, gint64 *time, GError **error) {
    enum { AT_ONCE = 1000 };
    gint64 after = 0;
    guint n = 0;
    *time = 0;
    do {
        g_autoptr(OvArena) arena = ov_arena_new();
        OvSuspensionRow *rows =
            ov_ledger_suspension_rows(ledger, subject, after, AT_ONCE, arena, &n, error);
        if (!rows)
            return FALSE;
        if (n > 0) {
            *time = rows[n - 1].time;
            after = rows[n - 1].id;
        }
    } while (n == AT_ONCE);
    return TRUE;
}

static gboolean take(gpointer owner, gpointer data, GError **error) {
    OvSuspensions *suspensions = owner;
    const OvSuspensionRow *row = data;
    gint64 time;
    if (!last_time(suspensions->ledger, row->subject, &time, error))
        return FALSE;
    if (time >= row->time)
        return TRUE;
    suspensions->adding = ov_ledger_add_suspension(suspensions->ledger, row, error);
    return suspensions->adding;
}

gboolean ov_suspensions_take(OvSuspensions *suspensions, const OvSuspensionRow *row,
                             GError **error) {
    return ov_in_force_change(suspensions->in_force, take, (gpointer)row, error);
}

guint ov_suspensions_added(OvSuspensions *suspensions) {
    return (guint)g_atomic_int_get(&suspensions->n_added);
}
