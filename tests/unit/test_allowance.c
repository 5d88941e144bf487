/* Who may send more or less than plans say: in the ledger, and in memory. */
#include "tests/unit/ledger_place.h"

#include "policy/limits/allowance.h"
#include "rules/init.h"

static const gint64 NOW = G_GINT64_CONSTANT(1795435200) * G_USEC_PER_SEC; /* 2026-11-23 12:00 UTC */
static const gint64 HOUR = G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC;

static const OvSubject SHOP = {OV_SUBJECT_ACCOUNT, "shop"};

static OvAllowanceRow mailing(const char *subject, gint64 time, gint64 until) {
    return (OvAllowanceRow){
        .time = time,
        .subject = subject,
        .kind = OV_ALLOWANCE_MAILING,
        .until = until,
        .recipients = 20000,
        .operator_name = "olga",
        .reason = "a 'reason'",
    };
}

static OvAllowanceRow easing(const char *subject, gint64 time, gint64 until) {
    OvAllowanceRow row = mailing(subject, time, until);
    row.kind = OV_ALLOWANCE_EASING;
    row.recipients = 100;
    row.span = "hour";
    return row;
}

static void record(OvLedger *ledger, const OvAllowanceRow *row) {
    g_autoptr(GError) error = NULL;
    if (!ov_ledger_add_allowance(ledger, row, &error))
        fail_msg("%s", error->message);
}

static void end(OvLedger *ledger, OvAllowanceRow row) {
    row.ended = TRUE;
    record(ledger, &row);
}

/* --- The ledger --- */

static guint n_in_force(const Place *place, OvLedger *ledger, gint64 now) {
    guint n = 99;
    assert_non_null(ov_ledger_allowances_in_force(ledger, now, place->arena, &n, NULL));
    return n;
}

static void test_the_last_row_of_a_subject_and_kind_tells_how_it_stands(void **state) {
    const Place *place = *state;
    gint64 last = -1;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    assert_true(ov_ledger_last_allowance(ledger, &last, NULL));
    assert_int_equal(last, 0);
    const OvAllowanceRow first = mailing("account:shop", NOW, NOW + 9 * HOUR),
                         second = mailing("account:shop", NOW + 1, NOW + HOUR),
                         eased = easing("account:shop", NOW, NOW + 3 * HOUR),
                         other = mailing("account:'; drop table allowances; --", NOW, NOW + HOUR);
    record(ledger, &first);
    record(ledger, &second);
    record(ledger, &eased);
    record(ledger, &other);
    end(ledger, other);
    assert_int_equal(n_in_force(place, ledger, NOW), 2);
    assert_int_equal(n_in_force(place, ledger, NOW + HOUR), 1);
    assert_int_equal(n_in_force(place, ledger, NOW + 3 * HOUR), 0);
    assert_true(ov_ledger_last_allowance(ledger, &last, NULL));
    assert_int_equal(last, 5);

    guint n = 0;
    const OvAllowanceRow *rows =
        ov_ledger_allowance_rows(ledger, "account:shop", 1, 10, place->arena, &n, NULL);
    assert_int_equal(n, 2);
    assert_int_equal(rows[0].until, NOW + HOUR);
    assert_int_equal(rows[0].recipients, 20000);
    assert_null(rows[0].span);
    assert_int_equal(rows[1].kind, OV_ALLOWANCE_EASING);
    assert_int_equal(rows[1].recipients, 100);
    assert_string_equal(rows[1].span, "hour");
    assert_string_equal(rows[1].operator_name, "olga");
    assert_string_equal(rows[1].reason, "a 'reason'");
    rows = ov_ledger_allowance_rows(ledger, NULL, 3, 1, place->arena, &n, NULL);
    assert_int_equal(n, 1);
    assert_string_equal(rows[0].subject, other.subject);
}

