/* Who wants no more mail: in memory, and recorded in the ledger. */
#include "tests/unit/ledger_place.h"

#include "policy/ledger/suppressions.h"

static const gint64 YESTERDAY = G_GINT64_CONSTANT(1795348800) * G_USEC_PER_SEC;
static const gint64 TODAY = G_GINT64_CONSTANT(1795435200) * G_USEC_PER_SEC;

/* --- In memory --- */

static void test_a_later_change_takes_the_place_of_an_earlier_one(void **state) {
    (void)state;
    g_autoptr(OvSuppressions) all = ov_suppressions_new();
    assert_true(ov_suppressions_empty(all));
    const OvSuppressed first[] = {{7, 70}, {3, 30}, {9, 90}, {3, 31}, {5, 50}, {5, 0}};
    ov_suppressions_change(all, first, G_N_ELEMENTS(first));
    const OvSuppressed second[] = {{1, 10}, {7, 0}, {9, 91}, {11, 0}, {12, 120}};
    ov_suppressions_change(all, second, G_N_ELEMENTS(second));
    static const OvSuppressed wanted[] = {{1, 10}, {3, 31}, {5, 0},    {7, 0},
                                          {9, 91}, {11, 0}, {12, 120}, {13, 0}};
    for (guint i = 0; i < G_N_ELEMENTS(wanted); i++)
        assert_int_equal(ov_suppressions_since(all, wanted[i].number), wanted[i].since);
    const OvSuppressed third[] = {{1, 0}, {3, 0}, {9, 0}, {12, 0}};
    ov_suppressions_change(all, third, G_N_ELEMENTS(third));
    assert_true(ov_suppressions_empty(all));
    ov_suppressions_change(all, NULL, 0);
}

static void test_many_are_told_apart(void **state) {
    (void)state;
    enum { MANY = 50000 };
    g_autoptr(OvSuppressions) all = ov_suppressions_new();
    g_autofree OvSuppressed *changes = g_new(OvSuppressed, MANY);
    for (guint i = 0; i < MANY; i++)
        changes[i] = (OvSuppressed){.number = (guint64)i * 7919 % 1000003, .since = i + 1};
    ov_suppressions_change(all, changes, MANY);
    for (guint i = 0; i < MANY; i++)
        assert_int_equal(ov_suppressions_since(all, changes[i].number), i + 1);
}

/* --- In the ledger --- */

static guint suppress(OvLedger *ledger, const char *sender, const char *recipient, gint64 since) {
    g_autoptr(GError) error = NULL;
    OvSuppression wish = {
        .sender = sender, .recipient = recipient, .since = since, .operator_name = "olga"};
    guint changed = 99;
    if (!ov_ledger_suppress(ledger, &wish, 1, &changed, &error))
        fail_msg("%s", error->message);
    return changed;
}

static gint64 since(OvLedger *reader, const char *sender, const char *recipient) {
    g_autoptr(GError) error = NULL;
    const OvHistory *history = ov_ledger_history(reader, &error);
    if (!history)
        fail_msg("%s", error->message);
    return history->suppressed(history->data, ov_slice(sender), recipient);
}

static void test_a_wish_holds_for_its_sender_and_recipient(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    assert_int_equal(suppress(ledger, "shop.example", "Ann@One.example", YESTERDAY), 1);
    assert_int_equal(suppress(ledger, "*", "bob@two.example", TODAY), 1);
    g_autoptr(OvLedger) reader = open_reader(place);
    assert_int_equal(since(reader, "shop.example", "ann@one.example"), YESTERDAY);
    assert_int_equal(since(reader, "Shop.Example", "ann@one.example"), YESTERDAY);
    assert_int_equal(since(reader, "other.example", "ann@one.example"), 0);
    assert_int_equal(since(reader, "shop.example", "anna@one.example"), 0);
    assert_int_equal(since(reader, "shop.example", "bob@two.example"), TODAY);
    assert_int_equal(since(reader, "", "bob@two.example"), TODAY);
}

static void test_of_two_wishes_the_earlier_counts(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    suppress(ledger, "shop.example", "ann@one.example", TODAY);
    suppress(ledger, "*", "ann@one.example", YESTERDAY);
    suppress(ledger, "shop.example", "bob@two.example", YESTERDAY);
    suppress(ledger, "*", "bob@two.example", TODAY);
    g_autoptr(OvLedger) reader = open_reader(place);
    assert_int_equal(since(reader, "shop.example", "ann@one.example"), YESTERDAY);
    assert_int_equal(since(reader, "shop.example", "bob@two.example"), YESTERDAY);
}

