/* What the ledger answers of earlier mail: what was recorded, also by an earlier process. */
#include "tests/unit/ledger_place.h"

#include "policy/ledger/fingerprint.h"
#include "rules/hash.h"

static const OvFingerprint FINGERPRINT = {
    .sender = 0x1122334455667788,
    .from = 0x2233445566778899,
    .shape = 0x33445566778899aa,
    .message_id = 0x445566778899aabb,
    .body = 0x5566778899aabbcc,
    .unsubscribe = 0x66778899aabbccdd,
    .stream = OV_STREAM_TRANSACTIONAL,
    .egress = 0x778899aabbccddee,
};

static const OvHistory *history_of(OvLedger *ledger) {
    g_autoptr(GError) error = NULL;
    while (ov_ledger_recalling(ledger))
        g_usleep(1000);
    const OvHistory *history = ov_ledger_history(ledger, &error);
    if (!history)
        fail_msg("%s", error->message);
    return history;
}

/* The key of the recipients' hashes is another one in each run, and two of three recipients may
 * mark one of 256 places: once in 85 runs they count as two. */
static void assert_recipients(guint found, guint recipients) {
    assert_in_range(found, recipients > 0 ? recipients - 1 : 0, recipients);
}

static void assert_known(const OvHistory *history, guint recipients) {
    const OvFingerprint *f = &FINGERPRINT;
    gint64 now = g_get_real_time();
    OvSeen seen = history->shape(history->data, f->sender, f->shape, now);
    assert_int_equal(seen.messages, recipients > 0);
    assert_recipients(seen.recipients, recipients);
    seen = history->unsubscribe(history->data, f->unsubscribe, now);
    assert_recipients(seen.recipients, recipients);
    assert_int_equal(history->other_body(history->data, f->message_id, ~f->body, now),
                     recipients > 0);
    assert_false(history->other_body(history->data, f->message_id, f->body, now));
    assert_int_equal(history->streams(history->data, f->from, now),
                     recipients > 0 ? OV_STREAM_TRANSACTIONAL : OV_STREAM_NONE);
    OvEgressMail mail = history->egress(history->data, f->egress, f->sender, now);
    assert_int_equal(mail.transactional, recipients);
    OvLogins logins = history->logins(history->data, "other@login.example", 1, f->shape, now);
    assert_int_equal(logins.logins, recipients > 0 ? 2 : 1);
}

static void test_what_was_recorded_is_known(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    assert_known(history_of(ledger), 0);
    OvLedgerRecord record = example(place);
    record.fingerprint = &FINGERPRINT;
    add(ledger, &record);
    assert_known(history_of(ledger), 3);
}

static void test_it_is_known_to_the_next_process_too(void **state) {
    const Place *place = *state;
    OvLedger *ledger = open_ledger(place);
    OvLedgerRecord record = example(place);
    record.fingerprint = &FINGERPRINT;
    add(ledger, &record);
    ov_ledger_close(ledger);
    g_autoptr(OvLedger) next = open_ledger(place);
    assert_known(history_of(next), 3);
    g_autoptr(GError) error = NULL;
    g_autoptr(OvLedger) reader = ov_ledger_open_reader(place->settings, &error);
    assert_non_null(reader);
    assert_known(history_of(reader), 3);
}

static void test_mail_that_was_not_taken_is_no_earlier_mail(void **state) {
    const Place *place = *state;
    OvLedger *ledger = open_ledger(place);
    OvLedgerRecord record = example(place);
    add(ledger, &record);
    assert_known(history_of(ledger), 0);
    ov_ledger_close(ledger);
    g_autoptr(OvLedger) next = open_ledger(place);
    assert_known(history_of(next), 0);
}

static void test_old_mail_is_known_by_its_message_id_for_7_days(void **state) {
    const Place *place = *state;
    static const gint64 DAY = G_GINT64_CONSTANT(24) * 3600 * G_USEC_PER_SEC;
    gint64 now = g_get_real_time();
    OvLedger *ledger = open_ledger(place);
    for (gint days = 2; days <= 8; days += 6) {
        OvFingerprint fingerprint = FINGERPRINT;
        fingerprint.message_id = ov_hash_spread((guint64)days);
        OvLedgerRecord record = example(place);
        record.time = now - days * DAY;
        record.id = ov_id_first_at(record.time) + 1;
        record.fingerprint = &fingerprint;
        add(ledger, &record);
    }
    ov_ledger_close(ledger);
    g_autoptr(OvLedger) next = open_ledger(place);
    const OvHistory *history = history_of(next);
    assert_true(history->other_body(history->data, ov_hash_spread(2), 1, now));
    assert_false(history->other_body(history->data, ov_hash_spread(8), 1, now));
    OvSeen seen = history->shape(history->data, FINGERPRINT.sender, FINGERPRINT.shape, now);
    assert_int_equal(seen.messages, 0);
}

static void test_more_rows_than_one_step_are_filled_in(void **state) {
    const Place *place = *state;
    enum { ROWS = 1200 };
    OvLedger *ledger = open_ledger(place);
    for (guint i = 0; i < ROWS; i++) {
        OvFingerprint fingerprint = FINGERPRINT;
        fingerprint.message_id = ov_hash_spread(i + 1);
        OvLedgerRecord record = example(place);
        record.fingerprint = &fingerprint;
        add(ledger, &record);
    }
    ov_ledger_close(ledger);
    g_autoptr(OvLedger) next = open_ledger(place);
    const OvHistory *history = history_of(next);
    gint64 now = g_get_real_time();
    for (guint i = 0; i < ROWS; i++)
        assert_true(history->other_body(history->data, ov_hash_spread(i + 1), 1, now));
}

static void test_fingerprints_of_earlier_versions_are_read(void **state) {
    (void)state;
    enum { WITHOUT_EGRESS = 49 };
    guint8 octets[OV_FINGERPRINT_SIZE];
    OvFingerprint read;
    ov_fingerprint_write(&FINGERPRINT, octets);
    assert_true(ov_fingerprint_read(octets, sizeof octets, &read));
    assert_int_equal(read.egress, FINGERPRINT.egress);
    assert_true(ov_fingerprint_read(octets, WITHOUT_EGRESS, &read));
    assert_int_equal(read.egress, 0);
    assert_int_equal(read.unsubscribe, FINGERPRINT.unsubscribe);
    assert_int_equal(read.stream, FINGERPRINT.stream);
    for (gsize length = 0; length < sizeof octets; length++)
        assert_int_equal(ov_fingerprint_read(octets, length, &read), length == WITHOUT_EGRESS);
}

static void test_a_ledger_that_closes_while_it_fills_waits_for_nobody(void **state) {
    const Place *place = *state;
    for (guint i = 0; i < 20; i++)
        ov_ledger_close(open_ledger(place));
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(test_what_was_recorded_is_known),
        TEST(test_it_is_known_to_the_next_process_too),
        TEST(test_mail_that_was_not_taken_is_no_earlier_mail),
        TEST(test_old_mail_is_known_by_its_message_id_for_7_days),
        TEST(test_more_rows_than_one_step_are_filled_in),
        TEST(test_fingerprints_of_earlier_versions_are_read),
        TEST(test_a_ledger_that_closes_while_it_fills_waits_for_nobody),
#undef TEST
    };
    return cmocka_run_group_tests_name("the ledger's history", tests, NULL, NULL);
}
