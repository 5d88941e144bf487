/* policy/limits/meter.h against a naive list of everything that was added. */
#include "policy/limits/meter.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const gint64 START = G_GINT64_CONSTANT(1795000000) * G_USEC_PER_SEC;

typedef struct {
    gint64 time;
    OvAmounts amounts;
} Event;

static OvAmounts one(void) {
    return (OvAmounts){{1, 1, 2000}};
}

/* What the naive list has in a span that is longer by part of its length. */
static guint64 naive(const GArray *events, OvAmount amount, gint64 length, gint64 now) {
    guint64 sum = 0;
    for (guint i = 0; i < events->len; i++) {
        const Event *event = &g_array_index(events, Event, i);
        if (now - event->time < length)
            sum += event->amounts.of[amount];
    }
    return sum;
}

static void check_against(const OvMeter *meter, const GArray *events, gint64 now) {
    OvAmounts sums[OV_N_SPANS] = {{{0}}};
    ov_meter_sum(meter, now, sums);
    for (guint span = 0; span < OV_N_SPANS; span++)
        for (guint amount = 0; amount < OV_N_AMOUNTS; amount++) {
            gint64 length = ov_span_length((OvSpan)span);
            gint64 tick = G_USEC_PER_SEC / 4;
            guint64 sum = sums[span].of[amount];
            /* Never early but for the unit of time, late by a hundredth at most. */
            assert_true(sum >= naive(events, (OvAmount)amount, length - tick, now));
            assert_true(sum <=
                        naive(events, (OvAmount)amount, length + length / 100 + 2 * tick, now));
        }
}

static void test_is_as_exact_as_promised(void **state) {
    (void)state;
    for (guint32 seed = 1; seed <= 12; seed++) {
        g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
        g_autoptr(GArray) events = g_array_new(FALSE, FALSE, sizeof(Event));
        OvMeter meter = {.octets = NULL};
        gint64 now = START;
        gdouble pace = g_rand_double_range(rand, 0, 4.5); /* up to some 9 hours between two */
        for (guint i = 0; i < 1500; i++) {
            gdouble seconds = pow(10, g_rand_double_range(rand, -2, pace));
            now += (gint64)(seconds * G_USEC_PER_SEC);
            Event event = {now, {{1}}};
            event.amounts.of[OV_AMOUNT_RECIPIENTS] = (guint64)g_rand_int_range(rand, 1, 500);
            event.amounts.of[OV_AMOUNT_OCTETS] = g_rand_int(rand);
            event.amounts.of[OV_AMOUNT_BOUNCED] = (guint64)g_rand_int_range(rand, 0, 2);
            ov_meter_add(&meter, &event.amounts, now);
            g_array_append_val(events, event);
            if (i % 50 == 0)
                ov_meter_compact(&meter, now);
            if (i % 25 == 0)
                check_against(&meter, events, now);
        }
        check_against(&meter, events, now + 20 * G_USEC_PER_SEC);
        ov_meter_clear(&meter);
    }
}

static void test_joining_again_and_again_adds_no_error(void **state) {
    (void)state;
    g_autoptr(GArray) events = g_array_new(FALSE, FALSE, sizeof(Event));
    OvMeter meter = {.octets = NULL};
    gint64 now = START;
    for (guint i = 0; i < 4000; i++) {
        Event event = {now, one()};
        ov_meter_add(&meter, &event.amounts, now);
        ov_meter_compact(&meter, now);
        g_array_append_val(events, event);
        now += 13 * G_USEC_PER_SEC;
        if (i % 100 == 0)
            check_against(&meter, events, now);
    }
    ov_meter_clear(&meter);
}

static void test_a_busy_month_takes_few_octets(void **state) {
    (void)state;
    OvMeter meter = {.octets = NULL};
    OvAmounts amounts = {{1, 3, 45000}};
    for (guint32 second = 0; second < 31 * 24 * 3600; second += 5)
        ov_meter_add(&meter, &amounts, START + (gint64)second * G_USEC_PER_SEC);
    assert_true(meter.capacity < 16 * 1024);
    ov_meter_clear(&meter);
}

