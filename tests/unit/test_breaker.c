#include "rules/auth/breaker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const gint64 second = G_USEC_PER_SEC;

static void fail_times(OvBreaker *breaker, guint times) {
    for (guint i = 0; i < times; i++)
        ov_breaker_failed(breaker);
}

static void test_a_row_of_failures_alone_takes_nothing_down(void **state) {
    (void)state;
    OvBreaker breaker = {0};
    fail_times(&breaker, 4);
    assert_false(ov_breaker_begin_probe(&breaker, 10 * second));
    fail_times(&breaker, 100);
    assert_true(ov_breaker_begin_probe(&breaker, 10 * second));
    assert_false(ov_breaker_begin_probe(&breaker, 20 * second));
    assert_false(breaker.down);
    ov_breaker_answered(&breaker);
    fail_times(&breaker, 4);
    assert_false(ov_breaker_begin_probe(&breaker, 30 * second));
}

static void test_domains_that_fail_one_after_another_make_no_probe_each(void **state) {
    (void)state;
    OvBreaker breaker = {0};
    fail_times(&breaker, 5);
    assert_true(ov_breaker_begin_probe(&breaker, 10 * second));
    ov_breaker_answered(&breaker);
    fail_times(&breaker, 5);
    assert_false(ov_breaker_begin_probe(&breaker, 10 * second + 1));
    assert_int_equal(ov_breaker_next(&breaker), 11 * second);
    assert_true(ov_breaker_begin_probe(&breaker, 11 * second));
}

static void test_a_failed_probe_takes_it_down_until_anything_is_answered(void **state) {
    (void)state;
    OvBreaker breaker = {0};
    fail_times(&breaker, 5);
    assert_true(ov_breaker_begin_probe(&breaker, 10 * second));
    ov_breaker_probe_failed(&breaker, 12 * second);
    assert_true(breaker.down);
    ov_breaker_answered(&breaker);
    assert_false(breaker.down);
    assert_true(ov_breaker_next(&breaker) == G_MAXINT64);
}

static void test_a_probe_that_fails_after_an_answer_came_says_nothing(void **state) {
    (void)state;
    OvBreaker breaker = {0};
    fail_times(&breaker, 5);
    assert_true(ov_breaker_begin_probe(&breaker, 10 * second));
    ov_breaker_answered(&breaker);
    ov_breaker_probe_failed(&breaker, 12 * second);
    assert_false(breaker.down);
}

static void test_probes_go_on_at_growing_distances_within_a_bound(void **state) {
    (void)state;
    OvBreaker breaker = {0};
    fail_times(&breaker, 5);
    gint64 now = 10 * second, last = 0;
    assert_true(ov_breaker_begin_probe(&breaker, now));
    ov_breaker_probe_failed(&breaker, now);
    for (guint i = 0; i < 20; i++) {
        gint64 pause = ov_breaker_next(&breaker) - now;
        assert_true(pause >= last && pause <= 30 * second);
        assert_false(ov_breaker_begin_probe(&breaker, now + pause - 1));
        now += pause;
        last = pause;
        assert_true(ov_breaker_begin_probe(&breaker, now));
        ov_breaker_probe_failed(&breaker, now);
    }
    assert_true(last == 30 * second);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_row_of_failures_alone_takes_nothing_down),
        cmocka_unit_test(test_domains_that_fail_one_after_another_make_no_probe_each),
        cmocka_unit_test(test_a_failed_probe_takes_it_down_until_anything_is_answered),
        cmocka_unit_test(test_a_probe_that_fails_after_an_answer_came_says_nothing),
        cmocka_unit_test(test_probes_go_on_at_growing_distances_within_a_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
