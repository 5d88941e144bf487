/* How fast the ledger takes messages, and how large it grows: ledger DIRECTORY [MESSAGES
 * [THREADS]]. Prints one line: threads, messages, messages/s, the longest wait, octets a message.
 */
#include "policy/ledger/ledger.h"
#include "policy/message_id.h"

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

static const OvLedgerHit HITS[] = {
    {"SUBJ_ALL_CAPS", 2.0, FALSE, "G9", "", "Write the subject in normal case.", "AUTUMN OFFERS"},
    {"SUBJ_PERCENT_OFF", 1.2, FALSE, "G12", "",
     "State the offer in the text, not as a percentage in the subject.", "20% off"},
    {"BODY_KEYWORD", 0.85, FALSE, "G8", "", "Rephrase: last chance, buy now.",
     "last chance, buy now"},
    {"HDR_MSGID_DOMAIN", 0.4, FALSE, "G19", "RFC 5322 3.6.4",
     "Use a domain of your own in the Message-ID.", "localhost"},
};

/* One message as a shop's newsletter or an order's confirmation would be. */
static gboolean add(Bench *bench, gint number) {
    char queue_id[32], message_id[80], recipient[64], account[32], client[32];
    gint64 id = ov_id_next(bench->ids);
    g_snprintf(queue_id, sizeof queue_id, "4T%08XzQ%dk", (guint)number, number % 7);
    g_snprintf(message_id, sizeof message_id,
               "<%08x.%012" G_GINT64_MODIFIER "x@mail.shop%d.example>", g_random_int(), id,
               number % 500);
    g_snprintf(recipient, sizeof recipient, "customer.%d@isp%d.example", number, number % 97);
    g_snprintf(account, sizeof account, "shop%d@hosting.example", number % 500);
    g_snprintf(client, sizeof client, "198.51.%d.%d", number / 250 % 250, number % 250);
    const char *recipients[] = {recipient};
    char organisation[32];
    g_snprintf(organisation, sizeof organisation, "shop%d.example", number % 500);
    OvLedgerRecord record = {
        .id = id,
        .time = g_get_real_time(),
        .node = "mx1.hosting.example",
        .queue_id = queue_id,
        .message_id = message_id,
        .account = account,
        .account_source = "login",
        .login = account,
        .client_address = client,
        .client_name = "web.hosting.example",
        .helo = "web.hosting.example",
        .sender = account,
        .from = account,
        .subject = "Your order and our autumn offers for regular customers",
        .recipients = recipients,
        .n_recipients = 1,
        .size = 4000 + number % 4000,
        .message_class = number % 2 ? "bulk" : "transactional",
        .score = 4.45,
        .verdict = "tag",
        .computed = "tag",
        .ruleset = "0123456789abcdef",
        .auth = {"pass", "198.51.100.7", number % 9 ? "pass" : "fail", organisation, "s2026",
                 "pass", number % 9 ? "spf dkim" : "spf"},
        .organisation = organisation,
        .requirements = number % 9 ? 0x5555555555 : 0x5555555655,
        .copies = {number % 3 == 0, number % 30 == 1, number % 10 == 2},
        .departed = TRUE,
        .hits = HITS,
        .n_hits = (guint)number % 5, /* two at the mean */
    };
    return ov_ledger_add(bench->ledger, &record, NULL);
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