static void test_what_is_over_is_forgotten(void **state) {
    (void)state;
    OvMeter meter = {.octets = NULL};
    OvAmounts amounts = one();
    assert_true(ov_meter_is_over(&meter, START));
    ov_meter_add(&meter, &amounts, START);
    gint64 month = ov_span_length(OV_SPAN_MONTH);
    assert_false(ov_meter_is_over(&meter, START + month - G_USEC_PER_SEC));
    assert_true(ov_meter_is_over(&meter, START + month));
    ov_meter_compact(&meter, START + month);
    assert_int_equal(meter.used, 0);
    ov_meter_clear(&meter);
}

static void test_a_clock_set_back_loses_and_doubles_nothing(void **state) {
    (void)state;
    OvMeter meter = {.octets = NULL};
    OvAmounts amounts = one();
    ov_meter_add(&meter, &amounts, START);
    ov_meter_add(&meter, &amounts, START - 3600LL * G_USEC_PER_SEC);
    OvAmounts sums[OV_N_SPANS] = {{{0}}};
    ov_meter_sum(&meter, START - 3600LL * G_USEC_PER_SEC, sums);
    assert_int_equal(sums[OV_SPAN_MINUTE].of[OV_AMOUNT_MESSAGES], 2);
    OvAmounts later[OV_N_SPANS] = {{{0}}};
    ov_meter_sum(&meter, START + 61 * G_USEC_PER_SEC, later);
    assert_int_equal(later[OV_SPAN_MINUTE].of[OV_AMOUNT_MESSAGES], 0);
    assert_int_equal(later[OV_SPAN_HOUR].of[OV_AMOUNT_MESSAGES], 2);
    ov_meter_clear(&meter);
}

static void test_what_is_set_back_keeps_its_ages(void **state) {
    (void)state;
    const gint64 second = G_USEC_PER_SEC, hour = 3600 * second, day = 24 * hour;
    OvMeter meter = {.octets = NULL};
    OvAmounts amounts = {{1}};
    for (guint i = 0; i < 3; i++)
        ov_meter_add(&meter, &amounts, START + i * hour);
    gint64 now = START - 40 * day;
    assert_int_equal(ov_meter_ahead(&meter, START + 2 * hour), 0);
    assert_int_equal(ov_meter_ahead(&meter, now), 40 * day + 2 * hour);
    ov_meter_set_back(&meter, ov_meter_ahead(&meter, now));
    assert_int_equal(ov_meter_ahead(&meter, now), 0);
    OvAmounts sums[OV_N_SPANS] = {{{0}}};
    ov_meter_sum(&meter, now + 1800 * second, sums);
    assert_int_equal(sums[OV_SPAN_HOUR].of[0], 1);
    assert_int_equal(sums[OV_SPAN_DAY].of[0], 3);
    memset(sums, 0, sizeof sums);
    ov_meter_sum(&meter, now + day, sums);
    assert_int_equal(sums[OV_SPAN_DAY].of[0], 0);
    ov_meter_clear(&meter);
}

static void test_days_are_told_apart(void **state) {
    (void)state;
    OvMeter meter = {.octets = NULL};
    const gint64 hour = 3600LL * G_USEC_PER_SEC;
    for (guint day = 0; day < 4; day++)
        for (guint i = 0; i <= day; i++) {
            OvAmounts amounts = one();
            ov_meter_add(&meter, &amounts, START + (gint64)day * 24 * hour + (gint64)i * hour);
        }
    OvAmounts days[4] = {{{0}}};
    ov_meter_days(&meter, START + (gint64)3 * 24 * hour + 12 * hour, days, 4);
    for (guint day = 0; day < 4; day++)
        assert_int_equal(days[day].of[OV_AMOUNT_MESSAGES], 4 - day);
    ov_meter_clear(&meter);
}

