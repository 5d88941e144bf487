#include "policy/provider/poller.h"

#include "policy/log.h"
#include "policy/network.h"
#include "policy/provider/round.h"
#include "policy/time_text.h"

#include <string.h>

static const gint64 TICK = G_USEC_PER_SEC;
static const gint64 MOST_PAUSE = 15 * 60 * G_USEC_PER_SEC; /* while the provider is away */
static const double JITTER = 0.1; /* so that many servers don't ask at once */

struct OvPoller {
    OvLedger *ledger;
    OvSuspensions *suspensions;
    OvLimits *limits;
    OvAlerts *alerts;
    GThread *thread;

    GMutex lock; /* of what follows */
    GCond changed;
    OvSettings *settings;
    gboolean stopping, woken, renewed; /* renewed: the settings are other ones */
    const char *state;
    char *hosting, *trouble;    /* NULL for none */
    gint64 since, last_success; /* of the state; 0: never. Microseconds since the epoch */
    guint networks, blocked;
    guint64 rounds, failed; /* since the start; of the rounds that were made */

    OvHosting *asked; /* NULL: nobody; used by the thread alone, but to be stopped */

    /* The thread's own: */
    OvRound *round;
    gint64 due;     /* when it asks next, monotonic */
    gint64 looked;  /* when it took the incidents' steps last, monotonic */
    guint failures; /* in a row */
};

static void set_state(OvPoller *poller, const char *state, const char *trouble) {
    g_mutex_lock(&poller->lock);
    if (!poller->state || strcmp(poller->state, state) != 0) {
        poller->since = g_get_real_time();
        poller->state = state;
    }
    g_free(poller->trouble);
    poller->trouble = g_strdup(trouble);
    g_mutex_unlock(&poller->lock);
}

/* Each change once, in the log and to the operators. */
static void tell_trouble(OvPoller *poller, const GError *trouble) {
    if (poller->failures == 1)
        ov_log(OV_LOG_WARNING, NULL, "event", "provider", "state", "failing", "error",
               trouble->message, NULL);
    if (poller->failures == 3)
        ov_alerts_raise(poller->alerts, &(OvAlert){.kind = OV_ALERT_TROUBLE,
                                                   .subject = "provider",
                                                   .reason = trouble->message,
                                                   .advice = "outvet provider check"});
}

static void tell_success(OvPoller *poller) {
    if (poller->failures > 0)
        ov_log(OV_LOG_INFO, NULL, "event", "provider", "state", "answering", NULL);
    if (poller->failures >= 3)
        ov_alerts_raise(poller->alerts, &(OvAlert){.kind = OV_ALERT_TROUBLE,
                                                   .subject = "provider",
                                                   .reason = "the provider answers again"});
    poller->failures = 0;
}

static gint64 with_jitter(gint64 pause) {
    return pause + (gint64)((double)pause * g_random_double_range(-JITTER, JITTER));
}

/* Twice as long after each failure in a row, and as long as the provider asks for. */
static gint64 pause_after(const OvPoller *poller, const OvSettings *settings) {
    gint64 pause = settings->provider_interval;
    for (guint i = 0; i < poller->failures && pause < MOST_PAUSE; i++)
        pause *= 2;
    if (poller->failures > 0)
        pause = MAX(MIN(pause, MAX(MOST_PAUSE, settings->provider_interval)),
                    poller->asked ? ov_hosting_wait(poller->asked) : 0);
    return with_jitter(pause);
}

static void take_hosting(OvPoller *poller, OvHosting *hosting) {
    g_mutex_lock(&poller->lock);
    OvHosting *before = poller->asked;
    poller->asked = hosting;
    g_free(poller->hosting);
    poller->hosting = hosting ? g_strdup(ov_hosting_name(hosting)) : NULL;
    if (hosting && poller->stopping)
        ov_hosting_stop(hosting);
    g_mutex_unlock(&poller->lock);
    ov_hosting_free(before);
    ov_round_free(g_steal_pointer(&poller->round));
}

