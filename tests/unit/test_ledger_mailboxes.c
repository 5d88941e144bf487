/* What the ledger keeps of mailboxes that mail servers were asked for. */
#include "tests/unit/ledger_place.h"

static const gint64 DAY = G_GINT64_CONSTANT(24) * 3600 * G_USEC_PER_SEC;

static void put(OvLedger *ledger, const char *address, OvMailboxState state, const char *answer,
                gint64 checked) {
    OvLedgerMailbox mailbox = {address, state, answer, checked - DAY, checked};
    g_autoptr(GError) error = NULL;
    if (!ov_ledger_put_mailbox(ledger, &mailbox, &error))
        fail_msg("%s", error->message);
}

static OvLedgerMailbox *all(OvLedger *ledger, const Place *place, guint *n) {
    g_autoptr(GError) error = NULL;
    OvLedgerMailbox *mailboxes = ov_ledger_mailboxes(ledger, place->arena, n, &error);
    if (!mailboxes)
        fail_msg("%s", error->message);
    return mailboxes;
}

static void test_what_was_told_last_is_kept(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    put(ledger, "postmaster@club.example", OV_MAILBOX_ACCEPTED, "", 100 * DAY);
    put(ledger, "abuse@club.example", OV_MAILBOX_UNKNOWN, "451 later", 100 * DAY);
    put(ledger, "abuse@club.example", OV_MAILBOX_REFUSED, "550 no", 101 * DAY);
    guint n;
    const OvLedgerMailbox *kept = all(ledger, place, &n);
    assert_int_equal(n, 2);
    assert_string_equal(kept[0].address, "abuse@club.example");
    assert_int_equal(kept[0].state, OV_MAILBOX_REFUSED);
    assert_string_equal(kept[0].answer, "550 no");
    assert_true(kept[0].since == 100 * DAY && kept[0].checked == 101 * DAY);
    assert_string_equal(kept[1].address, "postmaster@club.example");
    assert_int_equal(kept[1].state, OV_MAILBOX_ACCEPTED);
}

static void test_whom_nobody_asks_for_any_more_is_forgotten(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    put(ledger, "abuse@gone.example", OV_MAILBOX_ACCEPTED, "", 100 * DAY);
    put(ledger, "abuse@club.example", OV_MAILBOX_ACCEPTED, "", 160 * DAY);
    guint n;
    all(ledger, place, &n);
    assert_int_equal(n, 2);
    put(ledger, "abuse@club.example", OV_MAILBOX_ACCEPTED, "", 161 * DAY);
    const OvLedgerMailbox *kept = all(ledger, place, &n);
    assert_int_equal(n, 1);
    assert_string_equal(kept[0].address, "abuse@club.example");
}

static void test_it_is_there_after_a_restart(void **state) {
    const Place *place = *state;
    ov_ledger_close(open_ledger(place));
    OvLedger *ledger = open_ledger(place);
    put(ledger, "abuse@club.example", OV_MAILBOX_REFUSED, "550 no", 100 * DAY);
    ov_ledger_close(ledger);
    g_autoptr(OvLedger) again = open_ledger(place);
    guint n;
    all(again, place, &n);
    assert_int_equal(n, 1);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_what_was_told_last_is_kept),
        TEST(test_whom_nobody_asks_for_any_more_is_forgotten),
        TEST(test_it_is_there_after_a_restart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