static void test_tells_what_was_done_since_a_time(void **state) {
    (void)state;
    OvMeter meter = {.octets = NULL};
    for (guint i = 0; i < 10; i++) {
        OvAmounts amounts = {{[OV_AMOUNT_DRAWN] = 1}};
        ov_meter_add(&meter, &amounts, START + (gint64)i * G_USEC_PER_SEC);
    }
    const guint64 left[] = {10, 10, 9, 1, 0};
    const gint64 since[] = {-5, 0, 1, 9, 10};
    for (guint i = 0; i < G_N_ELEMENTS(since); i++) {
        OvAmounts sum = {{0}};
        ov_meter_since(&meter, START + since[i] * G_USEC_PER_SEC, &sum);
        assert_int_equal(sum.of[OV_AMOUNT_DRAWN], left[i]);
    }
    ov_meter_clear(&meter);
}

static void test_every_amount_is_read_back(void **state) {
    (void)state;
    for (guint i = 0; i < OV_N_AMOUNTS; i++) {
        OvMeter meter = {.octets = NULL}, read;
        OvAmounts amounts = {{0}}, sums[OV_N_SPANS] = {{{0}}};
        amounts.of[i] = 1000 + i;
        ov_meter_add(&meter, &amounts, START);
        assert_true(ov_meter_read(&read, meter.octets, meter.used, meter.first));
        ov_meter_sum(&read, START, sums);
        assert_memory_equal(&sums[0], &amounts, sizeof amounts);
        ov_meter_clear(&meter);
        ov_meter_clear(&read);
    }
}

static void test_is_read_back(void **state) {
    (void)state;
    OvMeter meter = {.octets = NULL}, read;
    gint64 now = START;
    for (guint i = 0; i < 300; i++, now += 97 * G_USEC_PER_SEC) {
        OvAmounts amounts = {{1, i, (guint64)i << 40}};
        ov_meter_add(&meter, &amounts, now);
    }
    assert_true(ov_meter_read(&read, meter.octets, meter.used, meter.first));
    assert_int_equal(read.used, meter.used);
    assert_memory_equal(read.octets, meter.octets, meter.used);
    OvAmounts amounts = one();
    ov_meter_add(&read, &amounts, now);
    ov_meter_add(&meter, &amounts, now);
    assert_memory_equal(read.octets, meter.octets, meter.used);
    ov_meter_clear(&read);
    assert_false(ov_meter_read(&read, meter.octets, meter.used - 1, meter.first));
    assert_int_equal(read.used, 0);
    static const guint8 broken[][4] = {
        {0xff, 0xff, 0, 1}, {0x80 | 1, 0x40, 0, 1}, {2, 0, 0x80, 0x80}};
    for (guint i = 0; i < G_N_ELEMENTS(broken); i++)
        assert_false(ov_meter_read(&read, broken[i], sizeof broken[i], 1));
    ov_meter_clear(&meter);
}

static void test_two_are_merged_in_order(void **state) {
    (void)state;
    g_autoptr(GArray) events = g_array_new(FALSE, FALSE, sizeof(Event));
    OvMeter meters[2] = {{.octets = NULL}, {.octets = NULL}};
    gint64 now = START;
    for (guint i = 0; i < 500; i++, now += 31 * G_USEC_PER_SEC) {
        Event event = {now, one()};
        ov_meter_add(&meters[i % 3 == 0], &event.amounts, now);
        g_array_append_val(events, event);
    }
    ov_meter_merge(&meters[0], &meters[1], now);
    check_against(&meters[0], events, now);
    ov_meter_clear(&meters[0]);
    ov_meter_clear(&meters[1]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_is_as_exact_as_promised),
        cmocka_unit_test(test_joining_again_and_again_adds_no_error),
        cmocka_unit_test(test_a_busy_month_takes_few_octets),
        cmocka_unit_test(test_what_is_over_is_forgotten),
        cmocka_unit_test(test_a_clock_set_back_loses_and_doubles_nothing),
        cmocka_unit_test(test_what_is_set_back_keeps_its_ages),
        cmocka_unit_test(test_days_are_told_apart),
        cmocka_unit_test(test_tells_what_was_done_since_a_time),
        cmocka_unit_test(test_every_amount_is_read_back),
        cmocka_unit_test(test_is_read_back),
        cmocka_unit_test(test_two_are_merged_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
