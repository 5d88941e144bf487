#include "milter/daemon.h"

#include "policy/limits/top.h"
#include "policy/log.h"

#include <string.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

enum { N_VERDICTS = OV_VERDICT_REJECT + 1, MOST_AT_TOP = 200 };

struct OvDaemon {
    char *file;
    gint64 started; /* microseconds since the epoch */
    OvIdSource *ids;
    OvLedger *ledger;
    OvAlerts *alerts;
    OvSenderNotices *sender_notices;
    OvLimits *limits;
    OvCountersRedis *counters_redis; /* NULL: the counters are local */
    OvFollower *follower;
    OvSuspensions *suspensions;
    OvAllowances *allowances;
    OvSamples *samples;
    OvQueueKeeper *queue_keeper; /* NULL before it is begun */
    OvPolicyServer *policy;      /* NULL for none */
    OvPoller *poller;
    OvDnsWatch *watch; /* NULL before it is begun */
    OvSpfDoubt *spf_doubt;

    GMutex snapshot_lock; /* guards the pointer, not what it points to */
    OvSnapshot *snapshot;
    GMutex reload_lock; /* one reload at a time */
    gint64 reloaded;    /* 0 for never; under snapshot_lock */

    GMutex hand_lock; /* in_hand and stopping */
    GCond hand_empty;
    guint in_hand;
    gboolean stopping;

    gint connections;           /* atomic */
    gsize verdicts[N_VERDICTS]; /* atomic */
    gsize errors;               /* atomic */
};

static void alert_trouble(OvAlerts *alerts, const char *subject, const char *reason) {
    ov_alerts_raise(alerts,
                    &(OvAlert){.kind = OV_ALERT_TROUBLE, .subject = subject, .reason = reason});
}

static void tell_dns(gboolean down, gpointer alerts) {
    static const char silence[] =
        "no name server answers; until one does, no message waits for DNS "
        "and what it would tell is unknown";
    if (down)
        ov_log(OV_LOG_WARNING, NULL, "event", "dns", "state", "down", "error", silence, NULL);
    else
        ov_log(OV_LOG_INFO, NULL, "event", "dns", "state", "answering", NULL);
    alert_trouble(alerts, "dns", down ? silence : "a name server answers again");
}

/* event: of the log; what: of the alert. */
static void tell_lookups(const char *trouble, const char *event, const char *what,
                         OvAlerts *alerts) {
    if (trouble)
        ov_log(OV_LOG_WARNING, NULL, "event", event, "state", "failing", "error", trouble, NULL);
    else
        ov_log(OV_LOG_INFO, NULL, "event", event, "state", "answering", NULL);
    alert_trouble(alerts, what, trouble ? trouble : "the maps answer again");
}

static void tell_maps(const char *trouble, gpointer alerts) {
    tell_lookups(trouble, "login-maps", "login maps", alerts);
}

static void tell_plan_maps(const char *trouble, gpointer alerts) {
    tell_lookups(trouble, "plan-maps", "plan maps", alerts);
}

static void tell_ledger(const char *trouble, gpointer alerts) {
    alert_trouble(alerts, "ledger", trouble ? trouble : "the ledger can be written again");
}

static gboolean find_resolver(const OvSettings *settings, const OvSnapshot *before,
                              OvAlerts *alerts, OvResolver **resolver, GError **error) {
    if (!before || !ov_settings_same_dns(settings, before->settings))
        return ov_settings_resolver(settings, tell_dns, alerts, resolver, error);
    *resolver = before->resolver ? ov_resolver_ref(before->resolver) : NULL;
    return TRUE;
}

