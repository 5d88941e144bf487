/* How fast the ledger takes messages, and how large it grows: ledger DIRECTORY [MESSAGES
 * [THREADS]]. Prints one line: threads, messages, messages/s, the longest wait, octets a message.
 */
#include "policy/message_id.h"
#include "tests/bench/lib/ledger_mail.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

typedef struct {
    OvLedger *ledger;
    OvIdSource *ids;
    gint left;    /* atomic */
    gint failed;  /* atomic */
    gint longest; /* atomic, microseconds */
} Bench;

static gboolean add(Bench *bench, gint number) {
    OvBenchMail mail;
    ov_bench_mail(&mail, (guint)number, ov_id_next(bench->ids), g_get_real_time());
    return ov_ledger_add(bench->ledger, &mail.record, NULL);
}

static gpointer add_all(gpointer data) {
    Bench *bench = data;
    gint number;
    while ((number = g_atomic_int_add(&bench->left, -1)) > 0) {
        gint64 start = g_get_monotonic_time();
        if (!add(bench, number))
            g_atomic_int_inc(&bench->failed);
        gint waited = (gint)(g_get_monotonic_time() - start);
        gint longest = g_atomic_int_get(&bench->longest);
        while (waited > longest &&
               !g_atomic_int_compare_and_exchange(&bench->longest, longest, waited))
            longest = g_atomic_int_get(&bench->longest);
    }
    return NULL;
}

static OvSettings *settings_in(const char *directory, char **path) {
    *path = g_build_filename(directory, "ledger.sqlite", NULL);
    g_autofree char *text =
        g_strdup_printf("[ledger]\npath = %s\nkey = %s/recipients.key\n", *path, directory);
    return ov_settings_parse(text, strlen(text), "bench", NULL);
}

static goffset size_of(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 ? (goffset)status.st_size : 0;
}

int main(int argc, char **argv) {
    gint messages = argc > 2 ? atoi(argv[2]) : 20000;
    guint threads = argc > 3 ? (guint)atoi(argv[3]) : 64;
    if (argc < 2 || messages < 1 || threads < 1 || threads > 1000) {
        fprintf(stderr, "Usage: %s DIRECTORY [MESSAGES [THREADS]]\n", argv[0]);
        return 64;
    }
    g_autofree char *path = NULL;
    g_autoptr(OvSettings) settings = settings_in(argv[1], &path);
    g_autoptr(GError) error = NULL;
    Bench bench = {.left = messages, .ids = ov_id_source_new("mx1")};
    bench.ledger = settings ? ov_ledger_open(settings, &error) : NULL;
    if (!bench.ledger) {
        fprintf(stderr, "%s\n", error ? error->message : "no settings");
        return 70;
    }
    goffset before = size_of(path);
    gint64 start = g_get_monotonic_time();
    g_autofree GThread **running = g_new(GThread *, threads);
    for (guint i = 0; i < threads; i++)
        running[i] = g_thread_new("add", add_all, &bench);
    for (guint i = 0; i < threads; i++)
        g_thread_join(running[i]);
    double seconds = (double)(g_get_monotonic_time() - start) / G_USEC_PER_SEC;
    ov_ledger_close(bench.ledger);
    ov_id_source_free(bench.ids);
    printf(
        "threads %u messages %d failed %d rate %.0f/s longest %.1f ms size %.0f octets/message\n",
        threads, messages, bench.failed, messages / seconds, bench.longest / 1000.0,
        (double)(size_of(path) - before) / messages);
    return bench.failed ? 70 : 0;
}
