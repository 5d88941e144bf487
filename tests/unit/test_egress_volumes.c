/* What leaves by each egress address in 24 hours. */
#include "policy/ledger/egress_volumes.h"

#include "rules/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const gint64 HOUR = G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC;
static const gint64 NOW = G_GINT64_CONSTANT(1795435200) * G_USEC_PER_SEC;

static int set_up(void **state) {
    *state = ov_egress_volumes_new();
    return 0;
}

static int tear_down(void **state) {
    ov_egress_volumes_free(*state);
    return 0;
}

static guint64 number(guint64 n) {
    return ov_hash_spread(n + 1);
}

static void add(OvEgressVolumes *volumes, guint egress, guint sender, OvStream stream,
                guint recipients, gint64 time) {
    OvFingerprint fingerprint = {
        .sender = number(1000 + sender),
        .stream = stream,
        .egress = egress ? number(egress) : 0,
    };
    ov_egress_volumes_add(volumes, &fingerprint, recipients, time);
}

static OvEgressMail mail_of(OvEgressVolumes *volumes, guint egress, guint sender, gint64 now) {
    return ov_egress_volumes_of(volumes, number(egress), number(1000 + sender), now);
}

static void test_streams_are_counted_by_address(void **state) {
    add(*state, 1, 1, OV_STREAM_BULK, 300, NOW);
    add(*state, 1, 2, OV_STREAM_TRANSACTIONAL, 1, NOW);
    add(*state, 1, 2, OV_STREAM_NONE, 50, NOW);
    add(*state, 2, 1, OV_STREAM_BULK, 20, NOW);
    add(*state, 0, 1, OV_STREAM_BULK, 7000, NOW); /* by one of several */
    OvEgressMail mail = mail_of(*state, 1, 1, NOW);
    assert_int_equal(mail.bulk, 300);
    assert_int_equal(mail.transactional, 1);
    assert_int_equal(mail_of(*state, 2, 1, NOW).bulk, 20);
    assert_int_equal(mail_of(*state, 2, 1, NOW).transactional, 0);
    assert_int_equal(mail_of(*state, 3, 1, NOW).bulk, 0);
}

static void test_a_day_is_seen_and_no_more(void **state) {
    add(*state, 1, 1, OV_STREAM_BULK, 100, NOW);
    add(*state, 1, 1, OV_STREAM_BULK, 10, NOW + HOUR);
    assert_int_equal(mail_of(*state, 1, 1, NOW + 23 * HOUR).bulk, 110);
    assert_int_equal(mail_of(*state, 1, 1, NOW + 24 * HOUR).bulk, 10);
    assert_int_equal(mail_of(*state, 1, 1, NOW + 24 * HOUR).own, 10);
    assert_int_equal(mail_of(*state, 1, 2, NOW + 25 * HOUR).other, 0);
}

static void test_a_senders_own_is_told_from_the_largest_other(void **state) {
    add(*state, 1, 1, OV_STREAM_BULK, 100, NOW);
    add(*state, 1, 2, OV_STREAM_BULK, 40, NOW);
    add(*state, 1, 3, OV_STREAM_BULK, 70, NOW);
    add(*state, 1, 4, OV_STREAM_TRANSACTIONAL, 900, NOW);
    add(*state, 2, 5, OV_STREAM_BULK, 800, NOW);
    OvEgressMail first = mail_of(*state, 1, 1, NOW), third = mail_of(*state, 1, 3, NOW);
    assert_int_equal(first.own, 100);
    assert_int_equal(first.other, 70);
    assert_int_equal(third.own, 70);
    assert_int_equal(third.other, 100);
    assert_int_equal(mail_of(*state, 1, 4, NOW).own, 0);
}

static void test_two_that_grow_are_found_among_many_small_ones(void **state) {
    for (guint round = 0; round < 20; round++)
        for (guint sender = 0; sender < 500; sender++)
            add(*state, 1, sender, OV_STREAM_BULK, sender == 300 || sender == 400 ? 60 : 2, NOW);
    assert_int_equal(mail_of(*state, 1, 300, NOW).own, 1200);
    assert_int_equal(mail_of(*state, 1, 300, NOW).other, 1200);
    assert_int_equal(mail_of(*state, 1, 7, NOW).own, 40);
    assert_int_equal(mail_of(*state, 1, 7, NOW).other, 1200);
}

static void test_those_of_yesterday_make_room(void **state) {
    for (guint sender = 0; sender < 20; sender++)
        add(*state, 1, sender, OV_STREAM_BULK, 5000, NOW);
    add(*state, 1, 30, OV_STREAM_BULK, 10, NOW + 30 * HOUR);
    add(*state, 1, 31, OV_STREAM_BULK, 20, NOW + 30 * HOUR);
    assert_int_equal(mail_of(*state, 1, 30, NOW + 30 * HOUR).other, 20);
    assert_int_equal(mail_of(*state, 1, 31, NOW + 30 * HOUR).other, 10);
    assert_int_equal(mail_of(*state, 1, 31, NOW + 30 * HOUR).bulk, 30);
}

static void test_countless_senders_and_addresses_leave_the_large_ones(void **state) {
    for (guint i = 0; i < 200000; i++) {
        if (i % 10 == 0) {
            add(*state, 1, 1, OV_STREAM_BULK, 10, NOW);
            add(*state, 1, 2, OV_STREAM_BULK, 5, NOW);
        }
        add(*state, 2 + i % 50000, 10 + i, OV_STREAM_BULK, 1, NOW);
    }
    OvEgressMail mail = mail_of(*state, 1, 1, NOW);
    assert_int_equal(mail.own, 200000);
    assert_int_equal(mail.other, 100000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(test_streams_are_counted_by_address),
        TEST(test_a_day_is_seen_and_no_more),
        TEST(test_a_senders_own_is_told_from_the_largest_other),
        TEST(test_two_that_grow_are_found_among_many_small_ones),
        TEST(test_those_of_yesterday_make_room),
        TEST(test_countless_senders_and_addresses_leave_the_large_ones),
#undef TEST
    };
    return cmocka_run_group_tests_name("volumes by egress address", tests, NULL, NULL);
}