static void test_what_is_over_leaves_with_the_retention(void **state) {
    Place *place = *state;
    gint64 now = g_get_real_time();
    settle(place, "retention = 1d\n");
    OvLedger *ledger = open_ledger(place);
    const OvAllowanceRow over = mailing("account:over", now - 48 * HOUR, now - 47 * HOUR),
                         replaced = mailing("account:shop", now - 48 * HOUR, now + HOUR),
                         in_force = easing("account:shop", now - 48 * HOUR, now + HOUR),
                         just_now = mailing("account:shop", now - HOUR, now - HOUR / 2);
    record(ledger, &over);
    record(ledger, &replaced);
    record(ledger, &in_force);
    record(ledger, &just_now);
    OvLedgerRecord old = example(place);
    old.id = ov_id_first_at(now - 48 * HOUR);
    old.time = now - 48 * HOUR;
    add(ledger, &old);
    gint64 left = 4;
    for (guint i = 0; i < 100 && left > 2; i++) {
        g_usleep(G_USEC_PER_SEC / 10);
        left = ask(place->path, "SELECT count(*) FROM allowances");
    }
    ov_ledger_close(ledger);
    assert_int_equal(left, 2);
    assert_int_equal(ask(place->path, "SELECT count(*) FROM allowances WHERE id IN (3, 4)"), 2);
}

/* --- A list --- */

static void test_each_kind_is_found_by_its_subject_until_it_ends(void **state) {
    (void)state;
    const OvAllowanceRow rows[] = {
        mailing("account:shop", NOW, NOW + HOUR),
        easing("account:shop", NOW, NOW + 2 * HOUR),
        easing("egress:2001:db8:0::25", NOW, NOW + HOUR),
    };
    g_autoptr(OvAllowanceList) list = ov_allowance_list_new(rows, G_N_ELEMENTS(rows));
    assert_int_equal(ov_allowance_list_length(list), 3);
    const OvAllowance *found = ov_allowance_list_get(list, &SHOP, OV_ALLOWANCE_MAILING, NOW);
    assert_non_null(found);
    assert_int_equal(found->recipients, 20000);
    assert_int_equal(found->messages, 20000);
    found = ov_allowance_list_get(list, &SHOP, OV_ALLOWANCE_EASING, NOW + HOUR);
    assert_non_null(found);
    assert_int_equal(found->recipients, 100);
    assert_int_equal(found->span, OV_SPAN_HOUR);
    assert_null(ov_allowance_list_get(list, &SHOP, OV_ALLOWANCE_MAILING, NOW + HOUR));
    OvSubject egress = {OV_SUBJECT_EGRESS, "2001:db8::25"}, boss = {OV_SUBJECT_ACCOUNT, "boss"};
    assert_non_null(ov_allowance_list_get(list, &egress, OV_ALLOWANCE_EASING, NOW));
    assert_null(ov_allowance_list_get(list, &egress, OV_ALLOWANCE_MAILING, NOW));
    assert_null(ov_allowance_list_get(list, &boss, OV_ALLOWANCE_MAILING, NOW));
    assert_null(ov_allowance_list_get(NULL, &SHOP, OV_ALLOWANCE_MAILING, NOW));
    assert_true(ov_allowance_list_has(list, OV_SUBJECT_EGRESS));
    assert_false(ov_allowance_list_has(list, OV_SUBJECT_CLIENT));
    assert_false(ov_allowance_list_has(NULL, OV_SUBJECT_ACCOUNT));
}

static void test_what_mail_is_not_counted_by_has_no_allowance(void **state) {
    const Place *place = *state;
    OvAllowanceRow rows[] = {
        mailing("everything", NOW, NOW + HOUR),
        mailing("client:192.0.2.0/24", NOW, NOW + HOUR),
        mailing("egress:2001:db8::/64", NOW, NOW + HOUR),
        mailing("nonsense:x", NOW, NOW + HOUR),
        easing("account:shop", NOW, NOW + HOUR),
        easing("account:shop", NOW, NOW + HOUR),
    };
    rows[4].span = "fortnight";
    rows[5].span = NULL;
    OvAllowance allowance;
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        assert_false(ov_allowance_read(&allowance, &rows[i], place->arena));
    g_autoptr(OvAllowanceList) list = ov_allowance_list_new(rows, G_N_ELEMENTS(rows));
    assert_int_equal(ov_allowance_list_length(list), 0);
}