OvSnapshot *ov_snapshot_load(const char *file, gboolean keep, const OvSnapshot *before,
                             OvAlerts *alerts, GError **error) {
    g_autoptr(OvSettings) settings = ov_settings_load(file, error);
    if (!settings)
        return NULL;
    g_autoptr(OvRuleset) ruleset = ov_settings_ruleset(settings, keep, error);
    if (!ruleset)
        return NULL;
    OvResolver *resolver;
    if (!find_resolver(settings, before, alerts, &resolver, error))
        return NULL;
    OvOwners *owners;
    if (!ov_owners_new(settings, tell_maps, alerts, &owners, error)) {
        ov_resolver_unref(resolver);
        return NULL;
    }
    OvPlanMaps *plan_maps;
    if (!ov_plan_maps_new(settings, tell_plan_maps, alerts, &plan_maps, error)) {
        ov_resolver_unref(resolver);
        ov_owners_unref(owners);
        return NULL;
    }

    OvSnapshot *snapshot = g_new(OvSnapshot, 1);
    g_atomic_ref_count_init(&snapshot->references);
    snapshot->settings = g_steal_pointer(&settings);
    snapshot->judge = ov_judge_new(ruleset);
    snapshot->resolver = resolver;
    snapshot->owners = owners;
    snapshot->plan_maps = plan_maps;
    return snapshot;
}

void ov_snapshot_log(OvSnapshot *snapshot) {
    const char *trouble =
        ov_phrase_set_cache_trouble(ov_ruleset_phrases(ov_judge_ruleset(snapshot->judge)));
    if (!trouble)
        return;
    g_autofree char *path = ov_settings_phrase_cache(snapshot->settings);
    ov_log(OV_LOG_WARNING, NULL, "event", "phrase-cache", "result", "not used", "path", path,
           "error", trouble, NULL);
}

void ov_snapshot_unref(OvSnapshot *snapshot) {
    if (!snapshot || !g_atomic_ref_count_dec(&snapshot->references))
        return;
    ov_settings_unref(snapshot->settings);
    ov_judge_unref(snapshot->judge);
    ov_resolver_unref(snapshot->resolver);
    ov_owners_unref(snapshot->owners);
    ov_plan_maps_free(snapshot->plan_maps);
    g_free(snapshot);
}

OvDaemon *ov_daemon_new(const char *file, OvSnapshot *snapshot, OvAlerts *alerts) {
    OvDaemon *daemon = g_new0(OvDaemon, 1);

    daemon->file = g_strdup(file);
    daemon->started = g_get_real_time();
    daemon->spf_doubt = ov_spf_doubt_new(alerts);
    daemon->ids = ov_id_source_new(snapshot->settings->node);
    daemon->snapshot = snapshot;
    daemon->alerts = alerts;
    daemon->limits = ov_limits_new();
    g_mutex_init(&daemon->snapshot_lock);
    g_mutex_init(&daemon->reload_lock);
    g_mutex_init(&daemon->hand_lock);
    g_cond_init(&daemon->hand_empty);
    return daemon;
}

void ov_daemon_free(OvDaemon *daemon) {
    ov_id_source_free(daemon->ids);
    ov_limits_free(daemon->limits);
    ov_snapshot_unref(daemon->snapshot);
    ov_spf_doubt_free(daemon->spf_doubt);
    g_mutex_clear(&daemon->snapshot_lock);
    g_mutex_clear(&daemon->reload_lock);
    g_mutex_clear(&daemon->hand_lock);
    g_cond_clear(&daemon->hand_empty);
    g_free(daemon->file);
    g_free(daemon);
}

void ov_daemon_set_ledger(OvDaemon *daemon, OvLedger *ledger) {
    daemon->ledger = ledger;
    ov_ledger_set_change(ledger, tell_ledger, daemon->alerts);
}

void ov_daemon_set_sender_notices(OvDaemon *daemon, OvSenderNotices *notices) {
    daemon->sender_notices = notices;
}

OvSenderNotices *ov_daemon_sender_notices(OvDaemon *daemon) {
    return daemon->sender_notices;
}

OvAlerts *ov_daemon_alerts(OvDaemon *daemon) {
    return daemon->alerts;
}

void ov_daemon_set_counters_redis(OvDaemon *daemon, OvCountersRedis *redis) {
    daemon->counters_redis = redis;
}

void ov_daemon_set_follower(OvDaemon *daemon, OvFollower *follower) {
    daemon->follower = follower;
}

