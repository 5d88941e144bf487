/* outvetd: judges each message that an MTA sends, over the milter protocol.
 *
 * Threads: the main thread waits for signals; libmilter's own threads serve connections; one
 * answers the control socket, four the policy socket; one follows the MTA's log; one keeps the
 * counters in the ledger, one prunes it; one reads from it what earlier mail was like and who is
 * suppressed, one who is suspended, one what is announced; one holds what suspended senders have in
 * the queue; one asks the DNS, with one of libunbound's; one watches how the egress addresses stand
 * there; one gathers alerts, one sends them over each channel, one tells senders, one writes
 * samples. Exit codes as sysexits(3): 0 stopped by a signal, 64 usage, 69 a socket, user or ledger
 * can't be had, 70 libmilter gave up, 78 settings or rules. */
#include "milter/callbacks.h"
#include "milter/delegation.h"
#include "milter/listen.h"
#include "milter/options.h"
#include "milter/signals.h"
#include "policy/control.h"
#include "policy/limits/keeper.h"
#include "policy/log.h"

#include <libmilter/mfapi.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

static const gint64 stop_limit = 20 * G_USEC_PER_SEC; /* for the messages in hand */

/* Few arenas, and large buffers given back at once: resident memory follows the mail in hand, not
 * its history. */
static void tune_memory(void) {
    mallopt(M_ARENA_MAX, 2);
    mallopt(M_MMAP_THRESHOLD, 128 * 1024);
    mallopt(M_TRIM_THRESHOLD, 4 * 1024 * 1024);
    mallopt(M_TOP_PAD, 256 * 1024);
    /* libmilter makes and ends threads all the time: with stacks of this size the C library keeps
     * some 80 for reuse. */
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 512 * 1024);
    pthread_setattr_default_np(&attributes);
    pthread_attr_destroy(&attributes);
}

static gpointer serve(gpointer data) {
    (void)data;
    /* Returns only when libmilter can't go on: its stop is never asked for, see signals.c. */
    smfi_main();
    ov_log(OV_LOG_ERROR, NULL, "event", "milter", "error", "libmilter gave up; see its log lines",
           NULL);
    exit(EX_SOFTWARE);
}

static void tell_ready(OvDaemon *daemon) {
    g_autoptr(OvSnapshot) snapshot = ov_daemon_snapshot(daemon);
    OvRuleset *ruleset = ov_judge_ruleset(snapshot->judge);

    sd_notifyf(0, "READY=1\nSTATUS=%u rules, ruleset %s%s", ov_ruleset_n_rules(ruleset),
               ov_ruleset_digest(ruleset), snapshot->settings->shadow ? ", shadow mode" : "");
}

static void reload(OvDaemon *daemon) {
    g_autoptr(GError) error = NULL;

    sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" G_GINT64_FORMAT, g_get_monotonic_time());
    if (ov_daemon_reload(daemon, NULL, &error))
        tell_ready(daemon);
    else
        sd_notifyf(0, "READY=1\nSTATUS=Reload refused: %s", error->message);
}

/* Until a signal ends it. */
static void run(OvDaemon *daemon) {
    while (ov_signals_wait() == SIGHUP)
        reload(daemon);
}

/* What is served beside the milter. */
typedef struct {
    OvControl *control;
    OvPolicyServer *policy; /* NULL where [policy] socket is empty */
    OvKeeper *keeper;       /* of the counters */
    OvCountersRedis *redis; /* NULL where they are local */
} Services;

static gboolean start_services(Services *services, OvDaemon *daemon, const OvSettings *settings,
                               GError **error) {
    if (*settings->policy_socket) {
        services->policy = ov_delegation_start(daemon, settings, error);
        if (!services->policy)
            return FALSE;
        ov_daemon_set_policy(daemon, services->policy);
    }
    services->control = ov_control_start(settings->control_socket, ov_daemon_answer, daemon, error);
    if (!services->control)
        ov_policy_server_stop(services->policy);
    return services->control != NULL;
}

/* The control socket first: it tells of the others. */
static void stop_services(const Services *services) {
    ov_control_stop(services->control);
    ov_policy_server_stop(services->policy);
}

/* On the follower's thread. */
static void count_outcome(const OvDelivery *delivery, gpointer data) {
    g_autoptr(OvArena) arena = ov_arena_new();
    ov_limits_outcome(ov_daemon_limits(data), delivery, arena);
}

