#include "tests/unit/ledger_place.h"

#include <sys/stat.h>
#include <unistd.h>

static void test_what_was_added_is_read_back(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    OvLedgerRecord record = example(place);
    add(ledger, &record);
    const OvLedgerRecord *back = find_one(ledger, place, record.id);
    assert_non_null(back);
    assert_int_equal(back->id, record.id);
    assert_int_equal(back->time, record.time);
    const struct {
        const char *one, *other;
    } texts[] = {
        {back->node, record.node},
        {back->queue_id, record.queue_id},
        {back->message_id, record.message_id},
        {back->account, record.account},
        {back->account_source, record.account_source},
        {back->login, record.login},
        {back->claimed_script, record.claimed_script},
        {back->client_address, record.client_address},
        {back->client_name, record.client_name},
        {back->helo, record.helo},
        {back->sender, record.sender},
        {back->from, record.from},
        {back->subject, record.subject},
        {back->message_class, record.message_class},
        {back->verdict, record.verdict},
        {back->computed, record.computed},
        {back->ruleset, record.ruleset},
    };
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        assert_string_equal(texts[i].one, texts[i].other);
    assert_null(back->script);
    assert_null(back->exempt);
    assert_null(back->recipients);
    assert_int_equal(back->n_recipients, 3);
    assert_string_equal(back->recipient_domains, "one.example two.example");
    assert_int_equal(back->size, 4711);
    assert_true(back->truncated);
    assert_false(back->late);
    assert_false(back->local);
    assert_true(back->score == 6.25);
    assert_int_equal(back->n_hits, 2);
    assert_string_equal(back->hits[0].rule, "SUBJ_ALL_CAPS");
    assert_string_equal(back->hits[0].guide, "G9");
    assert_string_equal(back->hits[0].evidence, "BUY NOW");
    assert_true(back->hits[0].score == 2.0);
    assert_string_equal(back->hits[1].reference, "RFC 5322 3.6.1");
    assert_string_equal(back->hits[1].advice, "Add a date.");
    assert_string_equal(back->hits[1].evidence, "");
    assert_true(back->hits[1].shadow);
    assert_false(back->hits[0].private);
    assert_true(back->hits[1].private);
}

static void test_a_record_of_nothing_but_an_id_is_kept(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    OvLedgerRecord record = {.id = ov_id_next(place->ids)};
    add(ledger, &record);
    const OvLedgerRecord *back = find_one(ledger, place, record.id);
    assert_null(back->message_id);
    assert_null(back->verdict);
    assert_int_equal(back->n_hits, 0);
    assert_string_equal(back->recipient_domains, "");
}

static void test_messages_are_found_newest_first(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    gint64 ids[5];
    for (guint i = 0; i < G_N_ELEMENTS(ids); i++) {
        OvLedgerRecord record = example(place);
        ids[i] = record.id;
        add(ledger, &record);
    }
    static const char *const WRITTEN[] = {"<Abc.1@Shop.example>", "abc.1@SHOP.example",
                                          " <abc.1@shop.example> "};
    for (guint i = 0; i < G_N_ELEMENTS(WRITTEN); i++) {
        guint n;
        OvLedgerRecord **found = find(ledger, place, OV_LEDGER_BY_MESSAGE_ID, WRITTEN[i], &n);
        assert_int_equal(n, 5);
        for (guint j = 0; j < n; j++)
            assert_int_equal(found[j]->id, ids[4 - j]);
    }
    guint n;
    OvLedgerRecord **found =
        ov_ledger_find(ledger, OV_LEDGER_BY_QUEUE_ID, "4XyZ12abcd", 2, place->arena, &n, NULL);
    assert_int_equal(n, 2);
    assert_int_equal(found[0]->id, ids[4]);
    find(ledger, place, OV_LEDGER_BY_QUEUE_ID, "4xyz12abcd", &n);
    assert_int_equal(n, 0); /* long queue ids differ by case */
    find(ledger, place, OV_LEDGER_BY_MESSAGE_ID, "' OR 1=1 --", &n);
    assert_int_equal(n, 0);
    find(ledger, place, OV_LEDGER_BY_ID, "no id", &n);
    assert_int_equal(n, 0);
}