void ov_daemon_set_policy(OvDaemon *daemon, OvPolicyServer *policy) {
    daemon->policy = policy;
}

void ov_daemon_set_suspensions(OvDaemon *daemon, OvSuspensions *suspensions) {
    daemon->suspensions = suspensions;
}

OvSuspensions *ov_daemon_suspensions(OvDaemon *daemon) {
    return daemon->suspensions;
}

void ov_daemon_set_queue_keeper(OvDaemon *daemon, OvQueueKeeper *keeper) {
    daemon->queue_keeper = keeper;
}

OvQueueKeeper *ov_daemon_queue_keeper(OvDaemon *daemon) {
    return daemon->queue_keeper;
}

void ov_daemon_set_poller(OvDaemon *daemon, OvPoller *poller) {
    daemon->poller = poller;
}

OvPoller *ov_daemon_poller(OvDaemon *daemon) {
    return daemon->poller;
}

OvSuspensionList *ov_daemon_suspension_list(OvDaemon *daemon) {
    return daemon->suspensions ? ov_suspensions_list(daemon->suspensions) : NULL;
}

void ov_daemon_set_allowances(OvDaemon *daemon, OvAllowances *allowances) {
    daemon->allowances = allowances;
    ov_limits_set_allowances(daemon->limits, allowances);
}

OvAllowances *ov_daemon_allowances(OvDaemon *daemon) {
    return daemon->allowances;
}

void ov_daemon_set_samples(OvDaemon *daemon, OvSamples *samples) {
    daemon->samples = samples;
}

OvSamples *ov_daemon_samples(OvDaemon *daemon) {
    return daemon->samples;
}

OvFollower *ov_daemon_follower(OvDaemon *daemon) {
    return daemon->follower;
}

void ov_daemon_watch_dns(OvDaemon *daemon) {
    g_autoptr(OvSnapshot) snapshot = ov_daemon_snapshot(daemon);
    daemon->watch =
        ov_dns_watch_start(snapshot->settings, snapshot->resolver, daemon->ledger, daemon->alerts);
}

void ov_daemon_unwatch_dns(OvDaemon *daemon) {
    ov_dns_watch_stop(g_steal_pointer(&daemon->watch));
}

OvStanding *ov_daemon_standing(OvDaemon *daemon) {
    return daemon->watch ? ov_dns_watch_standing(daemon->watch) : NULL;
}

OvSpfDoubt *ov_daemon_spf_doubt(OvDaemon *daemon) {
    return daemon->spf_doubt;
}

OvLedger *ov_daemon_ledger(OvDaemon *daemon) {
    return daemon->ledger;
}

OvLimits *ov_daemon_limits(OvDaemon *daemon) {
    return daemon->limits;
}

gint64 ov_daemon_next_id(OvDaemon *daemon) {
    return ov_id_next(daemon->ids);
}

OvSnapshot *ov_daemon_snapshot(OvDaemon *daemon) {
    g_mutex_lock(&daemon->snapshot_lock);
    OvSnapshot *snapshot = daemon->snapshot;
    g_atomic_ref_count_inc(&snapshot->references);
    g_mutex_unlock(&daemon->snapshot_lock);
    return snapshot;
}

/* Settings that are used once, at start. */
static const char *const start_only[][2] = {
    {"node", "name"},
    {"milter", "socket"},
    {"milter", "socket_group"},
    {"ledger", "path"},
    {"ledger", "key"},
    {"ledger", "retention"},
    {"ledger", "keep_recipients"},
    {"ledger", "history_memory"},
    {"policy", "socket"},
    {"policy", "socket_group"},
    {"counters", "store"},
    {"counters", "password_file"},
    {"counters", "tls_ca"},
    {"counters", "tls_certificate"},
    {"counters", "tls_key"},
    {"counters", "time_limit"},
    {"delivery", "log"},
    {"control", "socket"},
    {"log", "target"},
};

