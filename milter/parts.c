#include "milter/parts.h"

#include "milter/control.h"
#include "milter/daemon.h"
#include "milter/delegation.h"
#include "policy/log.h"

#include <string.h>

static void tell_trouble(OvAlerts *alerts, const char *subject, const char *reason) {
    ov_alerts_raise(alerts,
                    &(OvAlert){.kind = OV_ALERT_TROUBLE, .subject = subject, .reason = reason});
}

static void tell_ledger(const char *trouble, gpointer alerts) {
    tell_trouble(alerts, "ledger", trouble ? trouble : "the ledger can be written again");
}

static void tell_redis(const char *trouble, gpointer alerts) {
    static const char back[] = "Redis answers again, and is told what was counted meanwhile";
    g_autofree char *sentence =
        trouble
            ? g_strdup_printf(
                  "limits and suspensions hold for each node alone, as Redis is away: %s", trouble)
            : NULL;
    if (sentence)
        ov_log(OV_LOG_ERROR, NULL, "event", "redis", "state", "away", "error", sentence, NULL);
    else
        ov_log(OV_LOG_INFO, NULL, "event", "redis", "state", "answering", NULL);
    tell_trouble(alerts, "redis", sentence ? sentence : back);
}

/* On the follower's thread. */
static void count_outcome(const OvDelivery *delivery, gpointer daemon) {
    g_autoptr(OvArena) arena = ov_arena_new();
    g_autoptr(OvSnapshot) snapshot = ov_daemon_snapshot(daemon);
    ov_limits_outcome(ov_daemon_parts(daemon)->limits, snapshot->settings, delivery, arena);
}

static void start_alerts(OvParts *parts, OvSettings *settings) {
    guint8 key[OV_ALERT_KEY_SIZE];
    ov_ledger_derive_key(parts->ledger, "alert mail", key);
    ov_alerts_start(parts->alerts, settings, key);
    parts->sender_notices = ov_sender_notices_start(parts->ledger, key);
    ov_ledger_set_change(parts->ledger, tell_ledger, parts->alerts);
}

static gboolean has_redis(const OvSettings *settings) {
    return settings->counters_redis.host || settings->counters_redis.path;
}

/* What the ledger has of them comes first, then what other nodes have. */
static void start_counters(OvParts *parts, const OvSettings *settings) {
    OvCounters *counters = ov_limits_counters(parts->limits);
    OvCountersRedisSettings shared = {
        .place = &settings->counters_redis,
        .node = settings->node,
        .time_limit = settings->counters_time_limit,
        .change = tell_redis,
        .data = parts->alerts,
    };
    parts->keeper = ov_keeper_start(counters, parts->ledger);
    if (has_redis(settings))
        parts->counters_redis = ov_counters_redis_start(counters, &shared);
}

/* What becomes of mail. */
static void start_follower(OvDaemon *daemon, const OvSettings *settings) {
    OvParts *parts = ov_daemon_parts(daemon);
    parts->follower = ov_follower_start(settings, parts->ledger, count_outcome, daemon);
    ov_follower_set_alerts(parts->follower, parts->alerts);
    parts->complaints = ov_complaint_counter_start(parts->ledger, parts->limits);
}

/* Who may not send, or more, or less; and what follows from it in the queue. */
static void start_suspensions(OvParts *parts, OvSettings *settings) {
    parts->suspensions = ov_suspensions_start(parts->ledger);
    ov_suspensions_set_alerts(parts->suspensions, parts->alerts);
    if (has_redis(settings))
        parts->suspensions_redis =
            ov_suspensions_redis_start(parts->suspensions, parts->ledger, &settings->counters_redis,
                                       settings->node, settings->counters_time_limit);
    parts->allowances = ov_allowances_start(parts->ledger);
    ov_limits_set_allowances(parts->limits, parts->allowances);
    parts->queue_keeper =
        ov_queue_keeper_start(settings, parts->ledger, parts->suspensions, parts->alerts);
}

static void start_samples(OvParts *parts, const OvSettings *settings) {
    guint8 key[OV_SAMPLE_KEY_SIZE];
    ov_ledger_derive_key(parts->ledger, OV_SAMPLE_KEY_PURPOSE, key);
    parts->samples = ov_samples_start(settings, key);
    explicit_bzero(key, sizeof key);
}

/* Last: the metrics and the control socket tell of the others. */
static gboolean start_sockets(OvDaemon *daemon, const OvSettings *settings, GError **error) {
    OvParts *parts = ov_daemon_parts(daemon);
    if (*settings->policy_socket) {
        parts->policy = ov_delegation_start(daemon, settings, error);
        if (!parts->policy)
            return FALSE;
    }
    if (*settings->metrics_listen) {
        parts->metrics = ov_metrics_start(settings->metrics_listen, daemon, error);
        if (!parts->metrics)
            return FALSE;
    }
    parts->control = ov_control_start(settings->control_socket, ov_control_answer, daemon, error);
    return parts->control != NULL;
}

gboolean ov_parts_start(OvDaemon *daemon, GError **error) {
    g_autoptr(OvSnapshot) snapshot = ov_daemon_snapshot(daemon);
    OvSettings *settings = snapshot->settings;
    OvParts *parts = ov_daemon_parts(daemon);
    parts->ledger = ov_ledger_open(settings, error);
    if (!parts->ledger)
        return FALSE;
    start_alerts(parts, settings);
    start_counters(parts, settings);
    start_follower(daemon, settings);
    start_suspensions(parts, settings);
    start_samples(parts, settings);
    parts->poller =
        ov_poller_start(parts->ledger, settings, parts->suspensions, parts->limits, parts->alerts);
    parts->watch = ov_dns_watch_start(settings, snapshot->resolver, parts->ledger, parts->alerts);
    if (start_sockets(daemon, settings, error))
        return TRUE;
    ov_parts_stop(daemon, FALSE);
    return FALSE;
}

void ov_parts_stop(OvDaemon *daemon, gboolean in_use) {
    OvParts *parts = ov_daemon_parts(daemon);
    ov_control_stop(parts->control);
    ov_metrics_stop(parts->metrics);
    ov_policy_server_stop(parts->policy);
    ov_queue_keeper_stop(parts->queue_keeper);
    ov_poller_stop(parts->poller);
    ov_suspensions_redis_stop(parts->suspensions_redis);
    if (!in_use) {
        ov_dns_watch_stop(parts->watch);
        ov_allowances_stop(parts->allowances);
        ov_suspensions_stop(parts->suspensions);
    }
    ov_follower_stop(parts->follower);
    ov_complaint_counter_stop(parts->complaints);
    ov_sender_notices_stop(parts->sender_notices);
    ov_samples_stop(parts->samples);
    ov_alerts_stop(parts->alerts);
    ov_counters_redis_stop(parts->counters_redis);
    ov_keeper_stop(parts->keeper);
    /* What is committed is safe without closing it. */
    if (!in_use)
        ov_ledger_close(parts->ledger);
}

void ov_parts_set(OvDaemon *daemon, OvSettings *settings, OvResolver *resolver) {
    const OvParts *parts = ov_daemon_parts(daemon);
    ov_alerts_set(parts->alerts, settings);
    ov_samples_set(parts->samples, settings);
    ov_queue_keeper_set(parts->queue_keeper, settings);
    ov_dns_watch_set(parts->watch, settings, resolver);
    ov_poller_set(parts->poller, settings);
}
