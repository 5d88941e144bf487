/* How long it takes to find the messages of a block in a large ledger.
 *
 *   correlate [--messages N] [--detections N] [--keep] DIRECTORY
 *
 * Makes a ledger in the directory, of messages and one delivery each, spread over 80 days: by the
 * statements that outvetd writes with, but in large transactions and without waiting for the disk.
 * The detections are of the last day's mail; one in 20 has no Message-ID, another is not ours.
 * Prints lines of key=value, and removes the ledger unless it is to be kept: `ledger DIRECTORY`
 * then tells what the group commit takes at that size, and it can be measured again with the same
 * number of messages. */
#include "policy/provider/correlate.h"
#include "policy/ledger/ledger_sqlite.h"
#include "policy/message_id.h"
#include "tests/bench/lib/ledger_mail.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 20000, DESTINATIONS = 4000 };

static const gint64 SECOND = G_USEC_PER_SEC;
static const gint64 DAY = G_GINT64_CONSTANT(24) * 3600 * G_USEC_PER_SEC;
static const char *const BLOCKED = "198.51.100.7";

typedef struct {
    char *path, *key_path;
    OvSettings *settings;
    guint messages, detections;
    gboolean kept;      /* by an earlier run */
    gint64 first, step; /* when the first was taken, and how long after each the next */
} Bench;

static double seconds_since(gint64 start) {
    return (double)(g_get_monotonic_time() - start) / G_USEC_PER_SEC;
}

static double cpu_seconds(void) {
    return (double)clock() / CLOCKS_PER_SEC;
}

static gint64 time_of(const Bench *bench, guint number) {
    return bench->first + bench->step * number;
}

static void write_destination(char address[16], guint number) {
    g_snprintf(address, 16, "203.0.%u.%u", number % DESTINATIONS / 250, number % 250 + 1);
}

static gboolean insert_one(const Bench *bench, OvConnection *connection, const OvRecipientKey *key,
                           guint number, OvArena *arena, GError **error) {
    OvBenchMail mail;
    guint8 hash[OV_RECIPIENT_HASH_SIZE];
    char destination[16], relay[64];
    gint64 time = time_of(bench, number);
    ov_bench_mail(&mail, number, ov_id_first_at(time) + number % 4096, time);
    ov_recipient_hash(key, mail.recipient, hash);
    write_destination(destination, number);
    g_snprintf(relay, sizeof relay, "mx1.isp%u.example[%s]:25", number % 97, destination);
    OvDelivery delivery = {.kind = OV_DELIVERY_OUTCOME,
                           .time = time + SECOND,
                           .queue_id = mail.queue_id,
                           .outcome = OV_OUTCOME_DELIVERED,
                           .recipient = mail.recipient,
                           .relay = relay,
                           .transport = "smtp",
                           .code = 250,
                           .enhanced = "2.0.0",
                           .text = "250 2.0.0 Ok: queued as 4TBNrk0x2Yz3"};
    OvDeliveryBatch batch = {mail.record.node, &delivery, 1, NULL, key, FALSE, arena};
    return ov_connection_insert(connection, &mail.record, hash, FALSE, error) &&
           ov_connection_add_deliveries(connection, &batch, error);
}

static gboolean insert_batch(const Bench *bench, OvConnection *connection,
                             const OvRecipientKey *key, guint first, GError **error) {
    g_autoptr(OvArena) arena = ov_arena_new();
    if (!ov_connection_execute(connection, OV_STATEMENT_BEGIN, error))
        return FALSE;
    for (guint i = first; i < MIN(first + BATCH, bench->messages); i++)
        if (!insert_one(bench, connection, key, i, arena, error))
            return FALSE;
    return ov_connection_write_counts(connection, error) &&
           ov_connection_execute(connection, OV_STATEMENT_COMMIT, error);
}