/* The start-only settings that differ, as "[milter] socket, [log] target"; "" for none. */
static char *changed_start_only(const OvSettings *before, const OvSettings *after) {
    GString *names = g_string_new(NULL);

    for (guint i = 0; i < G_N_ELEMENTS(start_only); i++) {
        for (guint spec = 0; spec < ov_settings_n_specs(); spec++) {
            const OvSettingSpec *row = ov_settings_spec(spec);
            if (!g_str_equal(row->section, start_only[i][0]) ||
                !g_str_equal(row->name, start_only[i][1]))
                continue;
            g_autofree char *old_value = NULL, *old_origin = NULL;
            g_autofree char *new_value = NULL, *new_origin = NULL;
            ov_settings_value(before, spec, &old_value, &old_origin);
            ov_settings_value(after, spec, &new_value, &new_origin);
            if (g_strcmp0(old_value, new_value) != 0)
                g_string_append_printf(names, "%s[%s] %s", names->len ? ", " : "", row->section,
                                       row->name);
        }
    }
    return g_string_free(names, FALSE);
}

gboolean ov_daemon_reload(OvDaemon *daemon, char **restart, GError **error) {
    g_autoptr(GError) trouble = NULL;

    g_mutex_lock(&daemon->reload_lock);
    /* Only a reload changes it, so it is not let go meanwhile. */
    OvSnapshot *fresh =
        ov_snapshot_load(daemon->file, TRUE, daemon->snapshot, daemon->alerts, &trouble);
    if (!fresh) {
        g_mutex_unlock(&daemon->reload_lock);
        ov_log(OV_LOG_ERROR, NULL, "event", "reload", "result", "refused", "error",
               trouble->message, NULL);
        g_propagate_error(error, g_steal_pointer(&trouble));
        return FALSE;
    }
    g_mutex_lock(&daemon->snapshot_lock);
    OvSnapshot *old = daemon->snapshot;
    daemon->snapshot = fresh;
    daemon->reloaded = g_get_real_time();
    g_mutex_unlock(&daemon->snapshot_lock);

    g_autofree char *names = changed_start_only(old->settings, fresh->settings);
    g_autofree char *rules =
        g_strdup_printf("%u", ov_ruleset_n_rules(ov_judge_ruleset(fresh->judge)));
    ov_log(OV_LOG_INFO, NULL, "event", "reload", "result", "done", "ruleset",
           ov_ruleset_digest(ov_judge_ruleset(fresh->judge)), "rules", rules, "needs-restart",
           *names ? names : NULL, NULL);
    ov_snapshot_log(fresh);
    ov_alerts_set(daemon->alerts, fresh->settings);
    if (daemon->samples)
        ov_samples_set(daemon->samples, fresh->settings);
    ov_spf_doubt_reset(daemon->spf_doubt);
    ov_queue_keeper_set(daemon->queue_keeper, fresh->settings);
    if (daemon->watch)
        ov_dns_watch_set(daemon->watch, fresh->settings, fresh->resolver);
    if (daemon->poller)
        ov_poller_set(daemon->poller, fresh->settings);
    ov_snapshot_unref(old);
    g_mutex_unlock(&daemon->reload_lock);
    if (restart)
        *restart = g_steal_pointer(&names);
    return TRUE;
}

void ov_daemon_connected(OvDaemon *daemon, gint change) {
    g_atomic_int_add(&daemon->connections, change);
}

gboolean ov_daemon_begin(OvDaemon *daemon) {
    g_mutex_lock(&daemon->hand_lock);
    gboolean counted = !daemon->stopping;
    if (counted)
        daemon->in_hand++;
    g_mutex_unlock(&daemon->hand_lock);
    return counted;
}

void ov_daemon_end(OvDaemon *daemon) {
    g_mutex_lock(&daemon->hand_lock);
    if (--daemon->in_hand == 0)
        g_cond_signal(&daemon->hand_empty);
    g_mutex_unlock(&daemon->hand_lock);
}

