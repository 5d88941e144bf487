/* Which logins sent a text lately, where there are many of them, and one that is hostile. */
#include "policy/ledger/shape_logins.h"

#include "rules/hash.h"
#include "rules/shape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* 2026-11-23 12:00:00 UTC */
static const gint64 NOON = G_GINT64_CONSTANT(1795435200) * G_USEC_PER_SEC;
static const gint64 SECOND = G_USEC_PER_SEC;
static const gint64 HOUR = G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC;

static int set_up(void **state) {
    *state = ov_shape_logins_new();
    return 0;
}

static int tear_down(void **state) {
    ov_shape_logins_free(*state);
    return 0;
}

static guint64 number(guint64 n) {
    return ov_hash_spread(n + 1);
}

/* Each is of an organisation of its own. */
static OvShapeLogin login_of(guint login) {
    return (OvShapeLogin){.name = number(login), .domain = (guint32)number(900000 + login)};
}

static void add(OvShapeLogins *logins, guint login, guint64 shape, gint64 time) {
    OvShapeLogin one = login_of(login);
    ov_shape_logins_add(logins, &one, shape, time);
}

/* As asked by a login that sent nothing else. */
static guint shared(OvShapeLogins *logins, guint64 shape, gint64 now) {
    OvShapeLogin other = login_of(777777);
    OvLogins found = ov_shape_logins_of(logins, &other, shape, now);
    assert_int_equal(found.logins, found.organisations);
    return found.logins - 1;
}

static void test_near_shapes_are_found_whichever_bits_differ(void **state) {
    guint64 shape = number(3);
    add(*state, 1, shape, NOON);
    for (guint turn = 0; turn < 10000; turn++) {
        guint64 other = shape;
        for (guint i = 0; i < OV_SHAPE_NEAR; i++)
            other ^= (guint64)1 << (number(turn * OV_SHAPE_NEAR + i) % 64);
        assert_int_equal(shared(*state, other, NOON), 1);
    }
    guint64 far = shape ^ 0xff; /* 8 bits of one band */
    assert_int_equal(shared(*state, far, NOON), 0);
}

static void test_a_hostile_login_takes_no_place_of_others(void **state) {
    enum { OTHERS = 2000, HOSTILE = 200000 };
    guint64 shape = number(3);
    for (guint i = 0; i < OTHERS; i++)
        add(*state, 10 + i, number(100 + i), NOON);
    for (guint i = 0; i < 3; i++)
        add(*state, 1 + i, shape, NOON);
    for (guint i = 0; i < HOSTILE; i++)
        add(*state, 5, number(100000 + i), NOON + SECOND);
    assert_int_equal(shared(*state, shape, NOON + 2 * SECOND), 3);
    guint known = 0;
    for (guint i = 0; i < OTHERS; i++)
        known += shared(*state, number(100 + i), NOON + 2 * SECOND) == 1;
    assert_int_equal(known, OTHERS);
    /* Nor is much kept of it. */
    guint kept = 0;
    for (guint i = 0; i < HOSTILE; i++)
        kept += shared(*state, number(100000 + i), NOON + 2 * SECOND);
    assert_int_equal(kept, 8);
}

static void test_what_was_sent_last_is_kept_of_a_login(void **state) {
    for (guint i = 0; i < 20; i++) {
        add(*state, 1, number(100 + i), NOON + i * SECOND);
        add(*state, 1, number(99), NOON + i * SECOND); /* between them, again and again */
    }
    assert_int_equal(shared(*state, number(119), NOON + 20 * SECOND), 1);
    assert_int_equal(shared(*state, number(99), NOON + 20 * SECOND), 1);
    assert_int_equal(shared(*state, number(100), NOON + 20 * SECOND), 0);
}

static void test_what_is_told_late_takes_no_place_of_what_is_newer(void **state) {
    for (guint i = 0; i < 20; i++)
        add(*state, 1, number(119 - i), NOON + (20 - i) * SECOND);
    for (guint i = 0; i < 20; i++)
        assert_int_equal(shared(*state, number(100 + i), NOON + 20 * SECOND), i >= 12);
}

static void test_more_logins_than_it_can_know_leave_the_latest(void **state) {
    enum { LOGINS = 200000, LAST = 5000 };
    for (guint i = 0; i < LOGINS; i++)
        add(*state, i, number(i), NOON + i * SECOND / 100);
    guint known = 0;
    for (guint i = LOGINS - LAST; i < LOGINS; i++)
        known += shared(*state, number(i), NOON + LOGINS * SECOND / 100);
    assert_int_equal(known, LAST);
}

static void test_of_countless_logins_of_one_text_some_are_told(void **state) {
    for (guint i = 0; i < 1000; i++)
        add(*state, i, number(3), NOON);
    assert_int_equal(shared(*state, number(3), NOON), OV_SHAPE_LOGINS_MOST - 1);
}

static void test_days_leave_nothing_behind(void **state) {
    for (guint i = 0; i < 100000; i++)
        add(*state, i % 3000, number(i), NOON + i * 60 * SECOND);
    gint64 now = NOON + 100000 * 60 * SECOND;
    for (guint i = 0; i < 100000; i++)
        assert_int_equal(shared(*state, number(i), now), i >= 100000 - 60);
    assert_int_equal(shared(*state, number(99999), now + HOUR), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(test_near_shapes_are_found_whichever_bits_differ),
        TEST(test_a_hostile_login_takes_no_place_of_others),
        TEST(test_what_was_sent_last_is_kept_of_a_login),
        TEST(test_what_is_told_late_takes_no_place_of_what_is_newer),
        TEST(test_more_logins_than_it_can_know_leave_the_latest),
        TEST(test_of_countless_logins_of_one_text_some_are_told),
        TEST(test_days_leave_nothing_behind),
#undef TEST
    };
    return cmocka_run_group_tests_name("logins of a shape", tests, NULL, NULL);
}
