#include "tests/unit/ledger_place.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void test_a_lock_of_another_process_fails_in_time_and_passes(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    OvLedgerRecord record = example(place);
    add(ledger, &record);
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(place->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    gint64 start = g_get_monotonic_time();
    for (guint i = 0; i < 2; i++) {
        g_autoptr(GError) error = NULL;
        record = example(place);
        assert_false(ov_ledger_add(ledger, &record, &error));
        assert_true(g_error_matches(error, OV_LEDGER_ERROR, OV_LEDGER_ERROR_WRITE));
        assert_non_null(strstr(error->message, "locked by another process"));
        assert_true(ov_ledger_failing(ledger));
    }
    assert_true(g_get_monotonic_time() - start < 8 * G_USEC_PER_SEC);
    assert_int_equal(sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    add(ledger, &record);
    assert_false(ov_ledger_failing(ledger));
    assert_int_equal(logged_lines("state=failing"), 1);
    assert_int_equal(logged_lines("state=ok"), 1);
}

static void test_a_ledger_that_is_locked_at_start_recovers(void **state) {
    const Place *place = *state;
    ov_ledger_close(open_ledger(place));
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(place->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
    g_autoptr(OvLedger) ledger = open_ledger(place);
    assert_true(ov_ledger_failing(ledger));
    assert_int_equal(sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    OvLedgerRecord record = example(place);
    add(ledger, &record);
    assert_false(ov_ledger_failing(ledger));
}

static void test_a_file_that_was_removed_is_begun_anew(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    OvLedgerRecord record = example(place);
    add(ledger, &record);
    g_remove(place->path);
    for (guint i = 0; i < 2; i++) {
        g_autofree char *beside = g_strconcat(place->path, i ? "-shm" : "-wal", NULL);
        g_remove(beside);
    }
    record = example(place);
    add(ledger, &record);
    assert_int_equal(ask(place->path, "SELECT count(*) FROM messages"), 1);
    assert_int_equal(logged_lines("state=reopened"), 1);
}

/* Runs a check in a child, which reports by its exit status; it may lose rights and die. */
static int in_child(const Place *place, int (*check)(const Place *)) {
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(check(place));
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

enum { NOBODY = 65534 };

static gboolean try_add(OvLedger *ledger, const Place *place) {
    OvLedgerRecord record = example(place);
    return ov_ledger_add(ledger, &record, NULL);
}

/* As nobody, since root may write everything. */
static int check_read_only(const Place *place) {
    g_autofree char *directory = g_path_get_dirname(place->path);
    if (getuid() == 0 && (setgid(NOBODY) != 0 || setuid(NOBODY) != 0))
        return 77;
    g_autoptr(GError) error = NULL;
    g_chmod(place->path, 0400);
    OvLedger *none = ov_ledger_open(place->settings, &error);
    if (none || !g_error_matches(error, OV_LEDGER_ERROR, OV_LEDGER_ERROR_OPEN))
        return 1;
    if (!strstr(error->message, place->path))
        return 2;
    g_chmod(place->path, 0600);
    OvLedger *ledger = ov_ledger_open(place->settings, NULL);
    if (!ledger || !try_add(ledger, place))
        return 3;
    /* The open file stays writable; a new one can't be made. */
    g_remove(place->path);
    g_chmod(directory, 0500);
    if (try_add(ledger, place) || !ov_ledger_failing(ledger))
        return 4;
    g_chmod(directory, 0700);
    if (!try_add(ledger, place) || ov_ledger_failing(ledger))
        return 5;
    ov_ledger_close(ledger);
    return 0;
}

static void test_a_ledger_without_the_right_to_write_is_told(void **state) {
    const Place *place = *state;
    ov_ledger_close(open_ledger(place));
    g_autofree char *directory = g_path_get_dirname(place->path);
    if (getuid() == 0)
        assert_int_equal(chown(place->path, NOBODY, NOBODY) | chown(place->key, NOBODY, NOBODY) |
                             chown(directory, NOBODY, NOBODY) |
                             chown(place->directory, NOBODY, NOBODY),
                         0);
    assert_int_equal(in_child(place, check_read_only), 0);
}

static const char *const INTEGRITY =
    "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'";

/* The limit of a file's size stands for a disk without room. */
static int check_full(const Place *place) {
    signal(SIGXFSZ, SIG_IGN);
    OvLedger *ledger = ov_ledger_open(place->settings, NULL);
    if (!ledger || !try_add(ledger, place))
        return 1;
    struct rlimit limit, before;
    getrlimit(RLIMIT_FSIZE, &before);
    limit = before;
    limit.rlim_cur = 64 * 1024;
    setrlimit(RLIMIT_FSIZE, &limit);
    guint tries = 0;
    while (try_add(ledger, place))
        if (++tries > 1000)
            return 2;
    if (!ov_ledger_failing(ledger) || logged_lines("state=failing") != 1)
        return 3;
    for (guint i = 0; i < 3; i++)
        try_add(ledger, place);
    setrlimit(RLIMIT_FSIZE, &before);
    if (!try_add(ledger, place) || ov_ledger_failing(ledger))
        return 4;
    if (logged_lines("state=failing") != logged_lines("state=ok"))
        return 5;
    ov_ledger_close(ledger);
    return ask(place->path, INTEGRITY) == 1 ? 0 : 6;
}

static void test_a_full_disk_fails_and_recovers_by_itself(void **state) {
    const Place *place = *state;
    assert_int_equal(in_child(place, check_full), 0);
}

typedef struct {
    OvLedger *ledger;
    const Place *place;
    int told;
} Teller;

/* Tells the id of each record that was acknowledged. */
static gpointer add_and_tell(gpointer data) {
    const Teller *teller = data;
    for (;;) {
        OvLedgerRecord record = example(teller->place);
        if (ov_ledger_add(teller->ledger, &record, NULL) &&
            write(teller->told, &record.id, sizeof record.id) != sizeof record.id)
            return NULL;
    }
}

static void test_what_was_acknowledged_survives_a_kill(void **state) {
    const Place *place = *state;
    g_autoptr(GArray) told = g_array_new(FALSE, FALSE, sizeof(gint64));
    for (guint round = 0; round < 3; round++) {
        int ends[2];
        assert_int_equal(pipe(ends), 0);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            close(ends[0]);
            Teller teller = {ov_ledger_open(place->settings, NULL), place, ends[1]};
            for (guint i = 0; i < 8; i++)
                g_thread_new("tell", add_and_tell, &teller);
            for (;;)
                pause();
        }
        close(ends[1]);
        gint64 id;
        for (guint i = 0; i < 100 + 37 * round && read(ends[0], &id, sizeof id) == sizeof id; i++)
            g_array_append_val(told, id);
        kill(child, SIGKILL);
        while (read(ends[0], &id, sizeof id) == sizeof id)
            g_array_append_val(told, id);
        close(ends[0]);
        assert_int_equal(waitpid(child, NULL, 0), child);
    }
    assert_true(told->len >= 300);
    assert_int_equal(ask(place->path, INTEGRITY), 1);
    g_autoptr(OvLedger) ledger = open_ledger(place);
    for (guint i = 0; i < told->len; i++) {
        const OvLedgerRecord *back = find_one(ledger, place, g_array_index(told, gint64, i));
        assert_non_null(back);
        assert_int_equal(back->n_hits, 2);
        assert_string_equal(back->recipient_domains, "one.example two.example");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(test_a_lock_of_another_process_fails_in_time_and_passes),
        TEST(test_a_ledger_that_is_locked_at_start_recovers),
        TEST(test_a_file_that_was_removed_is_begun_anew),
        TEST(test_a_ledger_without_the_right_to_write_is_told),
        TEST(test_a_full_disk_fails_and_recovers_by_itself),
        TEST(test_what_was_acknowledged_survives_a_kill),
#undef TEST
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