static void test_is_told_for_people(void **state) {
    const Place *place = *state;
    OvAllowanceRow row = mailing("account:shop", NOW, NOW + HOUR);
    OvAllowance allowance;
    assert_true(ov_allowance_read(&allowance, &row, place->arena));
    assert_string_equal(ov_allowance_text(&allowance, place->arena),
                        "20000 recipients more until 2026-11-23 13:00 UTC, by olga: a 'reason'");
    row.messages = 500;
    row.reason = NULL;
    assert_true(ov_allowance_read(&allowance, &row, place->arena));
    assert_string_equal(ov_allowance_text(&allowance, place->arena),
                        "20000 recipients and 500 messages more until 2026-11-23 13:00 UTC, by "
                        "olga");
    row = easing("account:shop", NOW, NOW + HOUR);
    assert_true(ov_allowance_read(&allowance, &row, place->arena));
    assert_string_equal(ov_allowance_text(&allowance, place->arena),
                        "100 recipients in an hour at most until 2026-11-23 13:00 UTC, by olga: a "
                        "'reason'");
}

/* --- The list in force --- */

static gboolean is_announced(OvAllowances *allowances) {
    g_autoptr(OvAllowanceList) list = ov_allowances_list(allowances);
    return ov_allowance_list_get(list, &SHOP, OV_ALLOWANCE_MAILING, g_get_real_time()) != NULL;
}

static void test_another_process_announces_and_ends(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    OvAllowances *allowances = ov_allowances_start(ledger);
    g_autoptr(OvLedger) other = ov_ledger_open_reader(place->settings, NULL);
    assert_null(ov_allowances_list(allowances));
    gint64 now = g_get_real_time();
    const OvAllowanceRow row = mailing("account:shop", now, now + HOUR);
    record(other, &row);
    assert_true(ov_allowances_refresh(allowances, NULL));
    assert_true(is_announced(allowances));
    assert_int_equal(logged_lines("state=begun kind=mailing what=account:shop recipients=20000"),
                     1);
    end(other, row);
    /* Nobody tells; the thread looks by itself. */
    for (guint i = 0; i < 100 && is_announced(allowances); i++)
        g_usleep(G_USEC_PER_SEC / 10);
    assert_false(is_announced(allowances));
    assert_int_equal(logged_lines("state=ended kind=mailing what=account:shop by=olga"), 1);
    ov_allowances_stop(allowances);
}

static void test_it_survives_a_restart_and_its_end_is_logged(void **state) {
    const Place *place = *state;
    gint64 now = g_get_real_time();
    OvLedger *ledger = open_ledger(place);
    const OvAllowanceRow row = mailing("account:shop", now, now + 2 * G_USEC_PER_SEC);
    record(ledger, &row);
    ov_ledger_close(ledger);
    ledger = open_ledger(place);
    OvAllowances *allowances = ov_allowances_start(ledger);
    g_autoptr(OvAllowanceList) list = ov_allowances_list(allowances);
    assert_int_equal(ov_allowance_list_length(list), 1);
    assert_int_equal(logged_lines("state=begun"), 0);
    for (guint i = 0; i < 100 && logged_lines("state=over kind=mailing what=account:shop") == 0;
         i++)
        g_usleep(G_USEC_PER_SEC / 10);
    assert_int_equal(logged_lines("state=over kind=mailing what=account:shop"), 1);
    assert_false(is_announced(allowances));
    ov_allowances_stop(allowances);
    ov_ledger_close(ledger);
}

int main(void) {
    ov_rules_init();
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(test_the_last_row_of_a_subject_and_kind_tells_how_it_stands),
        TEST(test_what_is_over_leaves_with_the_retention),
        TEST(test_each_kind_is_found_by_its_subject_until_it_ends),
        TEST(test_what_mail_is_not_counted_by_has_no_allowance),
        TEST(test_is_told_for_people),
        TEST(test_another_process_announces_and_ends),
        TEST(test_it_survives_a_restart_and_its_end_is_logged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
