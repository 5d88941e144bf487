/* outvetd: judges each message that an MTA sends, over the milter protocol.
 *
 * Threads: the main thread waits for signals; libmilter's own threads serve connections; one
 * answers the control socket, four the policy socket, one serves the metrics; one follows the MTA's
 * log; one keeps the counters in the ledger, one prunes it; one reads from it what earlier mail was
 * like and who is suppressed, one who is suspended, one what is announced; one holds what suspended
 * senders have in the queue; one asks the provider which addresses it blocks; one asks the DNS,
 * with one of libunbound's; one watches how the egress addresses stand there; one gathers alerts,
 * one sends them over each channel, one tells senders, one writes samples. Exit codes as
 * sysexits(3): 0 stopped by a signal, 64 usage, 69 a socket, user or ledger can't be had, 70
 * libmilter gave up, 78 settings or rules. */
#include "milter/callbacks.h"
#include "milter/listen.h"
#include "milter/options.h"
#include "milter/signals.h"
#include "policy/log.h"

#include <libmilter/mfapi.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
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

/* What has to be made before mail can be judged. FALSE leaves nothing behind but memory. */
static gboolean make(OvDaemon *daemon, const OvOptions *options, const OvSettings *settings,
                     GError **error) {
    if (!ov_milter_register(daemon) || !ov_listen_open(settings, options->user, error))
        return FALSE;
    if (ov_listen_drop_root(options->user, error) && ov_parts_start(daemon, error))
        return TRUE;
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

    if (!make(daemon, options, settings, &error)) {
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
    /* libmilter's threads go on until the process ends; those that are left may still hand a record
     * to the ledger. */
    ov_parts_stop(daemon, left > 0);
    ov_log(OV_LOG_INFO, NULL, "event", "stopped", "unfinished", unfinished, NULL);
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