guint ov_daemon_stop(OvDaemon *daemon, gint64 timeout) {
    gint64 deadline = g_get_monotonic_time() + timeout;

    g_mutex_lock(&daemon->hand_lock);
    daemon->stopping = TRUE;
    while (daemon->in_hand > 0 &&
           g_cond_wait_until(&daemon->hand_empty, &daemon->hand_lock, deadline))
        continue;
    guint left = daemon->in_hand;
    g_mutex_unlock(&daemon->hand_lock);
    return left;
}

void ov_daemon_count_verdict(OvDaemon *daemon, OvVerdictKind verdict) {
    g_atomic_pointer_add(&daemon->verdicts[verdict], 1);
}

void ov_daemon_count_error(OvDaemon *daemon) {
    g_atomic_pointer_add(&daemon->errors, 1);
}

/* RFC 3339, UTC; null for 0. */
static json_t *time_json(gint64 microseconds) {
    char text[32];
    time_t seconds = (time_t)(microseconds / G_USEC_PER_SEC);
    struct tm broken;

    if (microseconds == 0 || !gmtime_r(&seconds, &broken))
        return json_null();
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &broken);
    return json_string(text);
}

static json_t *count_json(gsize *counter) {
    return json_integer((json_int_t)(gsize)g_atomic_pointer_get((gpointer *)(gpointer)counter));
}

static json_t *dns_status(const OvSnapshot *snapshot) {
    OvResolverStatus status;

    if (!snapshot->resolver)
        return json_pack("{s:s, s:s}", "state", "off", "spf", "not judged: [dns] enabled is no");
    ov_resolver_status(snapshot->resolver, &status);
    return json_pack("{s:s, s:s, s:o, s:I, s:I, s:I, s:i, s:i, s:I}", "state",
                     status.down ? "down" : "answering", "spf",
                     snapshot->settings->egress.all.n_points > 0
                         ? "judged"
                         : "not judged: [egress] addresses is empty",
                     "since", time_json(status.since), "asked", (json_int_t)status.asked,
                     "from_cache", (json_int_t)status.found_in_cache, "failed",
                     (json_int_t)status.failed, "under_way", (int)status.under_way, "cached",
                     (int)status.cached, "cache_octets", (json_int_t)status.octets);
}

static json_t *lookups_json(const OvLookupsStatus *status) {
    return json_pack("{s:s, s:o, s:s?, s:I, s:I, s:I, s:i, s:i}", "state",
                     status->trouble ? "failing" : "answering", "since", time_json(status->since),
                     "error", status->trouble, "asked", (json_int_t)status->asked, "from_cache",
                     (json_int_t)status->found_in_cache, "failed", (json_int_t)status->failed,
                     "under_way", (int)status->under_way, "cached", (int)status->cached);
}

static json_t *maps_status(OvOwners *owners) {
    g_auto(OvLookupsStatus) status = {.trouble = NULL};

    if (!owners)
        return json_pack("{s:s}", "state", "off");
    ov_owners_status(owners, &status);
    return lookups_json(&status);
}

static json_t *plan_maps_status(OvPlanMaps *maps) {
    g_auto(OvLookupsStatus) status = {.trouble = NULL};

    if (!maps)
        return json_pack("{s:s}", "state", "off");
    ov_plan_maps_status(maps, &status);
    return lookups_json(&status);
}

static json_t *policy_status(OvPolicyServer *policy) {
    OvPolicyStatus status;

    if (!policy)
        return json_pack("{s:s}", "state", "off");
    ov_policy_server_status(policy, &status);
    return json_pack("{s:s, s:i, s:I, s:I}", "state", "listening", "connections",
                     (int)status.connections, "requests", (json_int_t)status.requests, "closed",
                     (json_int_t)status.closed);
}

static json_t *delivery_status(OvFollower *follower) {
    if (!follower)
        return json_pack("{s:s}", "state", "off");
    g_auto(OvFollowerStatus) status;
    ov_follower_status(follower, &status);
    return json_pack("{s:s, s:s?, s:s?, s:I, s:I, s:I, s:I}", "state", status.state, "log",
                     status.source, "trouble", status.trouble, "lines",
                     (json_int_t)status.counts.lines, "events", (json_int_t)status.counts.events,
                     "recorded", (json_int_t)status.counts.fresh, "unknown",
                     (json_int_t)status.counts.unknown);
}