/* Whom to ask, by other settings. FALSE: nobody can be asked. */
static gboolean renew(OvPoller *poller, OvSettings *settings) {
    g_autoptr(GError) error = NULL;
    take_hosting(poller, ov_hosting_new(settings, &error));
    poller->due = 0;
    poller->failures = 0;
    if (poller->asked) {
        poller->round = ov_round_new();
        set_state(poller, "asking", NULL);
        return TRUE;
    }
    if (error) {
        poller->failures = 3;
        ov_log(OV_LOG_ERROR, NULL, "event", "provider", "state", "failing", "error", error->message,
               NULL);
        ov_alerts_raise(poller->alerts, &(OvAlert){.kind = OV_ALERT_TROUBLE,
                                                   .subject = "provider",
                                                   .reason = error->message,
                                                   .advice = "outvet provider check"});
    }
    set_state(poller, error ? "failing" : "off", error ? error->message : NULL);
    return FALSE;
}

/* --- one look --- */

static const char LEASE[] = "provider";

/* It lasts longer than any question, a step of an incident above all: nobody else takes that one
 * meanwhile. */
static gint64 lease_time(const OvSettings *settings) {
    gint64 turn = G_GINT64_CONSTANT(60) * G_USEC_PER_SEC / settings->provider_calls;
    return MAX(3 * settings->provider_interval, 2 * (settings->provider_time_limit + turn));
}

static gboolean take_lease(OvPoller *poller, const OvSettings *settings, gboolean *taken,
                           GError **error) {
    gint64 now = g_get_real_time();
    return ov_ledger_take_lease(poller->ledger, LEASE, settings->node, now,
                                now + lease_time(settings), taken, error);
}

/* A round at work, and who has it. */
typedef struct {
    OvPoller *poller;
    const OvResponder *responder;
} Rounding;

/* Before each step: one may take as long as the provider likes. */
static gboolean keeps_lease(gpointer data) {
    const Rounding *rounding = data;
    gboolean taken = FALSE;
    g_mutex_lock(&rounding->poller->lock);
    gboolean stopping = rounding->poller->stopping || rounding->poller->renewed;
    g_mutex_unlock(&rounding->poller->lock);
    return !stopping && take_lease(rounding->poller, rounding->responder->settings, &taken, NULL) &&
           taken;
}

static gboolean step_incidents(Rounding *rounding, GError **error) {
    OvPoller *poller = rounding->poller;
    poller->looked = g_get_monotonic_time();
    return ov_round_step_incidents(rounding->responder, poller->asked, keeps_lease, rounding,
                                   error);
}

/* A round may be long: the lease goes on meanwhile, and who lost it stops; incidents take their
 * steps as they do between rounds. */
static gboolean is_urgent(gpointer data) {
    Rounding *rounding = data;
    OvPoller *poller = rounding->poller;
    g_mutex_lock(&poller->lock);
    gboolean urgent = poller->stopping || poller->renewed, woken = poller->woken;
    poller->woken = FALSE;
    g_mutex_unlock(&poller->lock);
    if (urgent || (!woken && g_get_monotonic_time() - poller->looked < TICK))
        return urgent;
    return !keeps_lease(rounding) || !step_incidents(rounding, NULL);
}

static void take_success(OvPoller *poller) {
    OvRoundStatus status;
    ov_round_status(poller->round, &status);
    tell_success(poller);
    set_state(poller, "asking", NULL);
    g_mutex_lock(&poller->lock);
    poller->last_success = g_get_real_time();
    poller->networks = status.networks;
    poller->blocked = status.blocked;
    g_mutex_unlock(&poller->lock);
}

static void ask(Rounding *rounding) {
    g_autoptr(GError) error = NULL;
    OvPoller *poller = rounding->poller;
    gint64 start = g_get_monotonic_time();
    gboolean done = ov_round_run(poller->round, rounding->responder, poller->asked, is_urgent,
                                 rounding, &error);
    g_mutex_lock(&poller->lock);
    poller->rounds++;
    poller->failed += !done;
    g_mutex_unlock(&poller->lock);
    if (!done) {
        poller->failures++;
        tell_trouble(poller, error);
        set_state(poller, "failing", error->message);
    } else {
        take_success(poller);
    }
    /* A round takes its time, by the calls that are allowed: an interval goes from start to start.
     */
    poller->due = (done ? start : g_get_monotonic_time()) +
                  pause_after(poller, rounding->responder->settings);
}