/* A cache of 2 GiB, and no journal: what is half done is of no use here. */
static gboolean build(const Bench *bench, GError **error) {
    g_autoptr(OvRecipientKey) key = ov_recipient_key_load(bench->key_path, error);
    g_autoptr(OvConnection) connection = key ? ov_connection_open(bench->path, TRUE, error) : NULL;
    if (!connection)
        return FALSE;
    sqlite3_exec(
        connection->db,
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -2097152", NULL,
        NULL, NULL);
    gint64 start = g_get_monotonic_time();
    for (guint first = 0; first < bench->messages; first += BATCH)
        if (!insert_batch(bench, connection, key, first, error))
            return FALSE;
    double seconds = seconds_since(start);
    struct stat status = {.st_size = 0};
    stat(bench->path, &status);
    printf("built messages=%u seconds=%.0f rate=%.0f octets_per_message=%.0f\n", bench->messages,
           seconds, bench->messages / seconds, (double)status.st_size / bench->messages);
    return TRUE;
}

/* Has the kernel forget what it holds of the file. */
static void make_cold(const Bench *bench) {
    int file = open(bench->path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return;
    fdatasync(file);
    posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
    close(file);
}

static OvDetection *make_detections(const Bench *bench, OvArena *arena) {
    OvDetection *detections = OV_ARENA_NEW(arena, OvDetection, bench->detections);
    guint day = (guint)MIN(DAY / bench->step, bench->messages);
    g_autoptr(GRand) rand = g_rand_new_with_seed(1);
    for (guint i = 0; i < bench->detections; i++) {
        OvBenchMail mail;
        guint number = bench->messages - 1 - (guint)g_rand_int_range(rand, 0, (gint32)day);
        char *destination = ov_arena_alloc(arena, 16);
        ov_bench_mail(&mail, i % 20 == 1 ? bench->messages + i : number, 1, 0);
        write_destination(destination, number);
        const char *bare =
            ov_arena_strndup(arena, mail.message_id + 1, strlen(mail.message_id) - strlen("<>"));
        detections[i] = (OvDetection){.message_id = i % 20 == 2 ? "" : bare,
                                      .destination = destination,
                                      .time = (time_of(bench, number) + SECOND) / SECOND * SECOND,
                                      .score = 500,
                                      .origin = "api"};
    }
    return detections;
}

/* One look by a new connection. */
static gboolean correlate(const Bench *bench, const OvDetection *told, const char *label,
                          GError **error) {
    g_autoptr(OvArena) arena = ov_arena_new();
    OvDetection *detections = OV_ARENA_NEW(arena, OvDetection, bench->detections);
    memcpy(detections, told, sizeof *told * bench->detections);
    g_autoptr(OvLedger) reader = ov_ledger_open_reader(bench->settings, error);
    gint64 start = g_get_monotonic_time();
    double cpu_before = cpu_seconds();
    if (!reader || !ov_correlate_all(reader, BLOCKED, detections, bench->detections, arena, error))
        return FALSE;
    double seconds = seconds_since(start), cpu = cpu_seconds() - cpu_before;
    guint n[OV_N_DETECTION_FINDINGS] = {0};
    for (guint i = 0; i < bench->detections; i++)
        n[detections[i].finding]++;
    printf("%s detections=%u seconds=%.2f cpu=%.2f found=%u several=%u unknown=%u\n", label,
           bench->detections, seconds, cpu, n[OV_DETECTION_FOUND], n[OV_DETECTION_SEVERAL],
           n[OV_DETECTION_UNKNOWN]);
    return TRUE;
}

/* All that a block costs from the provider's answer on: recorded, read, correlated, explained. */
static gboolean take_block(const Bench *bench, const OvDetection *told, GError **error) {
    g_autoptr(OvArena) arena = ov_arena_new();
    g_autoptr(OvLedger) ledger = ov_ledger_open(bench->settings, error);
    OvIncident incident = {.hosting = "ovh", .address = BLOCKED, .since = g_get_real_time()};
    gint64 id, start = g_get_monotonic_time();
    guint n;
    if (!ledger || !ov_ledger_open_incident(ledger, &incident, &id, NULL, error) ||
        !ov_ledger_add_detections(ledger, id, told, bench->detections, NULL, error))
        return FALSE;
    double added = seconds_since(start);
    OvDetection *detections =
        ov_ledger_detections(ledger, id, OV_DETECTION_NEW, 0, bench->detections, arena, &n, error);
    if (!detections || !ov_correlate_all(ledger, BLOCKED, detections, n, arena, error))
        return FALSE;
    double correlated = seconds_since(start);
    if (!ov_ledger_explain_detections(ledger, detections, n, error))
        return FALSE;
    printf("block detections=%u added=%.2f correlated=%.2f explained=%.2f seconds=%.2f\n", n, added,
           correlated - added, seconds_since(start) - correlated, seconds_since(start));
    return TRUE;
}

static gboolean measure(const Bench *bench, GError **error) {
    g_autoptr(OvArena) arena = ov_arena_new();
    if (!bench->kept && !build(bench, error))
        return FALSE;
    const OvDetection *told = make_detections(bench, arena);
    make_cold(bench);
    return correlate(bench, told, "cold", error) && correlate(bench, told, "warm", error) &&
           take_block(bench, told, error);
}

static void remove_ledger(const Bench *bench) {
    static const char *const ENDINGS[] = {"", "-wal", "-shm"};
    for (guint i = 0; i < G_N_ELEMENTS(ENDINGS); i++) {
        g_autofree char *path = g_strconcat(bench->path, ENDINGS[i], NULL);
        g_remove(path);
    }
    g_remove(bench->key_path);
}

/* When the first message of a ledger that was kept was taken. */
static gboolean read_first(Bench *bench, GError **error) {
    g_autoptr(OvConnection) connection = ov_connection_open(bench->path, FALSE, error);
    sqlite3_stmt *statement = NULL;
    if (!connection)
        return FALSE;
    gboolean done = sqlite3_prepare_v2(connection->db,
                                       "SELECT min(time) FROM message_rows"
                                       " WHERE id = (SELECT min(id) FROM message_rows)",
                                       -1, &statement, NULL) == SQLITE_OK &&
                    sqlite3_step(statement) == SQLITE_ROW;
    if (done)
        bench->first = sqlite3_column_int64(statement, 0);
    else
        ov_connection_fail(connection, error);
    sqlite3_finalize(statement);
    return done;
}

static gboolean prepare(Bench *bench, const char *argument, GError **error) {
    g_autofree char *directory = g_canonicalize_filename(argument, NULL);
    bench->path = g_build_filename(directory, "ledger.sqlite", NULL);
    bench->key_path = g_build_filename(directory, "recipients.key", NULL);
    g_autofree char *text =
        g_strdup_printf("[ledger]\npath = %s\nkey = %s\n", bench->path, bench->key_path);
    bench->settings = ov_settings_parse(text, strlen(text), "bench", error);
    bench->step = 80 * DAY / bench->messages;
    bench->first = g_get_real_time() - bench->step * bench->messages;
    bench->kept = g_file_test(bench->path, G_FILE_TEST_EXISTS);
    return bench->settings && (!bench->kept || read_first(bench, error));
}

int main(int argc, char **argv) {
    gint messages = 1000000, detections = 10000;
    gboolean keep = FALSE;
    const GOptionEntry entries[] = {
        {"messages", 0, 0, G_OPTION_ARG_INT, &messages, "in the ledger", "N"},
        {"detections", 0, 0, G_OPTION_ARG_INT, &detections, "of the block", "N"},
        {"keep", 0, 0, G_OPTION_ARG_NONE, &keep, "leave the ledger there", NULL},
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
    };
    g_autoptr(GOptionContext) context = g_option_context_new("DIRECTORY");
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, NULL) || argc != 2 || messages < 1 ||
        detections < 1) {
        fprintf(stderr, "Usage: correlate [--messages N] [--detections N] [--keep] DIRECTORY\n");
        return 64;
    }
    Bench bench = {.messages = (guint)messages, .detections = (guint)detections};
    g_autoptr(GError) error = NULL;
    setvbuf(stdout, NULL, _IOLBF, 0);
    gboolean done = prepare(&bench, argv[1], &error);
    if (done) {
        done = measure(&bench, &error);
        if (!keep)
            remove_ledger(&bench);
    }
    if (error)
        fprintf(stderr, "%s\n", error->message);
    ov_settings_unref(bench.settings);
    g_free(bench.path);
    g_free(bench.key_path);
    return done ? 0 : 70;
}
