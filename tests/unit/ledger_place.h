/* What the ledger's tests share: a place for a ledger, an example of a record, and the log lines.
 * One test program includes it once. */
#pragma once

#include "policy/ledger/ledger.h"
#include "policy/log.h"
#include "policy/message_id.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

/* Stands in for policy/log.c: keeps what the ledger logs. */
static GMutex log_lock;
static GString *logged;

void ov_log(OvLogLevel level, const char *queue_id, ...) {
    (void)level;
    (void)queue_id;
    va_list pairs;
    va_start(pairs, queue_id);
    g_mutex_lock(&log_lock);
    for (const char *key; logged && (key = va_arg(pairs, const char *));)
        g_string_append_printf(logged, "%s=%s ", key, va_arg(pairs, const char *));
    if (logged)
        g_string_append_c(logged, '\n');
    g_mutex_unlock(&log_lock);
    va_end(pairs);
}

typedef struct {
    char *directory, *path, *key;
    OvSettings *settings;
    OvIdSource *ids;
    OvArena *arena;
} Place;

static inline void settle(Place *place, const char *more) {
    g_autofree char *text =
        g_strdup_printf("[ledger]\npath = %s\nkey = %s\n%s", place->path, place->key, more);
    ov_settings_unref(place->settings);
    place->settings = ov_settings_parse(text, strlen(text), "test.conf", NULL);
    assert_non_null(place->settings);
}

static inline int set_up(void **state) {
    Place *place = g_new0(Place, 1);
    place->directory = g_dir_make_tmp("ledger-XXXXXX", NULL);
    place->path = g_build_filename(place->directory, "state", "ledger.sqlite", NULL);
    place->key = g_build_filename(place->directory, "state", "recipients.key", NULL);
    place->ids = ov_id_source_new("mx1");
    place->arena = ov_arena_new();
    settle(place, "");
    logged = g_string_new(NULL);
    *state = place;
    return 0;
}

static inline void remove_all(const char *directory) {
    g_chmod(directory, 0700);
    GDir *dir = g_dir_open(directory, 0, NULL);
    for (const char *name; dir && (name = g_dir_read_name(dir));) {
        g_autofree char *path = g_build_filename(directory, name, NULL);
        if (g_file_test(path, G_FILE_TEST_IS_DIR))
            remove_all(path);
        g_remove(path);
    }
    if (dir)
        g_dir_close(dir);
    g_rmdir(directory);
}

static inline int tear_down(void **state) {
    Place *place = *state;
    remove_all(place->directory);
    ov_settings_unref(place->settings);
    ov_id_source_free(place->ids);
    ov_arena_free(place->arena);
    g_free(place->directory);
    g_free(place->path);
    g_free(place->key);
    g_free(place);
    g_string_free(logged, TRUE);
    logged = NULL;
    return 0;
}

static inline OvLedger *open_ledger(const Place *place) {
    g_autoptr(GError) error = NULL;
    OvLedger *ledger = ov_ledger_open(place->settings, &error);
    if (error)
        fail_msg("%s", error->message);
    return ledger;
}

/* A reader beside the writer, as the command has it. */
static inline OvLedger *open_reader(const Place *place) {
    g_autoptr(GError) error = NULL;
    OvLedger *reader = ov_ledger_open_reader(place->settings, &error);
    if (error)
        fail_msg("%s", error->message);
    return reader;
}

static const char *const RECIPIENTS[] = {"Ann@One.example", "bob@two.example", "cy@one.EXAMPLE"};
static const OvLedgerHit HITS[] = {
    {"SUBJ_ALL_CAPS", 2.0, FALSE, FALSE, "G9", "", "Write the subject in normal case.", "BUY NOW"},
    {"HDR_DATE", 0.25, TRUE, TRUE, "", "RFC 5322 3.6.1", "Add a date.", ""},
};

static inline OvLedgerRecord example(const Place *place) {
    return (OvLedgerRecord){
        .id = ov_id_next(place->ids),
        .time = g_get_real_time(),
        .node = "mx1",
        .queue_id = "4XyZ12abcd",
        .message_id = "<Abc.1@Shop.example>",
        .account = "shop",
        .account_source = "login",
        .login = "Shop",
        .claimed_script = "0:mail.php",
        .client_address = "192.0.2.7",
        .client_name = "pc.example",
        .helo = "pc",
        .sender = "news@shop.example",
        .from = "news@shop.example",
        .subject = "BUY NOW",
        .recipients = RECIPIENTS,
        .n_recipients = G_N_ELEMENTS(RECIPIENTS),
        .size = 4711,
        .truncated = TRUE,
        .message_class = "bulk",
        .score = 6.25,
        .verdict = "hold",
        .computed = "hold",
        .ruleset = "0123456789abcdef",
        .hits = HITS,
        .n_hits = G_N_ELEMENTS(HITS),
    };
}

static inline void add(OvLedger *ledger, const OvLedgerRecord *record) {
    g_autoptr(GError) error = NULL;
    if (!ov_ledger_add(ledger, record, &error))
        fail_msg("%s", error->message);
}

static inline OvLedgerRecord **find(OvLedger *ledger, const Place *place, OvLedgerKey key,
                                    const char *value, guint *n) {
    g_autoptr(GError) error = NULL;
    OvLedgerRecord **found = ov_ledger_find(ledger, key, value, 100, place->arena, n, &error);
    if (error)
        fail_msg("%s", error->message);
    return found;
}

static inline const OvLedgerRecord *find_one(OvLedger *ledger, const Place *place, gint64 id) {
    char text[OV_ID_TEXT_SIZE];
    ov_id_format(id, text);
    guint n;
    OvLedgerRecord **found = find(ledger, place, OV_LEDGER_BY_ID, text, &n);
    return n > 0 ? found[0] : NULL;
}

/* One number from the file, asked by a connection of its own. */
static inline gint64 ask(const char *path, const char *sql) {
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    sqlite3_busy_timeout(db, 5000);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    gint64 number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return number;
}

static inline guint logged_lines(const char *word) {
    g_mutex_lock(&log_lock);
    g_auto(GStrv) lines = g_strsplit(logged->str, "\n", -1);
    g_mutex_unlock(&log_lock);
    guint n = 0;
    for (char **line = lines; *line; line++)
        n += strstr(*line, word) != NULL;
    return n;
}
