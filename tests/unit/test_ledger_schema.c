#include "tests/unit/ledger_place.h"

#include "policy/ledger/ledger_sqlite.h"

enum { MOST_STEPS = 64 };

/* The shipped steps and one more. Returns how many. */
static guint steps_and(const char *steps[MOST_STEPS], const char *next) {
    guint n = ov_ledger_n_migrations();
    assert_true(n < MOST_STEPS);
    memcpy(steps, ov_ledger_migrations, n * sizeof *steps);
    steps[n] = next;
    return n + 1;
}

/* A ledger of this version with one message in it. */
static gint64 make_ledger(const Place *place) {
    g_autoptr(OvLedger) ledger = open_ledger(place);
    OvLedgerRecord record = example(place);
    add(ledger, &record);
    return record.id;
}

static void execute(const char *path, const char *sql) {
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void test_each_version_is_brought_up_to_date(void **state) {
    const Place *place = *state;
    g_autofree char *directory = g_path_get_dirname(place->path);
    assert_int_equal(g_mkdir(directory, 0700), 0);
    for (guint version = 0; version < ov_ledger_n_migrations(); version++) {
        g_remove(place->path);
        execute(place->path, "VACUUM");
        for (guint i = 0; i < version; i++)
            execute(place->path, ov_ledger_migrations[i]);
        g_autofree char *mark = g_strdup_printf("PRAGMA user_version = %u", version);
        execute(place->path, mark);
        make_ledger(place);
        assert_int_equal(ask(place->path, "PRAGMA user_version"), ov_ledger_n_migrations());
        assert_int_equal(ask(place->path, "SELECT count(*) FROM messages"), 1);
    }
}

static void test_a_step_keeps_what_is_there(void **state) {
    const Place *place = *state;
    gint64 id = make_ledger(place);
    const char *steps[MOST_STEPS];
    guint n = steps_and(steps, "ALTER TABLE message_rows ADD COLUMN later TEXT DEFAULT 'new';");
    g_autoptr(GError) error = NULL;
    OvConnection *connection = ov_connection_open(place->path, TRUE, &error);
    assert_non_null(connection);
    assert_true(ov_connection_migrate(connection, steps, n, &error));
    assert_true(ov_connection_migrate(connection, steps, n, &error)); /* no more to do */
    ov_connection_close(connection);
    assert_int_equal(ask(place->path, "PRAGMA user_version"), n);
    assert_int_equal(ask(place->path, "SELECT id FROM message_rows WHERE later = 'new'"), id);
}

static void test_a_step_that_fails_leaves_the_ledger_as_it_was(void **state) {
    const Place *place = *state;
    make_ledger(place);
    const char *steps[MOST_STEPS];
    guint n = steps_and(steps, "DROP TABLE recipients; ALTER TABLE no_such_table ADD COLUMN x;");
    g_autoptr(GError) error = NULL;
    OvConnection *connection = ov_connection_open(place->path, TRUE, &error);
    assert_false(ov_connection_migrate(connection, steps, n, &error));
    assert_non_null(strstr(error->message, "no_such_table"));
    ov_connection_close(connection);
    assert_int_equal(ask(place->path, "PRAGMA user_version"), n - 1);
    assert_int_equal(ask(place->path, "SELECT count(*) FROM recipients"), 3);
}

static void test_a_ledger_of_a_newer_outvet_is_left_alone(void **state) {
    const Place *place = *state;
    make_ledger(place);
    execute(place->path, "PRAGMA user_version = 99");
    for (guint i = 0; i < 2; i++) {
        g_autoptr(GError) error = NULL;
        assert_null(i ? ov_ledger_open(place->settings, &error)
                      : ov_ledger_open_reader(place->settings, &error));
        assert_true(g_error_matches(error, OV_LEDGER_ERROR, OV_LEDGER_ERROR_SCHEMA));
        assert_non_null(strstr(error->message, "newer Outvet"));
    }
}

static void test_a_reader_waits_for_the_daemon_to_migrate(void **state) {
    const Place *place = *state;
    make_ledger(place);
    execute(place->path, "PRAGMA user_version = 0");
    g_autoptr(GError) error = NULL;
    assert_null(ov_ledger_open_reader(place->settings, &error));
    assert_true(g_error_matches(error, OV_LEDGER_ERROR, OV_LEDGER_ERROR_SCHEMA));
    assert_non_null(strstr(error->message, "older Outvet"));
}

static void test_a_database_of_something_else_is_left_alone(void **state) {
    const Place *place = *state;
    g_autofree char *directory = g_path_get_dirname(place->path);
    assert_int_equal(g_mkdir(directory, 0700), 0);
    execute(place->path, "CREATE TABLE addresses (name TEXT)");
    g_autoptr(GError) error = NULL;
    assert_null(ov_ledger_open(place->settings, &error));
    assert_true(g_error_matches(error, OV_LEDGER_ERROR, OV_LEDGER_ERROR_OPEN));
    assert_int_equal(ask(place->path, "SELECT count(*) FROM sqlite_schema"), 1);

    assert_true(
        g_file_set_contents(place->path, "This is a letter, not a database. ...", -1, NULL));
    g_clear_error(&error);
    assert_null(ov_ledger_open(place->settings, &error));
    assert_true(g_error_matches(error, OV_LEDGER_ERROR, OV_LEDGER_ERROR_OPEN));
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(test_each_version_is_brought_up_to_date),
        TEST(test_a_step_keeps_what_is_there),
        TEST(test_a_step_that_fails_leaves_the_ledger_as_it_was),
        TEST(test_a_ledger_of_a_newer_outvet_is_left_alone),
        TEST(test_a_reader_waits_for_the_daemon_to_migrate),
        TEST(test_a_database_of_something_else_is_left_alone),
#undef TEST
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
