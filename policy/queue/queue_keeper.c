#include "policy/queue/queue_keeper.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include "policy/ledger/incident.h"
#include "policy/log.h"
#include "policy/queue/suspended_queue.h"
#include "policy/queue/turn.h"
#include "policy/time_text.h"

enum { REST = 10 /* times what a look takes: a large queue is not listed all the time */ };

static const gint64 TICK = G_USEC_PER_SEC;
static const gint64 BRISK = 5 * G_USEC_PER_SEC; /* between looks while anything may move, and
                                                   where the agent is only asked if it answers */
static const gint64 CALM = 60 * G_USEC_PER_SEC;
static const gint64 YOUNG = 600 * G_USEC_PER_SEC; /* mail of before may still come in */
static const gint64 REPORT = 5 * G_USEC_PER_SEC;

typedef enum { NONE, ANSWERING, FAILING } AgentState;

static const char *const state_names[] = {"none", "answering", "failing"};

struct OvQueueKeeper {
    OvLedger *ledger;
    OvSuspensions *suspensions;
    OvAlerts *alerts;
    int wake; /* eventfd, readable from ov_queue_keeper_stop on */
    GThread *thread;

    GMutex lock; /* what follows */
    GCond turn;
    gboolean stopping, woken;
    OvSettings *settings;
    AgentState state;
    gint64 since;  /* of the state; microseconds since the epoch */
    char *trouble; /* of the last look; NULL for none */
    OvSuspendedLook look;

    /* The thread's own. */
    gint64 last;        /* id of the last row that a look knew of */
    gint64 next;        /* when to look again without cause; monotonic */
    gint64 ends;        /* when the next suspension ends; since the epoch */
    gint64 reported;    /* monotonic */
    GHashTable *others; /* as ov_suspended_queue_hold has it */
};

/* --- What came of it --- */

static void raise_trouble(OvQueueKeeper *keeper, const char *reason) {
    OvAlert alert = {
        .kind = OV_ALERT_TROUBLE,
        .subject = "queue",
        .reason = reason,
        .advice = "systemctl status outvet-queue; outvet status tells how it stands",
    };
    ov_alerts_raise(keeper->alerts, &alert);
}

static void tell(OvQueueKeeper *keeper, AgentState before, AgentState state, const char *trouble) {
    if (state == before)
        return;
    gboolean bad = state == FAILING || (state == NONE && before == ANSWERING);
    ov_log(bad ? OV_LOG_WARNING : OV_LOG_INFO, NULL, "event", "queue-agent", "state",
           state_names[state], "error", trouble, NULL);
    if (bad) {
        g_autofree char *reason =
            g_strdup_printf("what suspended senders have in the queue can't be held: %s", trouble);
        raise_trouble(keeper, reason);
    } else if (before == FAILING && state == ANSWERING) {
        raise_trouble(keeper, "the queue can be held again");
    }
}

/* An agent that went away is missed; one that never was, is not. */
static AgentState state_after(AgentState before, const GError *error) {
    if (!error)
        return ANSWERING;
    gboolean absent = g_error_matches(error, OV_QUEUE_ERROR, OV_QUEUE_ERROR_ABSENT);
    return absent && before == NONE ? NONE : FAILING;
}

static void take_outcome(OvQueueKeeper *keeper, const OvSuspendedLook *look, const GError *error) {
    g_mutex_lock(&keeper->lock);
    AgentState before = keeper->state, state = state_after(before, error);
    if (state != before || keeper->since == 0)
        keeper->since = g_get_real_time();
    keeper->state = state;
    g_free(keeper->trouble);
    keeper->trouble = error ? g_strdup(error->message) : NULL;
    if (look->looked > 0)
        keeper->look = *look;
    gboolean stopping = keeper->stopping;
    g_mutex_unlock(&keeper->lock);
    if (!stopping)
        tell(keeper, before, state, error ? error->message : NULL);
}

/* --- One look --- */