/* Each look-up goes through an index, also when the ledger has millions of messages. */
static void test_no_search_reads_the_whole_ledger(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    static const char *const WHERE[] = {
        "id = 1",
        "message_key = 'a@b' ORDER BY id DESC LIMIT 9",
        "queue_id = 'x' ORDER BY id DESC LIMIT 9",
        "account = 'x' AND id >= 5 ORDER BY id DESC LIMIT 9",
        "id < 5 ORDER BY id LIMIT 9",
    };
    for (guint i = 0; i < G_N_ELEMENTS(WHERE); i++) {
        g_autofree char *sql = g_strdup_printf(
            "EXPLAIN QUERY PLAN SELECT id, message_id, queue_id FROM messages WHERE %s", WHERE[i]);
        sqlite3 *db = NULL;
        sqlite3_stmt *statement = NULL;
        assert_int_equal(sqlite3_open(place->path, &db), SQLITE_OK);
        assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
        while (sqlite3_step(statement) == SQLITE_ROW) {
            const char *step = (const char *)sqlite3_column_text(statement, 3);
            if (strstr(step, "SCAN") || strstr(step, "TEMP B-TREE"))
                fail_msg("%s: %s", WHERE[i], step);
        }
        sqlite3_finalize(statement);
        sqlite3_close(db);
    }
}

static void test_recipients_are_hashed_unless_they_are_to_be_kept(void **state) {
    Place *place = *state;
    OvLedger *ledger = open_ledger(place);
    OvLedgerRecord record = example(place);
    add(ledger, &record);
    ov_ledger_close(ledger);
    assert_int_equal(ask(place->path, "SELECT count(*) FROM recipients WHERE address IS NULL"), 3);
    assert_int_equal(ask(place->path, "SELECT count(DISTINCT hash) FROM recipients"), 3);
    assert_int_equal(ask(place->path, "SELECT min(length(hash)) FROM recipients"), 16);
    g_autofree char *file = NULL;
    gsize length;
    assert_true(g_file_get_contents(place->path, &file, &length, NULL));
    assert_null(memmem(file, length, "Ann@", 4));
    assert_null(memmem(file, length, "bob@", 4));

    settle(place, "keep_recipients = yes\n");
    static const char *const AGAIN[] = {"ANN@one.EXAMPLE"};
    OvLedgerRecord kept = example(place);
    kept.recipients = AGAIN;
    kept.n_recipients = 1;
    ledger = open_ledger(place);
    add(ledger, &kept);
    const OvLedgerRecord *back = find_one(ledger, place, kept.id);
    assert_string_equal(back->recipients[0], "ANN@one.EXAMPLE");
    ov_ledger_close(ledger);
    /* The hash is by address, not by its case, and the key stays. */
    assert_int_equal(ask(place->path, "SELECT count(DISTINCT hash) FROM recipients"), 3);
}

