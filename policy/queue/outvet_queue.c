/* outvet-queue: the only part of Outvet that may touch the MTA's queue. It waits on a Unix socket
 * for a few verbs with checked queue ids, and runs the MTA's own commands for them
 * (policy/queue/agent.h). Exit codes as sysexits(3): 0 stopped by a signal, 64 usage, 69 the socket
 * or the MTA's commands can't be had, 77 not root, 78 settings. */
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "policy/log.h"
#include "policy/queue/agent.h"

typedef struct {
    char *file; /* settings, or NULL for the default */
    gboolean foreground, version;
} Options;

static gboolean parse(Options *options, int argc, char **argv, GError **error) {
    const GOptionEntry entries[] = {
        {"config", 'c', 0, G_OPTION_ARG_FILENAME, &options->file,
         "Read settings from FILE (default " OV_SYSCONFDIR "/outvet/outvet.conf)", "FILE"},
        {"foreground", 'f', 0, G_OPTION_ARG_NONE, &options->foreground,
         "Log to standard error, unless [log] target says otherwise", NULL},
        {"version", 'V', 0, G_OPTION_ARG_NONE, &options->version, "Print the version, and exit",
         NULL},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GOptionContext) context = g_option_context_new("- act on the MTA's queue for Outvet");
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, error))
        return FALSE;
    if (argc > 1)
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "outvet-queue takes no argument \"%s\"; see outvet-queue --help", argv[1]);
    return argc <= 1;
}

/* Before other threads are started, which inherit it. */
static void block_signals(sigset_t *set) {
    sigemptyset(set);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGTERM);
    pthread_sigmask(SIG_BLOCK, set, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static int run(const OvSettings *settings) {
    sigset_t set;
    g_autoptr(GError) error = NULL;
    block_signals(&set);
    OvQueueAgent *agent = ov_queue_agent_start(settings, &error);
    if (!agent) {
        ov_log(OV_LOG_ERROR, NULL, "event", "start", "result", "failed", "error", error->message,
               NULL);
        return EX_UNAVAILABLE;
    }
    ov_log(OV_LOG_INFO, NULL, "event", "started", "version", OV_VERSION, "socket",
           settings->queue_socket, "group", settings->queue_group, NULL);
    sd_notify(0, "READY=1");
    while (sigwaitinfo(&set, NULL) < 0)
        continue;
    sd_notify(0, "STOPPING=1");
    ov_queue_agent_stop(agent);
    ov_log(OV_LOG_INFO, NULL, "event", "stopped", NULL);
    return EX_OK;
}

int main(int argc, char **argv) {
    g_autoptr(GError) error = NULL;
    Options options = {.file = NULL};
    umask(0027);
    if (!parse(&options, argc, argv, &error)) {
        fprintf(stderr, "outvet-queue: %s\n", error->message);
        return EX_USAGE;
    }
    g_autofree char *file = options.file;
    if (options.version) {
        printf("outvet-queue %s\n", OV_VERSION);
        return EX_OK;
    }
    g_autoptr(OvSettings) settings = ov_settings_load(file, &error);
    if (!settings) {
        fprintf(stderr, "outvet-queue: %s\n", error->message);
        return EX_CONFIG;
    }
    if (geteuid() != 0) {
        fputs("outvet-queue: it acts on the MTA's queue, which takes root: start it as root\n",
              stderr);
        return EX_NOPERM;
    }
    ov_log_open(settings->log_target, options.foreground, "outvet-queue");
    return run(settings);
}
