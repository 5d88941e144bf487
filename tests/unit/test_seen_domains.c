/* Domains that sent lately, and the selectors that signed their mail. */
#include "tests/unit/ledger_place.h"

#include "policy/seen_domains.h"

static const gint64 DAY = G_GINT64_CONSTANT(24) * 3600 * G_USEC_PER_SEC;

static void send_one(const Place *place, OvLedger *ledger, const char *domain,
                     const char *selector) {
    OvLedgerRecord record = example(place);
    record.organisation = domain;
    record.departed = TRUE;
    if (selector) {
        record.auth.dkim = "pass";
        record.auth.dkim_domain = domain;
        record.auth.dkim_selector = selector;
    }
    add(ledger, &record);
}

static void run(const Place *place, const char *sql) {
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(place->path, &db), SQLITE_OK);
    sqlite3_busy_timeout(db, 5000);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void test_whoever_sent_most_comes_first(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    send_one(place, ledger, "shop.example", NULL);
    for (guint i = 0; i < 3; i++)
        send_one(place, ledger, "club.example", NULL);
    for (guint i = 0; i < 2; i++)
        send_one(place, ledger, "house.example", NULL);
    guint n, n_all;
    const OvSeenDomain *seen =
        ov_seen_domains(ledger, g_get_real_time(), OV_SEEN_ALL, 2, place->arena, &n, &n_all, NULL);
    assert_non_null(seen);
    assert_int_equal(n, 2);
    assert_int_equal(n_all, 3);
    assert_string_equal(seen[0].domain, "club.example");
    assert_int_equal(seen[0].messages, 3);
    assert_string_equal(seen[1].domain, "house.example");
}

static void test_held_mail_can_be_left_out(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    send_one(place, ledger, "shop.example", NULL);
    OvLedgerRecord held = example(place);
    held.organisation = "forged.example";
    add(ledger, &held);
    guint n, n_all;
    gint64 now = g_get_real_time();
    assert_non_null(ov_seen_domains(ledger, now, OV_SEEN_ALL, 10, place->arena, &n, &n_all, NULL));
    assert_int_equal(n, 2);
    const OvSeenDomain *seen =
        ov_seen_domains(ledger, now, OV_SEEN_DEPARTED, 10, place->arena, &n, &n_all, NULL);
    assert_int_equal(n, 1);
    assert_string_equal(seen[0].domain, "shop.example");
}

static void test_mail_of_a_week_ago_is_not_lately(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    send_one(place, ledger, "shop.example", "s1");
    gint64 now = g_get_real_time();
    guint n, n_all;
    assert_non_null(
        ov_seen_domains(ledger, now + 8 * DAY, OV_SEEN_ALL, 10, place->arena, &n, &n_all, NULL));
    assert_int_equal(n, 0);
    const char *const *selectors =
        ov_seen_selectors(ledger, now + 8 * DAY, "shop.example", place->arena, NULL);
    assert_null(selectors[0]);
}

static void test_selectors_are_those_of_the_domain_itself(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    send_one(place, ledger, "shop.example", "old");
    run(place, "UPDATE words SET used = used - 1");
    send_one(place, ledger, "shop.example", "s2026");
    send_one(place, ledger, "news.shop.example", "other");
    send_one(place, ledger, "club.example", "third");
    const char *const *selectors =
        ov_seen_selectors(ledger, g_get_real_time(), "Shop.Example", place->arena, NULL);
    assert_string_equal(selectors[0], "s2026");
    assert_string_equal(selectors[1], "old");
    assert_null(selectors[2]);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_whoever_sent_most_comes_first),
        TEST(test_held_mail_can_be_left_out),
        TEST(test_mail_of_a_week_ago_is_not_lately),
        TEST(test_selectors_are_those_of_the_domain_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