static void test_the_key_is_made_once_and_must_be_private(void **state) {
    const Place *place = *state;
    ov_ledger_close(open_ledger(place));
    struct stat status;
    assert_int_equal(stat(place->key, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(status.st_size, 32);
    assert_int_equal(stat(place->path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    g_autofree char *directory = g_path_get_dirname(place->path);
    assert_int_equal(stat(directory, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0700);

    static const mode_t OPEN_TO_OTHERS[] = {0640, 0604, 0620, 0666};
    for (guint i = 0; i < G_N_ELEMENTS(OPEN_TO_OTHERS); i++) {
        g_autoptr(GError) error = NULL;
        assert_int_equal(chmod(place->key, OPEN_TO_OTHERS[i]), 0);
        assert_null(ov_ledger_open(place->settings, &error));
        assert_true(g_error_matches(error, OV_LEDGER_ERROR, OV_LEDGER_ERROR_OPEN));
        assert_non_null(strstr(error->message, "chmod 600"));
    }
    g_autoptr(GError) error = NULL;
    assert_int_equal(g_chmod(place->key, 0600), 0);
    assert_int_equal(truncate(place->key, 31), 0);
    assert_null(ov_ledger_open(place->settings, &error));
    assert_non_null(strstr(error->message, "32 octets"));
}

static void test_texts_are_bounded_and_valid(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    g_autofree char *endless = g_strnfill(100000, 'x');
    memcpy(endless + 499, "\xe2\x82\xac", 3); /* a character across the end */
    OvLedgerRecord record = example(place);
    record.subject = endless;
    record.helo = "caf\xe9 \xff";
    record.message_id = endless;
    add(ledger, &record);
    const OvLedgerRecord *back = find_one(ledger, place, record.id);
    assert_int_equal(strlen(back->subject), 499);
    assert_int_equal(strlen(back->message_id), 1000);
    assert_true(g_utf8_validate(back->helo, -1, NULL));
}

typedef struct {
    OvLedger *ledger;
    const Place *place;
    guint n;
    gint *failed;
} Load;

static gpointer add_many(gpointer data) {
    const Load *load = data;
    for (guint i = 0; i < load->n; i++) {
        OvLedgerRecord record = example(load->place);
        if (!ov_ledger_add(load->ledger, &record, NULL))
            g_atomic_int_inc(load->failed);
    }
    return NULL;
}

static gboolean was_released(OvLedger *ledger, gint64 since) {
    gboolean done = FALSE;
    assert_true(ov_ledger_was_done(ledger, "release", "shop", "", since, &done, NULL));
    return done;
}

/* What was done "later", before the clock was set back, keeps nothing from being done again. */
static void test_what_was_done_lately_is_known(void **state) {
    const Place *place = *state;
    const gint64 day = G_GINT64_CONSTANT(24) * 3600 * G_USEC_PER_SEC;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    OvLedgerRecord later = example(place), record = example(place);
    gint64 now = g_get_real_time();
    later.id = ov_id_first_at(now + 40 * day) + 1;
    add(ledger, &later);
    add(ledger, &record);
    assert_true(ov_ledger_add_action(ledger, later.id, "release", "root", NULL, NULL));
    assert_false(was_released(ledger, now - day));
    assert_true(ov_ledger_add_action(ledger, record.id, "release", "root", NULL, NULL));
    assert_true(was_released(ledger, now - day));
    assert_false(was_released(ledger, now + G_USEC_PER_SEC));
}

static void test_64_threads_lose_nothing(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    gint failed = 0;
    Load load = {ledger, place, 20, &failed};
    GThread *threads[64];
    for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
        threads[i] = g_thread_new("add", add_many, &load);
    for (guint i = 0; i < 20; i++) { /* readers are no obstacle */
        guint n;
        find(ledger, place, OV_LEDGER_BY_QUEUE_ID, "4XyZ12abcd", &n);
    }
    for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
        g_thread_join(threads[i]);
    assert_int_equal(failed, 0);
    assert_int_equal(ask(place->path, "SELECT count(*) FROM messages"), 64 * 20);
    assert_int_equal(ask(place->path, "SELECT count(*) FROM hits"), 64 * 20 * 2);
    assert_int_equal(ask(place->path, "SELECT count(*) FROM rules"), 2);
    assert_string_equal(logged->str, "");
}

static void test_the_same_record_may_be_handed_over_again(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    OvLedgerRecord record = example(place);
    add(ledger, &record);
    add(ledger, &record);
    assert_int_equal(ask(place->path, "SELECT count(*) FROM messages"), 1);
    assert_int_equal(ask(place->path, "SELECT count(*) FROM hits"), 2);

    OvLedgerRecord other = record;
    other.queue_id = "4Other";
    g_autoptr(GError) error = NULL;
    assert_false(ov_ledger_add(ledger, &other, &error));
    assert_true(g_error_matches(error, OV_LEDGER_ERROR, OV_LEDGER_ERROR_DUPLICATE));
    assert_false(ov_ledger_failing(ledger)); /* no trouble of the ledger's */
}

static void test_old_messages_leave_and_young_ones_stay(void **state) {
    Place *place = *state;
    settle(place, "retention = 1d\n");
    OvLedger *ledger = open_ledger(place);
    gint64 day = G_GINT64_CONSTANT(24) * 3600 * G_USEC_PER_SEC;
    gint64 now = g_get_real_time();
    OvLedgerRecord old = example(place), young = example(place);
    for (guint i = 0; i < 700; i++) {
        old.time = now - 2 * day + i * 1000;
        old.id = ov_id_first_at(old.time);
        old.exempt = "account once-upon-a-time";
        add(ledger, &old);
    }
    assert_true(ov_ledger_add_action(ledger, old.id, "release", "root", NULL, NULL));
    for (guint i = 0; i < 50; i++) {
        young.time = now - day / 2 + i * 1000;
        young.id = ov_id_first_at(young.time);
        add(ledger, &young);
    }
    gint64 deadline = g_get_monotonic_time() + 20 * G_USEC_PER_SEC;
    while (ask(place->path, "SELECT count(*) FROM messages") > 50 &&
           g_get_monotonic_time() < deadline)
        g_usleep(50000);
    assert_int_equal(ask(place->path, "SELECT count(*) FROM messages"), 50);
    assert_int_equal(ask(place->path, "SELECT count(*) FROM hit_rows"), 100);
    assert_int_equal(ask(place->path, "SELECT count(*) FROM recipients"), 150);
    assert_int_equal(ask(place->path, "SELECT count(*) FROM actions"), 0);
    assert_null(find_one(ledger, place, old.id));
    assert_non_null(find_one(ledger, place, young.id)->verdict);
    ov_ledger_close(ledger);
}

static void test_texts_that_nothing_needs_leave_too(void **state) {
    Place *place = *state;
    settle(place, "retention = 1d\n");
    OvLedger *ledger = open_ledger(place);
    OvLedgerRecord old = example(place), young = example(place);
    old.time -= G_GINT64_CONSTANT(5) * 24 * 3600 * G_USEC_PER_SEC;
    old.id = ov_id_first_at(old.time);
    old.exempt = "account once-upon-a-time";
    add(ledger, &old);
    /* The words are as old as their message. */
    ov_ledger_close(ledger);
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(place->path, &db), SQLITE_OK);
    sqlite3_exec(db, "UPDATE words SET used = used - 5; UPDATE rules SET used = used - 5", NULL,
                 NULL, NULL);
    sqlite3_close(db);
    ledger = open_ledger(place);
    add(ledger, &young);
    gint64 deadline = g_get_monotonic_time() + 20 * G_USEC_PER_SEC;
    while (ask(place->path, "SELECT count(*) FROM words WHERE word LIKE '%once-upon%'") > 0 &&
           g_get_monotonic_time() < deadline)
        g_usleep(50000);
    assert_int_equal(ask(place->path, "SELECT count(*) FROM words WHERE word LIKE '%once%'"), 0);
    OvLedgerRecord next = example(place);
    add(ledger, &next);
    assert_string_equal(find_one(ledger, place, young.id)->verdict, "hold");
    assert_string_equal(find_one(ledger, place, next.id)->hits[0].rule, "SUBJ_ALL_CAPS");
    ov_ledger_close(ledger);
}

static void test_a_reader_stands_beside_the_writer(void **state) {
    const Place *place = *state;
    g_autoptr(GError) error = NULL;
    assert_null(ov_ledger_open_reader(place->settings, &error));
    assert_true(g_error_matches(error, OV_LEDGER_ERROR, OV_LEDGER_ERROR_OPEN));
    g_autoptr(OvLedger) ledger = open_ledger(place);
    g_autoptr(OvLedger) reader = ov_ledger_open_reader(place->settings, NULL);
    assert_non_null(reader);
    assert_false(ov_ledger_failing(reader));
    OvLedgerRecord record = example(place);
    add(ledger, &record);
    assert_non_null(find_one(reader, place, record.id));
}

static void test_actions_are_kept_in_order_from_writers_and_readers(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    OvLedgerRecord record = example(place);
    add(ledger, &record);
    g_autoptr(OvLedger) reader = ov_ledger_open_reader(place->settings, NULL);
    g_autoptr(GError) error = NULL;
    assert_true(ov_ledger_add_action(reader, record.id, "release", "root", "looked fine", &error));
    assert_true(ov_ledger_add_action(ledger, record.id, "delete", "ann", NULL, &error));
    guint n;
    OvLedgerAction *actions = ov_ledger_actions(reader, record.id, place->arena, &n, &error);
    assert_int_equal(n, 2);
    assert_string_equal(actions[0].action, "release");
    assert_string_equal(actions[0].operator_name, "root");
    assert_string_equal(actions[0].detail, "looked fine");
    assert_in_range(actions[0].time, g_get_real_time() - 60 * G_USEC_PER_SEC, g_get_real_time());
    assert_string_equal(actions[1].action, "delete");
    assert_null(actions[1].detail);
    assert_non_null(ov_ledger_actions(reader, 1, place->arena, &n, &error));
    assert_int_equal(n, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(test_what_was_added_is_read_back),
        TEST(test_a_record_of_nothing_but_an_id_is_kept),
        TEST(test_messages_are_found_newest_first),
        TEST(test_no_search_reads_the_whole_ledger),
        TEST(test_recipients_are_hashed_unless_they_are_to_be_kept),
        TEST(test_the_key_is_made_once_and_must_be_private),
        TEST(test_texts_are_bounded_and_valid),
        TEST(test_what_was_done_lately_is_known),
        TEST(test_64_threads_lose_nothing),
        TEST(test_the_same_record_may_be_handed_over_again),
        TEST(test_old_messages_leave_and_young_ones_stay),
        TEST(test_texts_that_nothing_needs_leave_too),
        TEST(test_a_reader_stands_beside_the_writer),
        TEST(test_actions_are_kept_in_order_from_writers_and_readers),
#undef TEST
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
