/* What it costs to follow one blocked address, round after round: memory and processor time.
 *
 *   poller --rounds N CREDENTIALS DIRECTORY
 *
 * Asks the provider whose API the credentials name, as fast as it answers, with a ledger in the
 * directory. Prints lines of key=value. */
#include "policy/provider/round.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static guint rounds = 10000;

static double cpu_seconds(void) {
    return (double)clock() / CLOCKS_PER_SEC;
}

static long resident_kib(void) {
    g_autofree char *text = NULL;
    long total, resident;
    if (!g_file_get_contents("/proc/self/statm", &text, NULL, NULL) ||
        sscanf(text, "%ld %ld", &total, &resident) != 2)
        return 0;
    return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

static void print_memory(const char *when) {
    printf("when=%s resident_kib=%ld\n", when, resident_kib());
    fflush(stdout);
}

static gboolean goes_on(gpointer data) {
    (void)data;
    return TRUE;
}

static gboolean never(gpointer data) {
    (void)data;
    return FALSE;
}

static gboolean run_once(OvRound *round, const OvResponder *responder, OvHosting *hosting,
                         GError **error) {
    return ov_round_step_incidents(responder, hosting, goes_on, NULL, error) &&
           ov_round_run(round, responder, hosting, never, NULL, error);
}

static gboolean run_all(const OvResponder *responder, OvHosting *hosting, GError **error) {
    OvRound *round = ov_round_new();
    gboolean done = run_once(round, responder, hosting, error);
    print_memory("start");
    double start = cpu_seconds();
    gint64 begin = g_get_monotonic_time();
    for (guint i = 1; done && i < rounds; i++) {
        done = run_once(round, responder, hosting, error);
        if (i == rounds / 2)
            print_memory("middle");
    }
    print_memory("end");
    printf("rounds=%u cpu_us_per_round=%.0f us_per_round=%.0f\n", rounds,
           (cpu_seconds() - start) * 1e6 / rounds,
           (double)(g_get_monotonic_time() - begin) / rounds);
    ov_round_free(round);
    return done;
}

static OvSettings *settings_of(const char *credentials, const char *directory, GError **error) {
    g_autofree char *text =
        g_strdup_printf("[ledger]\npath = %s/ledger.sqlite\nkey = %s/recipients.key\n[provider]\n"
                        "kind = ovh\ncredentials = %s\ncalls = 600000\n",
                        directory, directory, credentials);
    return ov_settings_parse(text, strlen(text), "poller", error);
}

static gboolean bench(const char *credentials, const char *directory, GError **error) {
    g_autoptr(OvSettings) settings = settings_of(credentials, directory, error);
    g_autoptr(OvHosting) hosting = settings ? ov_hosting_new(settings, error) : NULL;
    OvLedger *ledger = hosting ? ov_ledger_open(settings, error) : NULL;
    if (!ledger)
        return FALSE;
    OvResponder responder = {
        .ledger = ledger, .settings = settings, .suspensions = ov_suspensions_start(ledger)};
    gboolean done = run_all(&responder, hosting, error);
    ov_suspensions_stop(responder.suspensions);
    ov_ledger_close(ledger);
    return done;
}

int main(int argc, char **argv) {
    g_autoptr(GError) error = NULL;
    const GOptionEntry entries[] = {{"rounds", 0, 0, G_OPTION_ARG_INT, &rounds, "Rounds", "N"},
                                    G_OPTION_ENTRY_NULL};
    g_autoptr(GOptionContext) context = g_option_context_new("CREDENTIALS DIRECTORY");
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error) || argc != 3) {
        fprintf(stderr, "poller: %s\n", error ? error->message : "CREDENTIALS DIRECTORY");
        return 64;
    }
    if (bench(argv[1], argv[2], &error))
        return 0;
    fprintf(stderr, "poller: %s\n", error->message);
    return 70;
}
