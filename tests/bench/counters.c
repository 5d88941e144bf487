/* What counters cost: the memory of many accounts, the time of a claim against four windows, and
 * the longest that one waits while the keeper writes what changed into a ledger.
 *
 *   counters [--accounts N] [--messages N] [--seconds N] DIRECTORY
 *
 * Each account has sent so many messages, spread over 30 days. The ledger is made in the directory.
 * Prints lines of key=value. */
#include "policy/limits/keeper.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { STEP = 200 };

static double resident_mib(void) {
    g_autofree char *text = NULL;
    long pages = 0;
    if (g_file_get_contents("/proc/self/statm", &text, NULL, NULL))
        sscanf(text, "%*s %ld", &pages);
    return (double)pages * (double)sysconf(_SC_PAGESIZE) / (1024 * 1024);
}

static guint claim_one(OvCounters *counters, guint account, gint64 now) {
    char name[32];
    g_snprintf(name, sizeof name, "user%u@example.com", account);
    OvBound bounds[] = {
        {.amount = OV_AMOUNT_MESSAGES, .span = OV_SPAN_MINUTE, .most = 1000, .refuses = TRUE},
        {.amount = OV_AMOUNT_MESSAGES, .span = OV_SPAN_HOUR, .most = 10000, .refuses = TRUE},
        {.amount = OV_AMOUNT_RECIPIENTS, .span = OV_SPAN_DAY, .most = 100000, .refuses = TRUE},
        {.amount = OV_AMOUNT_RECIPIENTS, .span = OV_SPAN_MONTH, .most = 1000000, .refuses = TRUE},
    };
    OvClaim claim = {.subject = {OV_SUBJECT_ACCOUNT, name},
                     .amounts = {{1, 2, 12000}},
                     .bounds = bounds,
                     .n_bounds = G_N_ELEMENTS(bounds)};
    return ov_counters_count(counters, 0, &claim, 1, now) ? 1 : 0;
}

static void fill(OvCounters *counters, guint accounts, guint messages) {
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(OvCounterRow));
    g_array_set_clear_func(rows, (GDestroyNotify)ov_counter_row_clear);
    gint64 month = ov_span_length(OV_SPAN_MONTH), step = month / messages;
    gint64 start = g_get_real_time() - month;
    for (guint m = 0; m < messages; m++) {
        for (guint a = 0; a < accounts; a++)
            claim_one(counters, a, start + (gint64)m * step + (gint64)a);
        while (ov_counters_take_changed(counters, STEP, start, rows) > 0)
            g_array_set_size(rows, 0);
    }
}

static int compare_floats(gconstpointer one, gconstpointer other) {
    float a = *(const float *)one, b = *(const float *)other;
    return a < b ? -1 : a > b;
}

/* Claims of accounts at random for so long, a thousand a second at most: what is slower waited. */
static void measure_claims(OvCounters *counters, guint accounts, guint seconds, guint pause,
                           const char *label) {
    g_autoptr(GArray) took = g_array_new(FALSE, FALSE, sizeof(float));
    g_autoptr(GRand) rand = g_rand_new_with_seed(1);
    gint64 began = g_get_monotonic_time(), end = began + (gint64)seconds * G_USEC_PER_SEC;
    for (gint64 before = began; before < end; before = g_get_monotonic_time()) {
        claim_one(counters, (guint)g_rand_int_range(rand, 0, (gint32)accounts), g_get_real_time());
        float us = (float)(g_get_monotonic_time() - before);
        g_array_append_val(took, us);
        if (pause > 0)
            g_usleep(pause);
    }
    double lasted = (double)(g_get_monotonic_time() - began) / G_USEC_PER_SEC;
    g_array_sort(took, compare_floats);
    printf("%s claims_per_second=%.0f p99_us=%.0f longest_us=%.0f\n", label,
           (double)took->len / lasted, (double)g_array_index(took, float, took->len * 99 / 100),
           (double)g_array_index(took, float, took->len - 1));
}

static OvLedger *open_ledger(const char *directory) {
    g_autofree char *text =
        g_strdup_printf("[ledger]\npath = %s/ledger.sqlite\nkey = %s/key\n", directory, directory);
    g_autoptr(GError) error = NULL;
    g_autoptr(OvSettings) settings = ov_settings_parse(text, strlen(text), "bench.conf", &error);
    OvLedger *ledger = settings ? ov_ledger_open(settings, &error) : NULL;
    if (!ledger)
        fprintf(stderr, "counters: %s\n", error->message);
    return ledger;
}

int main(int argc, char **argv) {
    gint accounts = 1000000, messages = 20, seconds = 10;
    const GOptionEntry entries[] = {
        {"accounts", 0, 0, G_OPTION_ARG_INT, &accounts, "accounts", "N"},
        {"messages", 0, 0, G_OPTION_ARG_INT, &messages, "messages of each in 30 days", "N"},
        {"seconds", 0, 0, G_OPTION_ARG_INT, &seconds, "of each measurement", "N"},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GOptionContext) context = g_option_context_new("DIRECTORY");
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, NULL) || argc != 2 || accounts < 1 ||
        messages < 1 || seconds < 1)
        return 64;

    double before = resident_mib();
    g_autoptr(OvCounters) counters = ov_counters_new();
    fill(counters, (guint)accounts, (guint)messages);
    printf("accounts=%d messages=%d resident_mib=%.0f\n", accounts, messages,
           resident_mib() - before);
    measure_claims(counters, (guint)accounts, (guint)seconds, 0, "alone");
    g_autoptr(OvLedger) ledger = open_ledger(argv[1]);
    if (!ledger)
        return 69;
    OvKeeper *keeper = ov_keeper_start(counters, ledger);
    measure_claims(counters, (guint)accounts, (guint)seconds, 0, "kept_at_full_speed");
    measure_claims(counters, (guint)accounts, (guint)seconds, 1000, "kept_at_a_thousand_a_second");
    ov_keeper_stop(keeper);
    return 0;
}