static json_t *alerts_status(OvDaemon *daemon) {
    OvSenderNoticeCounts counts = ov_sender_notices_counts(daemon->sender_notices);
    json_t *status = ov_alerts_status(daemon->alerts);
    json_object_set_new(status, "senders",
                        json_pack("{s:I, s:I, s:I}", "told", (json_int_t)counts.told, "failed",
                                  (json_int_t)counts.failed, "dropped",
                                  (json_int_t)counts.dropped));
    return status;
}

static json_t *counters_redis_status(OvCountersRedis *redis) {
    OvCountersRedisStatus status;

    if (!redis)
        return json_pack("{s:s}", "state", "off");
    ov_counters_redis_status(redis, &status);
    json_t *told = json_pack(
        "{s:s, s:o, s:s?, s:I, s:I, s:I, s:i}", "state", status.trouble ? "away" : "answering",
        "since", time_json(status.since), "error", status.trouble, "decided",
        (json_int_t)status.asked, "asked_again", (json_int_t)status.again, "decided_alone",
        (json_int_t)status.alone, "untold", (int)status.untold);
    g_free(status.trouble);
    return told;
}

static json_t *counters_status(const OvDaemon *daemon) {
    OvCountersStatus status;

    ov_counters_status(ov_limits_counters(daemon->limits), &status);
    return json_pack("{s:i, s:i, s:I, s:o}", "subjects", (int)status.subjects, "reserved",
                     (int)status.reserved, "forgotten", (json_int_t)status.forgotten, "redis",
                     counters_redis_status(daemon->counters_redis));
}

static json_t *status(OvDaemon *daemon) {
    g_autoptr(OvSnapshot) snapshot = ov_daemon_snapshot(daemon);
    g_autoptr(OvStanding) standing = ov_daemon_standing(daemon);
    OvRuleset *ruleset = ov_judge_ruleset(snapshot->judge);
    json_t *messages = json_object();

    for (guint i = 0; i < N_VERDICTS; i++)
        json_object_set_new(messages, ov_verdict_name((OvVerdictKind)i),
                            count_json(&daemon->verdicts[i]));
    g_mutex_lock(&daemon->hand_lock);
    guint in_hand = daemon->in_hand;
    gboolean stopping = daemon->stopping;
    g_mutex_unlock(&daemon->hand_lock);
    g_mutex_lock(&daemon->snapshot_lock);
    gint64 reloaded = daemon->reloaded;
    g_mutex_unlock(&daemon->snapshot_lock);

    json_t *told = json_pack(
        "{s:b, s:s, s:s, s:i, s:o, s:I, s:o, s:b, s:s, s:i, s:b, s:o, s:o, s:i, s:i, "
        "s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
        "ok", 1, "version", OV_VERSION, "node", snapshot->settings->node, "pid", (int)getpid(),
        "started", time_json(daemon->started), "uptime",
        (json_int_t)((g_get_real_time() - daemon->started) / G_USEC_PER_SEC), "reloaded",
        time_json(reloaded), "stopping", stopping, "ruleset", ov_ruleset_digest(ruleset), "rules",
        (int)ov_ruleset_n_rules(ruleset), "shadow", snapshot->settings->shadow, "messages",
        messages, "errors", count_json(&daemon->errors), "connections",
        g_atomic_int_get(&daemon->connections), "in_hand", (int)in_hand, "ledger",
        ov_ledger_failing(daemon->ledger) ? "failing" : "ok", "history",
        ov_ledger_recalling(daemon->ledger) ? "filling" : "ok", "dns", dns_status(snapshot),
        "login_maps", maps_status(snapshot->owners), "delivery_log",
        delivery_status(daemon->follower), "policy", policy_status(daemon->policy), "alerts",
        alerts_status(daemon), "egress", ov_standing_addresses_json(standing), "domain_lists",
        ov_standing_domain_lists_json(standing), "mailboxes", ov_standing_mailboxes_json(standing));
    json_object_set_new(told, "plan_maps", plan_maps_status(snapshot->plan_maps));
    json_object_set_new(told, "spf", ov_spf_doubt_json(daemon->spf_doubt, g_get_real_time()));
    json_object_set_new(told, "samples", ov_samples_status(daemon->samples));
    json_object_set_new(told, "counters", counters_status(daemon));
    json_object_set_new(told, "queue_agent", ov_queue_keeper_status(daemon->queue_keeper));
    json_object_set_new(told, "provider", ov_poller_status(daemon->poller));
    return told;
}

