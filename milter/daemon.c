#include "milter/daemon.h"

#include "policy/log.h"

#include <string.h>

struct OvDaemon {
    char *file;
    gint64 started; /* microseconds since the epoch */
    gint64 began;   /* the same of g_get_monotonic_time */
    OvIdSource *ids;
    OvParts parts;
    OvSpfDoubt *spf_doubt;

    GMutex snapshot_lock; /* guards the pointer, not what it points to */
    OvSnapshot *snapshot;
    GMutex reload_lock; /* one reload at a time */
    gint64 reloaded;    /* 0 for never; under snapshot_lock */

    GMutex hand_lock; /* in_hand and stopping */
    GCond hand_empty;
    guint in_hand;
    gboolean stopping;

    gint connections;  /* atomic */
    GMutex count_lock; /* what follows */
    guint64 verdicts[OV_N_VERDICTS], errors;
    OvLatency latency;
};

OvDaemon *ov_daemon_new(const char *file, OvSnapshot *snapshot, OvAlerts *alerts) {
    OvDaemon *daemon = g_new0(OvDaemon, 1);

    daemon->file = g_strdup(file);
    daemon->started = g_get_real_time();
    daemon->began = g_get_monotonic_time();
    daemon->spf_doubt = ov_spf_doubt_new(alerts);
    daemon->ids = ov_id_source_new(snapshot->settings->node);
    daemon->snapshot = snapshot;
    daemon->parts.alerts = alerts;
    daemon->parts.limits = ov_limits_new();
    g_mutex_init(&daemon->snapshot_lock);
    g_mutex_init(&daemon->reload_lock);
    g_mutex_init(&daemon->hand_lock);
    g_mutex_init(&daemon->count_lock);
    g_cond_init(&daemon->hand_empty);
    return daemon;
}

void ov_daemon_free(OvDaemon *daemon) {
    ov_id_source_free(daemon->ids);
    ov_limits_free(daemon->parts.limits);
    ov_snapshot_unref(daemon->snapshot);
    ov_spf_doubt_free(daemon->spf_doubt);
    g_mutex_clear(&daemon->snapshot_lock);
    g_mutex_clear(&daemon->reload_lock);
    g_mutex_clear(&daemon->hand_lock);
    g_mutex_clear(&daemon->count_lock);
    g_cond_clear(&daemon->hand_empty);
    g_free(daemon->file);
    g_free(daemon);
}

OvParts *ov_daemon_parts(OvDaemon *daemon) {
    return &daemon->parts;
}

OvSuspensionList *ov_daemon_suspension_list(OvDaemon *daemon) {
    return daemon->parts.suspensions ? ov_suspensions_list(daemon->parts.suspensions) : NULL;
}

OvStanding *ov_daemon_standing(OvDaemon *daemon) {
    return daemon->parts.watch ? ov_dns_watch_standing(daemon->parts.watch) : NULL;
}

OvSpfDoubt *ov_daemon_spf_doubt(OvDaemon *daemon) {
    return daemon->spf_doubt;
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
    {"metrics", "listen"},
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
        ov_snapshot_load(daemon->file, TRUE, daemon->snapshot, daemon->parts.alerts, &trouble);
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
    ov_parts_set(daemon, fresh->settings, fresh->resolver);
    ov_spf_doubt_reset(daemon->spf_doubt);
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

void ov_daemon_count_verdict(OvDaemon *daemon, OvVerdictKind verdict, gint64 took) {
    g_mutex_lock(&daemon->count_lock);
    daemon->verdicts[verdict]++;
    ov_latency_count(&daemon->latency, took);
    g_mutex_unlock(&daemon->count_lock);
}

void ov_daemon_count_error(OvDaemon *daemon) {
    g_mutex_lock(&daemon->count_lock);
    daemon->errors++;
    g_mutex_unlock(&daemon->count_lock);
}

void ov_daemon_counts(OvDaemon *daemon, OvDaemonCounts *counts) {
    *counts = (OvDaemonCounts){
        .started = daemon->started,
        .uptime = g_get_monotonic_time() - daemon->began,
        .connections = g_atomic_int_get(&daemon->connections),
    };
    g_mutex_lock(&daemon->count_lock);
    memcpy(counts->verdicts, daemon->verdicts, sizeof counts->verdicts);
    counts->errors = daemon->errors;
    counts->latency = daemon->latency;
    g_mutex_unlock(&daemon->count_lock);
    g_mutex_lock(&daemon->hand_lock);
    counts->in_hand = daemon->in_hand;
    counts->stopping = daemon->stopping;
    g_mutex_unlock(&daemon->hand_lock);
    g_mutex_lock(&daemon->snapshot_lock);
    counts->reloaded = daemon->reloaded;
    g_mutex_unlock(&daemon->snapshot_lock);
}