typedef struct {
    OvHeld held;
    OvArena *arena;
    const OvSuspensionRow *rows; /* in force */
    guint n;
    OvSuspensionList *wanted; /* those of them whose queue is to be held */
    guint n_wanted;
    const OvSuspendedCount *counts; /* what is on hold */
    guint n_counts;
} Look;

static void look_clear(Look *look) {
    ov_suspension_list_unref(look->wanted);
    ov_arena_free(look->arena);
    g_clear_pointer(&look->held.queue, ov_queue_free);
    ov_arena_free(look->held.arena);
    ov_settings_unref(look->held.settings);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Look, look_clear)

static void choose_wanted(Look *look) {
    OvSuspensionRow *wanted = OV_ARENA_NEW(look->arena, OvSuspensionRow, look->n);
    for (guint i = 0; i < look->n; i++)
        if (look->rows[i].queue && !look->held.settings->shadow)
            wanted[look->n_wanted++] = look->rows[i];
    look->wanted = ov_suspension_list_new(wanted, look->n_wanted);
}

static gboolean read_ledger(OvQueueKeeper *keeper, Look *look, GError **error) {
    look->rows = ov_ledger_suspensions_in_force(keeper->ledger, g_get_real_time(), look->arena,
                                                &look->n, error);
    look->counts = look->rows
                       ? ov_ledger_suspended_counts(keeper->ledger, look->held.settings->node,
                                                    look->arena, &look->n_counts, error)
                       : NULL;
    if (look->counts)
        choose_wanted(look);
    return look->counts != NULL;
}

static gboolean is_in_force(const Look *look, const char *subject) {
    for (guint i = 0; i < look->n; i++)
        if (g_str_equal(look->rows[i].subject, subject))
            return TRUE;
    return FALSE;
}

static guint n_to_release(const Look *look) {
    guint n = 0;
    for (guint i = 0; i < look->n_counts; i++)
        n += is_in_force(look, look->counts[i].subject) ? 0 : 1;
    return n;
}

static gboolean release(Look *look, const char *subject, const OvSuspensionList *in_force,
                        GError **error) {
    guint n = 0, n_rows = 0, n_kept = 0;
    const OvSuspensionRow *rows = ov_ledger_suspension_rows(look->held.ledger, subject, 0,
                                                            G_MAXUINT, look->arena, &n_rows, error);
    if (!rows)
        return FALSE;
    OvSuspensionEnd end = {.operator_name = "outvetd", .over = TRUE};
    if (n_rows > 0 && rows[n_rows - 1].ended)
        end = (OvSuspensionEnd){.operator_name = rows[n_rows - 1].operator_name};
    gboolean done =
        ov_suspended_queue_release(&look->held, subject, in_force, &end, &n, &n_kept, error);
    g_autofree char *released = g_strdup_printf("%u", n), *kept = g_strdup_printf("%u", n_kept);
    if (n > 0 || n_kept > 0)
        ov_log(OV_LOG_INFO, NULL, "event", "queue", "what", subject, "released", released, "kept",
               kept, "why", end.over ? "over" : "resumed", NULL);
    return done;
}

static gboolean release_all(Look *look, GError **error) {
    if (n_to_release(look) == 0)
        return TRUE;
    g_autoptr(OvSuspensionList) in_force = ov_suspension_list_new(look->rows, look->n);
    for (guint i = 0; i < look->n_counts; i++)
        if (!is_in_force(look, look->counts[i].subject) &&
            !release(look, look->counts[i].subject, in_force, error))
            return FALSE;
    return TRUE;
}

static gboolean hold(OvQueueKeeper *keeper, Look *look, OvSuspendedLook *seen, GError **error) {
    gboolean done =
        ov_suspended_queue_hold(&look->held, look->wanted, &keeper->others, seen, error);
    g_autofree char *held = g_strdup_printf("%u", seen->held);
    g_autofree char *moving = g_strdup_printf("%u", seen->moving);
    if (seen->held > 0)
        ov_log(OV_LOG_INFO, NULL, "event", "queue", "held", held, "moving", moving, NULL);
    return done;
}