static json_t *reload(OvDaemon *daemon) {
    g_autoptr(GError) error = NULL;
    g_autofree char *restart = NULL;

    if (!ov_daemon_reload(daemon, &restart, &error))
        return json_pack("{s:b, s:s}", "ok", 0, "error", error->message);
    g_autoptr(OvSnapshot) snapshot = ov_daemon_snapshot(daemon);
    return json_pack("{s:b, s:s, s:i, s:s}", "ok", 1, "ruleset",
                     ov_ruleset_digest(ov_judge_ruleset(snapshot->judge)), "rules",
                     (int)ov_ruleset_n_rules(ov_judge_ruleset(snapshot->judge)), "needs_restart",
                     restart);
}

static json_t *done_or_not(gboolean done, const GError *error) {
    return done ? json_pack("{s:b}", "ok", 1)
                : json_pack("{s:b, s:s}", "ok", 0, "error", error->message);
}

static json_t *take_suspensions(OvDaemon *daemon) {
    g_autoptr(GError) error = NULL;
    gboolean done = ov_suspensions_refresh(daemon->suspensions, &error);
    ov_queue_keeper_wake(daemon->queue_keeper);
    return done_or_not(done, error);
}

static json_t *take_allowances(OvDaemon *daemon) {
    g_autoptr(GError) error = NULL;
    gboolean done = ov_allowances_refresh(daemon->allowances, &error);
    return done_or_not(done, error);
}

static json_t *top(OvDaemon *daemon, json_t *request) {
    const char *kind_name = json_string_value(json_object_get(request, "kind"));
    const char *order_name = json_string_value(json_object_get(request, "by"));
    json_int_t most = json_integer_value(json_object_get(request, "most"));
    OvSubjectKind kind;
    OvTopOrder order;

    if (!kind_name || !ov_subject_kind_from_name(kind_name, &kind) || !order_name ||
        !ov_top_order_from_name(order_name, &order) || most < 1 || most > MOST_AT_TOP)
        return json_pack("{s:b, s:s}", "ok", 0, "error", "top needs a kind, an order and a number");
    return json_pack("{s:b, s:o}", "ok", 1, "top",
                     ov_top_json(ov_limits_counters(daemon->limits), kind, order, (guint)most,
                                 g_get_real_time()));
}

/* The command has recorded what is to be done. */
static json_t *wake_poller(OvDaemon *daemon) {
    ov_poller_wake(daemon->poller);
    return json_pack("{s:b}", "ok", 1);
}

static json_t *test_alerts(OvDaemon *daemon) {
    return json_pack("{s:b, s:o}", "ok", 1, "channels", ov_alerts_test(daemon->alerts));
}

json_t *ov_daemon_answer(const char *command, json_t *request, gpointer data) {
    if (g_str_equal(command, "status"))
        return status(data);
    if (g_str_equal(command, "reload"))
        return reload(data);
    if (g_str_equal(command, "suspensions"))
        return take_suspensions(data);
    if (g_str_equal(command, "allowances"))
        return take_allowances(data);
    if (g_str_equal(command, "provider"))
        return wake_poller(data);
    if (g_str_equal(command, "alert test"))
        return test_alerts(data);
    if (g_str_equal(command, "top"))
        return top(data, request);
    g_autofree char *sentence =
        g_strdup_printf("outvetd " OV_VERSION " knows no command \"%.40s\"", command);
    return json_pack("{s:b, s:s}", "ok", 0, "error", sentence);
}