/* What an outvetd does for the fleet while it holds the lease. */
static void look(OvPoller *poller, OvSettings *settings) {
    g_autoptr(GError) error = NULL;
    gboolean taken = FALSE;
    OvResponder responder = {
        .ledger = poller->ledger,
        .settings = settings,
        .suspensions = poller->suspensions,
        .alerts = poller->alerts,
        .limits = poller->limits,
    };
    if (!take_lease(poller, settings, &taken, &error)) {
        set_state(poller, "failing", error->message);
        return;
    }
    if (!taken) {
        set_state(poller, "standby", NULL);
        poller->due = 0;
        return;
    }
    Rounding rounding = {.poller = poller, .responder = &responder};
    if (!step_incidents(&rounding, &error))
        set_state(poller, "failing", error->message);
    if (g_get_monotonic_time() >= poller->due)
        ask(&rounding);
}

static gpointer follow(gpointer data) {
    OvPoller *poller = data;
    g_mutex_lock(&poller->lock);
    while (!poller->stopping) {
        g_autoptr(OvSettings) settings = ov_settings_ref(poller->settings);
        gboolean renewed = poller->renewed;
        poller->renewed = poller->woken = FALSE;
        g_mutex_unlock(&poller->lock);
        if (renewed ? renew(poller, settings) : poller->asked != NULL)
            look(poller, settings);
        g_mutex_lock(&poller->lock);
        gint64 until = g_get_monotonic_time() + TICK;
        while (!poller->stopping && !poller->woken && !poller->renewed &&
               g_cond_wait_until(&poller->changed, &poller->lock, until))
            continue;
    }
    gboolean asked = poller->asked != NULL;
    g_autoptr(OvSettings) settings = ov_settings_ref(poller->settings);
    g_mutex_unlock(&poller->lock);
    if (asked) /* another one need not wait for the lease to end */
        ov_ledger_give_lease(poller->ledger, LEASE, settings->node, NULL);
    return NULL;
}

OvPoller *ov_poller_start(OvLedger *ledger, OvSettings *settings, OvSuspensions *suspensions,
                          OvLimits *limits, OvAlerts *alerts) {
    OvPoller *poller = g_new0(OvPoller, 1);
    poller->ledger = ledger;
    poller->suspensions = suspensions;
    poller->limits = limits;
    poller->alerts = alerts;
    poller->settings = ov_settings_ref(settings);
    poller->renewed = TRUE;
    poller->state = "off";
    g_mutex_init(&poller->lock);
    g_cond_init(&poller->changed);
    poller->thread = g_thread_new("provider", follow, poller);
    return poller;
}

void ov_poller_set(OvPoller *poller, OvSettings *settings) {
    g_mutex_lock(&poller->lock);
    ov_settings_unref(poller->settings);
    poller->settings = ov_settings_ref(settings);
    poller->renewed = TRUE;
    g_cond_signal(&poller->changed);
    g_mutex_unlock(&poller->lock);
}

void ov_poller_wake(OvPoller *poller) {
    g_mutex_lock(&poller->lock);
    poller->woken = TRUE;
    g_cond_signal(&poller->changed);
    g_mutex_unlock(&poller->lock);
}

json_t *ov_poller_status(OvPoller *poller) {
    g_mutex_lock(&poller->lock);
    json_t *status =
        json_pack("{s:s, s:s?, s:i, s:i, s:I, s:I, s:o, s:o, s:s?}", "state", poller->state,
                  "provider", poller->hosting, "networks", (int)poller->networks, "blocked",
                  (int)poller->blocked, "rounds", (json_int_t)poller->rounds, "failed",
                  (json_int_t)poller->failed, "last_success", ov_time_json(poller->last_success),
                  "since", ov_time_json(poller->since), "error", poller->trouble);
    g_mutex_unlock(&poller->lock);
    return status;
}

void ov_poller_stop(OvPoller *poller) {
    if (!poller)
        return;
    g_mutex_lock(&poller->lock);
    poller->stopping = TRUE;
    if (poller->asked)
        ov_hosting_stop(poller->asked);
    g_cond_signal(&poller->changed);
    g_mutex_unlock(&poller->lock);
    g_thread_join(poller->thread);
    take_hosting(poller, NULL);
    ov_settings_unref(poller->settings);
    g_free(poller->trouble);
    g_mutex_clear(&poller->lock);
    g_cond_clear(&poller->changed);
    g_free(poller);
}
