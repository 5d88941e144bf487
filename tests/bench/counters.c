/* What counters cost: the memory of many accounts, the time of a claim against four windows, and
 * the longest that one waits while what changed is taken for the ledger.
 *
 *   counters [--accounts N] [--messages N]
 *
 * Each account has sent so many messages, spread over 30 days. Prints lines of key=value. */
#include "policy/limits/counters.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { CLAIMS = 300000, STEP = 200 };

static const gint64 START = G_GINT64_CONSTANT(1795000000) * G_USEC_PER_SEC;

typedef struct {
    OvCounters *counters;
    gint stop; /* atomic */
    guint64 rows, octets;
} Taker;

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
    gint64 step = ov_span_length(OV_SPAN_MONTH) / messages;
    for (guint m = 0; m < messages; m++) {
        for (guint a = 0; a < accounts; a++)
            claim_one(counters, a, START + (gint64)m * step + (gint64)a);
        while (ov_counters_take_changed(counters, STEP, START, rows) > 0)
            g_array_set_size(rows, 0);
    }
}

static gpointer take(gpointer data) {
    Taker *taker = data;
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(OvCounterRow));
    g_array_set_clear_func(rows, (GDestroyNotify)ov_counter_row_clear);
    while (!g_atomic_int_get(&taker->stop)) {
        guint n = ov_counters_take_changed(taker->counters, STEP, START, rows);
        ov_counters_sweep(taker->counters, START);
        for (guint i = 0; i < rows->len; i++)
            taker->octets += g_array_index(rows, OvCounterRow, i).length;
        taker->rows += n;
        g_array_set_size(rows, 0);
        if (n == 0)
            g_usleep(1000);
    }
    return NULL;
}

static int compare_floats(gconstpointer one, gconstpointer other) {
    float a = *(const float *)one, b = *(const float *)other;
    return a < b ? -1 : a > b;
}

static void measure_claims(OvCounters *counters, guint accounts, const char *label) {
    g_autofree float *took = g_new(float, CLAIMS);
    g_autoptr(GRand) rand = g_rand_new_with_seed(1);
    gint64 now = START + ov_span_length(OV_SPAN_MONTH), began = g_get_monotonic_time();
    for (guint i = 0; i < CLAIMS; i++) {
        gint64 before = g_get_monotonic_time();
        claim_one(counters, (guint)g_rand_int_range(rand, 0, (gint32)accounts), now + i);
        took[i] = (float)(g_get_monotonic_time() - before);
    }
    double seconds = (double)(g_get_monotonic_time() - began) / G_USEC_PER_SEC;
    qsort(took, CLAIMS, sizeof *took, compare_floats);
    printf("%s claims_per_second=%.0f p99_us=%.0f longest_us=%.0f\n", label,
           (double)CLAIMS / seconds, (double)took[CLAIMS * 99 / 100], (double)took[CLAIMS - 1]);
}

int main(int argc, char **argv) {
    gint accounts = 1000000, messages = 20;
    const GOptionEntry entries[] = {
        {"accounts", 0, 0, G_OPTION_ARG_INT, &accounts, "accounts", "N"},
        {"messages", 0, 0, G_OPTION_ARG_INT, &messages, "messages of each in 30 days", "N"},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, NULL) || accounts < 1 || messages < 1)
        return 64;

    double before = resident_mib();
    g_autoptr(OvCounters) counters = ov_counters_new();
    fill(counters, (guint)accounts, (guint)messages);
    printf("accounts=%d messages=%d resident_mib=%.0f\n", accounts, messages,
           resident_mib() - before);
    measure_claims(counters, (guint)accounts, "alone");
    Taker taker = {.counters = counters};
    GThread *thread = g_thread_new("take", take, &taker);
    measure_claims(counters, (guint)accounts, "while_taken");
    g_atomic_int_set(&taker.stop, 1);
    g_thread_join(thread);
    printf("rows_taken=%" G_GUINT64_FORMAT " octets_a_row=%.0f\n", taker.rows,
           taker.rows > 0 ? (double)taker.octets / (double)taker.rows : 0.0);
    return 0;
}