static void test_a_wish_told_again_keeps_its_time(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    assert_int_equal(suppress(ledger, "*", "ann@one.example", 0), 0); /* nothing to take back */
    assert_int_equal(suppress(ledger, "*", "ann@one.example", YESTERDAY), 1);
    assert_int_equal(suppress(ledger, "*", "ANN@one.example", TODAY), 0);
    g_autoptr(OvLedger) before = open_reader(place);
    assert_int_equal(since(before, "shop.example", "ann@one.example"), YESTERDAY);
    assert_int_equal(suppress(ledger, "*", "ann@one.example", 0), 1);
    g_autoptr(OvLedger) after = open_reader(place);
    assert_int_equal(since(after, "shop.example", "ann@one.example"), 0);
    assert_int_equal(suppress(ledger, "*", "ann@one.example", TODAY), 1);
}

static void test_the_list_has_what_is_in_force(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    suppress(ledger, "shop.example", "ann@one.example", YESTERDAY);
    suppress(ledger, "*", "bob@two.example", TODAY);
    suppress(ledger, "*", "ann@one.example", TODAY);
    suppress(ledger, "*", "bob@two.example", 0);
    guint n = 0;
    g_autoptr(GError) error = NULL;
    OvSuppression *found = ov_ledger_suppressions(ledger, NULL, place->arena, &n, &error);
    assert_non_null(found);
    assert_int_equal(n, 2);
    assert_string_equal(found[0].sender, "shop.example");
    assert_int_equal(found[0].since, YESTERDAY);
    assert_string_equal(found[0].operator_name, "olga");
    assert_string_equal(found[1].sender, "*");
    assert_string_equal(found[0].recipient, found[1].recipient);
    assert_null(strstr(found[0].recipient, "ann"));
    found = ov_ledger_suppressions(ledger, "bob@two.example", place->arena, &n, &error);
    assert_non_null(found);
    assert_int_equal(n, 0);
    found = ov_ledger_suppressions(ledger, "Ann@One.Example", place->arena, &n, &error);
    assert_non_null(found);
    assert_int_equal(n, 2);
    /* What was taken back is still there for auditors. */
    assert_int_equal(ask(place->path, "SELECT count(*) FROM suppressions"), 4);
}

static void test_a_process_beside_the_writer_records_them_too(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    g_autoptr(OvLedger) beside = open_reader(place);
    assert_int_equal(suppress(beside, "*", "ann@one.example", YESTERDAY), 1);
    g_autoptr(OvLedger) reader = open_reader(place);
    assert_int_equal(since(reader, "shop.example", "ann@one.example"), YESTERDAY);
}

static void test_a_key_that_is_not_there_is_not_made_by_who_reads(void **state) {
    const Place *place = *state;
    ov_ledger_close(open_ledger(place));
    g_remove(place->key);
    g_autoptr(OvLedger) reader = open_reader(place);
    g_autoptr(GError) error = NULL;
    assert_null(ov_ledger_history(reader, &error));
    assert_non_null(strstr(error->message, place->key));
    assert_false(g_file_test(place->key, G_FILE_TEST_EXISTS));
}

static void test_the_writer_knows_of_wishes_from_before_it_started(void **state) {
    const Place *place = *state;
    OvLedger *ledger = open_ledger(place);
    suppress(ledger, "*", "ann@one.example", YESTERDAY);
    ov_ledger_close(ledger);
    g_autoptr(OvLedger) next = open_ledger(place);
    while (ov_ledger_recalling(next))
        g_usleep(1000);
    assert_int_equal(since(next, "shop.example", "ann@one.example"), YESTERDAY);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_later_change_takes_the_place_of_an_earlier_one),
        cmocka_unit_test(test_many_are_told_apart),
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(test_a_wish_holds_for_its_sender_and_recipient),
        TEST(test_of_two_wishes_the_earlier_counts),
        TEST(test_a_wish_told_again_keeps_its_time),
        TEST(test_the_list_has_what_is_in_force),
        TEST(test_a_process_beside_the_writer_records_them_too),
        TEST(test_a_key_that_is_not_there_is_not_made_by_who_reads),
        TEST(test_the_writer_knows_of_wishes_from_before_it_started),
#undef TEST
    };
    return cmocka_run_group_tests_name("suppressions", tests, NULL, NULL);
}