/* What there is to do, and at least to hear whether there is an agent. */
static gboolean work(OvQueueKeeper *keeper, Look *look, OvSuspendedLook *seen, GError **error) {
    gint64 now = g_get_real_time();
    if (!ov_queue_answers(look->held.queue, error) || !release_all(look, error))
        return FALSE;
    if (look->n_wanted > 0)
        return hold(keeper, look, seen, error);
    *seen = (OvSuspendedLook){.looked = now};
    return TRUE;
}

static gint64 first_end(const Look *look) {
    gint64 first = G_MAXINT64;
    for (guint i = 0; i < look->n; i++)
        first = MIN(first, look->rows[i].until);
    return first;
}

static gboolean has_young(const Look *look) {
    for (guint i = 0; i < look->n; i++)
        if (look->rows[i].queue && look->rows[i].time > g_get_real_time() - YOUNG)
            return TRUE;
    return FALSE;
}

/* When to look next, after one that began at start. */
static void plan_next(OvQueueKeeper *keeper, const Look *look, gint64 start, gboolean brisk) {
    gint64 now = g_get_monotonic_time();
    gint64 pause = brisk ? BRISK : CALM;
    keeper->next = now + MAX(pause, MIN((now - start) * REST, CALM));
    keeper->ends = first_end(look);
}

static void forget_others(OvQueueKeeper *keeper, gint64 last) {
    if (last != keeper->last || g_get_real_time() >= keeper->ends)
        g_clear_pointer(&keeper->others, g_hash_table_unref);
}

static void look_now(OvQueueKeeper *keeper, OvSettings *settings, gint64 last) {
    gint64 start = g_get_monotonic_time();
    g_auto(Look) look = {
        .held = {.settings = settings, .ledger = keeper->ledger, .arena = ov_arena_new()},
        .arena = ov_arena_new(),
    };
    look.held.queue = ov_queue_open_agent(settings, keeper->wake);
    /* The ledger's own lines tell its trouble. */
    if (!read_ledger(keeper, &look, NULL))
        return;
    gboolean acts = look.n_wanted > 0 || n_to_release(&look) > 0;
    if (acts && !ov_queue_turn_take(keeper->ledger, settings->node, 0))
        return; /* a command is at it: in a second */
    OvSuspendedLook seen = {.looked = 0};
    g_autoptr(GError) error = NULL;
    forget_others(keeper, last);
    gboolean done = work(keeper, &look, &seen, &error);
    if (acts)
        ov_queue_turn_give(keeper->ledger, settings->node);
    take_outcome(keeper, &seen, error);
    keeper->last = last;
    plan_next(keeper, &look, start,
              !done || look.n_wanted == 0 || seen.moving > 0 || has_young(&look));
}

/* --- The report --- */

static char *egress_of(const OvSettings *settings) {
    const OvEgress *all = &settings->egress.all;
    GString *text = g_string_new(NULL);
    g_autoptr(OvArena) arena = ov_arena_new();
    for (guint i = 0; i < all->n_points; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? " " : "",
                               ov_ip_address_text(arena, &all->points[i].address));
    return g_string_free(text, FALSE);
}

static void report(OvQueueKeeper *keeper, const OvSettings *settings, gint64 last) {
    g_autofree char *egress = egress_of(settings);
    g_mutex_lock(&keeper->lock);
    g_autofree char *trouble = g_strdup(keeper->trouble);
    OvSuspendedLook look = keeper->look;
    g_mutex_unlock(&keeper->lock);
    OvNodeReport told = {
        .node = settings->node,
        .seen = g_get_real_time(),
        .suspension = MAX(last, 0),
        .egress = egress,
        .looked = trouble ? 0 : look.looked,
        .moving = look.moving,
        .trouble = trouble ? trouble : "",
    };
    ov_ledger_put_node(keeper->ledger, &told, NULL);
    keeper->reported = g_get_monotonic_time();
}

/* --- The thread --- */