static void start_samples(OvDaemon *daemon, OvLedger *ledger, const OvSettings *settings) {
    guint8 key[OV_SAMPLE_KEY_SIZE];
    ov_ledger_derive_key(ledger, OV_SAMPLE_KEY_PURPOSE, key);
    ov_daemon_set_samples(daemon, ov_samples_start(settings, key));
    explicit_bzero(key, sizeof key);
}

static void tell_redis(const char *trouble, gpointer data) {
    static const char back[] = "Redis answers again, and is told what was counted meanwhile";
    g_autofree char *sentence =
        trouble ? g_strdup_printf("limits hold for each node alone, as Redis is away: %s", trouble)
                : NULL;
    if (sentence)
        ov_log(OV_LOG_ERROR, NULL, "event", "redis", "state", "away", "error", sentence, NULL);
    else
        ov_log(OV_LOG_INFO, NULL, "event", "redis", "state", "answering", NULL);
    ov_alerts_raise(data, &(OvAlert){.kind = OV_ALERT_TROUBLE,
                                     .subject = "redis",
                                     .reason = sentence ? sentence : back});
}

/* After the keeper: what the ledger has comes first. */
static void share_counters(Services *services, OvDaemon *daemon, const OvSettings *settings) {
    OvCountersRedisSettings shared = {
        .place = &settings->counters_redis,
        .node = settings->node,
        .time_limit = settings->counters_time_limit,
        .change = tell_redis,
        .data = ov_daemon_alerts(daemon),
    };
    if (!shared.place->host && !shared.place->path)
        return;
    services->redis =
        ov_counters_redis_start(ov_limits_counters(ov_daemon_limits(daemon)), &shared);
    ov_daemon_set_counters_redis(daemon, services->redis);
}

/* What has to be made before mail can be judged. FALSE leaves nothing behind but memory. */
static gboolean make(OvDaemon *daemon, const OvOptions *options, OvSettings *settings,
                     Services *services, GError **error) {
    if (!ov_milter_register(daemon) || !ov_listen_open(settings, options->user, error))
        return FALSE;
    OvLedger *ledger =
        ov_listen_drop_root(options->user, error) ? ov_ledger_open(settings, error) : NULL;
    if (ledger) {
        guint8 key[OV_ALERT_KEY_SIZE];
        ov_ledger_derive_key(ledger, "alert mail", key);
        ov_alerts_start(ov_daemon_alerts(daemon), settings, key);
        ov_daemon_set_sender_notices(daemon, ov_sender_notices_start(ledger, key));
        ov_daemon_set_ledger(daemon, ledger);
        services->keeper = ov_keeper_start(ov_limits_counters(ov_daemon_limits(daemon)), ledger);
        share_counters(services, daemon, settings);
        ov_daemon_set_follower(daemon, ov_follower_start(settings, ledger, count_outcome, daemon));
        ov_follower_set_alerts(ov_daemon_follower(daemon), ov_daemon_alerts(daemon));
        ov_daemon_set_suspensions(daemon, ov_suspensions_start(ledger));
        ov_suspensions_set_alerts(ov_daemon_suspensions(daemon), ov_daemon_alerts(daemon));
        ov_daemon_set_allowances(daemon, ov_allowances_start(ledger));
        ov_daemon_set_queue_keeper(daemon, ov_queue_keeper_start(settings, ledger,
                                                                 ov_daemon_suspensions(daemon),
                                                                 ov_daemon_alerts(daemon)));
        start_samples(daemon, ledger, settings);
        ov_daemon_set_poller(daemon,
                             ov_poller_start(ledger, settings, ov_daemon_suspensions(daemon),
                                             ov_daemon_limits(daemon), ov_daemon_alerts(daemon)));
        ov_daemon_watch_dns(daemon);
        if (start_services(services, daemon, settings, error))
            return TRUE;
        ov_daemon_unwatch_dns(daemon);
        ov_queue_keeper_stop(ov_daemon_queue_keeper(daemon));
        ov_allowances_stop(ov_daemon_allowances(daemon));
        ov_samples_stop(ov_daemon_samples(daemon));
        ov_poller_stop(ov_daemon_poller(daemon));
        ov_suspensions_stop(ov_daemon_suspensions(daemon));
        ov_follower_stop(ov_daemon_follower(daemon));
        ov_sender_notices_stop(ov_daemon_sender_notices(daemon));
        ov_alerts_stop(ov_daemon_alerts(daemon));
        ov_counters_redis_stop(services->redis);
        ov_keeper_stop(services->keeper);
        ov_ledger_close(ledger);
    }
    ov_listen_close(settings);
    return FALSE;
}

