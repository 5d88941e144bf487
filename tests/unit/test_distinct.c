/* policy/limits/distinct.h against what it is told. */
#include "policy/limits/distinct.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const gint64 START = G_GINT64_CONSTANT(1795000000) * G_USEC_PER_SEC;
static const gint64 HOUR = G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC;
static const OvThings NONE = {NULL, 0};

static void see(OvDistinct *distinct, guint32 mark, gint64 now) {
    ov_distinct_see(distinct, OV_THING_DOMAINS, (OvThings){&mark, 1}, now);
}

static guint count(const OvDistinct *distinct, OvSpan span, gint64 now) {
    return ov_distinct_count(distinct, OV_THING_DOMAINS, span, NONE, now);
}

static void test_each_thing_counts_once_while_it_is_in_the_span(void **state) {
    (void)state;
    OvDistinct *distinct = ov_distinct_new();
    see(distinct, 1, START);
    see(distinct, 2, START + HOUR / 2);
    see(distinct, 1, START + HOUR / 2);
    assert_int_equal(count(distinct, OV_SPAN_HOUR, START + HOUR / 2), 2);
    assert_int_equal(count(distinct, OV_SPAN_MINUTE, START + HOUR), 0);
    assert_int_equal(count(distinct, OV_SPAN_HOUR, START + HOUR + HOUR / 4), 2);
    assert_int_equal(count(distinct, OV_SPAN_HOUR, START + 2 * HOUR), 0);
    assert_int_equal(count(distinct, OV_SPAN_DAY, START + 2 * HOUR), 2);
    assert_int_equal(ov_distinct_count(distinct, OV_THING_FAILED, OV_SPAN_DAY, NONE, START), 0);
    ov_distinct_free(distinct);
}

static void test_what_is_at_hand_counts_where_it_is_new(void **state) {
    (void)state;
    OvDistinct *distinct = ov_distinct_new();
    static const guint32 marks[] = {1, 2, 2, 3};
    see(distinct, 1, START);
    OvThings things = {marks, G_N_ELEMENTS(marks)};
    assert_int_equal(ov_distinct_count(distinct, OV_THING_DOMAINS, OV_SPAN_HOUR, things, START), 3);
    assert_int_equal(ov_distinct_count(NULL, OV_THING_DOMAINS, OV_SPAN_HOUR, things, START), 3);
    assert_int_equal(
        ov_distinct_count(distinct, OV_THING_DOMAINS, OV_SPAN_HOUR, things, START + 2 * HOUR), 3);
    ov_distinct_free(distinct);
}

static void test_of_too_many_the_longest_unseen_are_forgotten(void **state) {
    (void)state;
    OvDistinct *distinct = ov_distinct_new();
    guint most = ov_thing_most(OV_THING_DOMAINS);
    for (guint32 i = 0; i < most; i++)
        see(distinct, i, START);
    see(distinct, 0, START);
    see(distinct, most, START);
    assert_int_equal(count(distinct, OV_SPAN_DAY, START), most);
    static const guint32 kept = 0, gone = 1;
    assert_int_equal(
        ov_distinct_count(distinct, OV_THING_DOMAINS, OV_SPAN_DAY, (OvThings){&kept, 1}, START),
        most);
    assert_int_equal(
        ov_distinct_count(distinct, OV_THING_DOMAINS, OV_SPAN_DAY, (OvThings){&gone, 1}, START),
        most + 1);
    ov_distinct_free(distinct);
}

static void test_is_read_back(void **state) {
    (void)state;
    OvDistinct *distinct = ov_distinct_new(), *read = ov_distinct_new();
    for (guint32 i = 0; i < 10; i++)
        see(distinct, i * 1000003, START + i * HOUR);
    gint64 now = START + 9 * HOUR;
    g_autoptr(GByteArray) octets = ov_distinct_write(distinct, now);
    assert_true(ov_distinct_read(read, octets->data, octets->len));
    for (guint span = 0; span < OV_N_SPANS; span++)
        assert_int_equal(count(read, (OvSpan)span, now), count(distinct, (OvSpan)span, now));
    assert_false(ov_distinct_read(read, octets->data, octets->len - 1));
    octets->data[0] = OV_N_THINGS;
    assert_false(ov_distinct_read(read, octets->data, octets->len));
    assert_null(ov_distinct_write(distinct, now + 31 * 24 * HOUR));
    ov_distinct_free(distinct);
    ov_distinct_free(read);
}

static void test_marks_know_no_case(void **state) {
    (void)state;
    assert_int_equal(ov_thing_mark("Example.ORG", 11), ov_thing_mark("example.org", 11));
    assert_true(ov_thing_mark("example.org", 11) != ov_thing_mark("example.com", 11));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_thing_counts_once_while_it_is_in_the_span),
        cmocka_unit_test(test_what_is_at_hand_counts_where_it_is_new),
        cmocka_unit_test(test_of_too_many_the_longest_unseen_are_forgotten),
        cmocka_unit_test(test_is_read_back),
        cmocka_unit_test(test_marks_know_no_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