/* TRUE to look. */
static gboolean is_due(const OvQueueKeeper *keeper, gint64 last, gboolean woken) {
    return woken || last != keeper->last || g_get_monotonic_time() >= keeper->next ||
           g_get_real_time() >= keeper->ends;
}

static void tick(OvQueueKeeper *keeper, OvSettings *settings, gboolean woken) {
    gint64 last = ov_suspensions_last(keeper->suspensions);
    gboolean due = is_due(keeper, last, woken);
    if (due)
        look_now(keeper, ov_settings_ref(settings), last);
    if (due || g_get_monotonic_time() - keeper->reported >= REPORT)
        report(keeper, settings, last);
}

static gpointer run(gpointer data) {
    OvQueueKeeper *keeper = data;
    g_mutex_lock(&keeper->lock);
    while (!keeper->stopping) {
        g_autoptr(OvSettings) settings = ov_settings_ref(keeper->settings);
        gboolean woken = keeper->woken;
        keeper->woken = FALSE;
        g_mutex_unlock(&keeper->lock);
        tick(keeper, settings, woken);
        gint64 until = g_get_monotonic_time() + TICK;
        g_mutex_lock(&keeper->lock);
        while (!keeper->stopping && !keeper->woken &&
               g_cond_wait_until(&keeper->turn, &keeper->lock, until))
            continue;
    }
    g_mutex_unlock(&keeper->lock);
    return NULL;
}

OvQueueKeeper *ov_queue_keeper_start(OvSettings *settings, OvLedger *ledger,
                                     OvSuspensions *suspensions, OvAlerts *alerts) {
    OvQueueKeeper *keeper = g_new0(OvQueueKeeper, 1);
    keeper->ledger = ledger;
    keeper->suspensions = suspensions;
    keeper->alerts = alerts;
    keeper->settings = ov_settings_ref(settings);
    keeper->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    keeper->last = -1;
    g_mutex_init(&keeper->lock);
    g_cond_init(&keeper->turn);
    keeper->thread = g_thread_new("queue", run, keeper);
    return keeper;
}

void ov_queue_keeper_set(OvQueueKeeper *keeper, OvSettings *settings) {
    if (!keeper)
        return;
    g_mutex_lock(&keeper->lock);
    ov_settings_unref(keeper->settings);
    keeper->settings = ov_settings_ref(settings);
    keeper->woken = TRUE;
    g_cond_signal(&keeper->turn);
    g_mutex_unlock(&keeper->lock);
}

void ov_queue_keeper_wake(OvQueueKeeper *keeper) {
    if (!keeper)
        return;
    g_mutex_lock(&keeper->lock);
    keeper->woken = TRUE;
    g_cond_signal(&keeper->turn);
    g_mutex_unlock(&keeper->lock);
}

json_t *ov_queue_keeper_status(OvQueueKeeper *keeper) {
    if (!keeper)
        return json_pack("{s:s}", "state", "off");
    g_mutex_lock(&keeper->lock);
    json_t *status =
        json_pack("{s:s, s:o, s:o, s:I, s:s?}", "state", state_names[keeper->state], "since",
                  ov_time_json(keeper->since), "looked", ov_time_json(keeper->look.looked),
                  "moving", (json_int_t)keeper->look.moving, "trouble", keeper->trouble);
    g_mutex_unlock(&keeper->lock);
    return status;
}

void ov_queue_keeper_stop(OvQueueKeeper *keeper) {
    guint64 one = 1;
    if (!keeper)
        return;
    g_mutex_lock(&keeper->lock);
    keeper->stopping = TRUE;
    g_cond_signal(&keeper->turn);
    g_mutex_unlock(&keeper->lock);
    if (write(keeper->wake, &one, sizeof one) == sizeof one)
        g_thread_join(keeper->thread);
    close(keeper->wake);
    ov_settings_unref(keeper->settings);
    g_clear_pointer(&keeper->others, g_hash_table_unref);
    g_free(keeper->trouble);
    g_mutex_clear(&keeper->lock);
    g_cond_clear(&keeper->turn);
    g_free(keeper);
}