/* Everything after settings and rules are known to be good. Takes the snapshot over. */
static int start(const OvOptions *options, OvSnapshot *snapshot, OvAlerts *alerts) {
    /* A reload may let the snapshot go. */
    g_autoptr(OvSettings) settings = ov_settings_ref(snapshot->settings);
    g_autoptr(GError) error = NULL;
    ov_snapshot_log(snapshot);
    OvDaemon *daemon = ov_daemon_new(options->file, snapshot, alerts);
    Services services = {.control = NULL};

    if (!make(daemon, options, settings, &services, &error)) {
        ov_log(OV_LOG_ERROR, NULL, "event", "start", "result", "failed", "error",
               error ? error->message : "libmilter can't be set up", NULL);
        return EX_UNAVAILABLE;
    }
    ov_log(OV_LOG_INFO, NULL, "event", "started", "version", OV_VERSION, "node", settings->node,
           "socket", settings->milter_socket, "ruleset",
           ov_ruleset_digest(ov_judge_ruleset(snapshot->judge)), "shadow",
           settings->shadow ? "yes" : NULL, NULL);
    g_thread_unref(g_thread_new("milter", serve, NULL));
    tell_ready(daemon);
    run(daemon);

    sd_notify(0, "STOPPING=1\nSTATUS=Finishing the messages in hand");
    ov_listen_close(settings);
    guint left = ov_daemon_stop(daemon, stop_limit);
    g_autofree char *unfinished = left ? g_strdup_printf("%u", left) : NULL;
    stop_services(&services);
    ov_queue_keeper_stop(ov_daemon_queue_keeper(daemon));
    ov_poller_stop(ov_daemon_poller(daemon));
    if (left == 0) {
        ov_daemon_unwatch_dns(daemon);
        ov_allowances_stop(ov_daemon_allowances(daemon));
        ov_suspensions_stop(ov_daemon_suspensions(daemon));
    }
    ov_follower_stop(ov_daemon_follower(daemon));
    ov_sender_notices_stop(ov_daemon_sender_notices(daemon));
    ov_samples_stop(ov_daemon_samples(daemon));
    ov_alerts_stop(alerts);
    ov_counters_redis_stop(services.redis);
    ov_keeper_stop(services.keeper);
    ov_log(OV_LOG_INFO, NULL, "event", "stopped", "unfinished", unfinished, NULL);
    /* libmilter's threads go on until the process ends. Those that are left may still hand a record
     * to the ledger; what is committed is safe without closing it. */
    if (left == 0)
        ov_ledger_close(ov_daemon_ledger(daemon));
    return EX_OK;
}

int main(int argc, char **argv) {
    g_autoptr(GError) error = NULL;
    g_auto(OvOptions) options = {.file = NULL};

    tune_memory();
    ov_signals_block();
    umask(0027);
    if (!ov_options_parse(&options, argc, argv, &error)) {
        fprintf(stderr, "outvetd: %s\n", error->message);
        return EX_USAGE;
    }
    if (options.version) {
        printf("outvetd %s\n", OV_VERSION);
        return EX_OK;
    }
    /* Lives as long as the process: threads that are left at its end may still raise alerts. */
    OvAlerts *alerts = ov_alerts_new();
    g_autoptr(OvSnapshot) snapshot =
        ov_snapshot_load(options.file, !options.check, NULL, alerts, &error);
    if (!snapshot) {
        fprintf(stderr, "outvetd: %s\n", error->message);
        return EX_CONFIG;
    }
    if (options.check) {
        printf("settings and rules are good: %u rules, ruleset %s\n",
               ov_ruleset_n_rules(ov_judge_ruleset(snapshot->judge)),
               ov_ruleset_digest(ov_judge_ruleset(snapshot->judge)));
        return EX_OK;
    }
    ov_log_open(snapshot->settings->log_target, options.foreground, "outvetd");
    return start(&options, g_steal_pointer(&snapshot), alerts);
}
