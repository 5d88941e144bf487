/* How much a domain sent to a provider in the last 24 hours. */
#include "policy/ledger/volumes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const gint64 HOUR = G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC;
static const gint64 NOW = G_GINT64_CONSTANT(1795435200) * G_USEC_PER_SEC;
static const OvSlice SHOP = {"shop.example", 12};

static int set_up(void **state) {
    *state = ov_volumes_new();
    return 0;
}

static int tear_down(void **state) {
    ov_volumes_free(*state);
    return 0;
}

static guint seen(OvVolumes *volumes, gint64 hour) {
    return ov_volumes_of(volumes, SHOP, OV_PROVIDER_GMAIL, NOW + hour * HOUR).messages;
}

static OvVolumeStep add(OvVolumes *volumes, gint64 hour, guint messages) {
    return ov_volumes_add(volumes, SHOP, OV_PROVIDER_GMAIL, messages, NOW + hour * HOUR);
}

static void test_24_hours_are_seen_and_no_more(void **state) {
    OvVolumes *volumes = *state;
    add(volumes, 0, 10);
    add(volumes, 1, 100);
    assert_int_equal(seen(volumes, 1), 110);
    assert_int_equal(seen(volumes, 23), 110);
    assert_int_equal(seen(volumes, 24), 100);
    assert_int_equal(seen(volumes, 25), 0);
    assert_int_equal(seen(volumes, 1000), 0);
    assert_int_equal(seen(volumes, 1), 110); /* asking changes nothing */
    add(volumes, 24, 1000);
    assert_int_equal(seen(volumes, 24), 1100);
    add(volumes, 100, 1);
    assert_int_equal(seen(volumes, 100), 1);
}

static void test_messages_may_come_late(void **state) {
    OvVolumes *volumes = *state;
    add(volumes, 30, 1);
    add(volumes, 28, 10);
    add(volumes, 6, 100); /* too old */
    assert_int_equal(seen(volumes, 30), 11);
    assert_int_equal(seen(volumes, 29), 11);
    assert_int_equal(seen(volumes, -100000000), 11); /* a clock that was set back */
}

static void test_steps_are_told_once(void **state) {
    OvVolumes *volumes = *state;
    assert_int_equal(add(volumes, 0, OV_VOLUME_NEAR - 1), OV_VOLUME_STEP_NONE);
    assert_int_equal(add(volumes, 0, 1), OV_VOLUME_STEP_NEAR);
    assert_int_equal(add(volumes, 0, 1), OV_VOLUME_STEP_NONE);
    assert_int_equal(add(volumes, 5, OV_VOLUME_BULK - OV_VOLUME_NEAR - 1), OV_VOLUME_STEP_BULK);
    assert_int_equal(add(volumes, 5, 10000), OV_VOLUME_STEP_NONE);
    assert_true(ov_volumes_of(volumes, SHOP, OV_PROVIDER_GMAIL, NOW + 9000 * HOUR).bulk);
    assert_false(ov_volumes_of(volumes, SHOP, OV_PROVIDER_YAHOO, NOW).bulk);
}

static void test_a_mark_can_be_taken_back_and_is_tried_again(void **state) {
    OvVolumes *volumes = *state;
    assert_int_equal(add(volumes, 0, OV_VOLUME_BULK), OV_VOLUME_STEP_BULK);
    ov_volumes_mark(volumes, SHOP, OV_PROVIDER_GMAIL, FALSE);
    assert_int_equal(add(volumes, 0, 1), OV_VOLUME_STEP_BULK);
    ov_volumes_mark(volumes, SHOP, OV_PROVIDER_YAHOO, TRUE);
    assert_true(ov_volumes_of(volumes, SHOP, OV_PROVIDER_YAHOO, NOW).bulk);
}

static void test_what_is_recalled_makes_no_step(void **state) {
    OvVolumes *volumes = *state;
    ov_volumes_recall(volumes, SHOP, OV_PROVIDER_GMAIL, 6000, NOW);
    assert_int_equal(seen(volumes, 0), 6000);
    assert_false(ov_volumes_of(volumes, SHOP, OV_PROVIDER_GMAIL, NOW).bulk);
}

static void test_among_countless_domains_the_large_ones_are_kept(void **state) {
    OvVolumes *volumes = *state;
    add(volumes, 0, 4500);
    for (guint i = 0; i < 300000; i++) {
        char domain[32];
        g_snprintf(domain, sizeof domain, "shop%u.example", i);
        ov_volumes_add(volumes, ov_slice(domain), OV_PROVIDER_GMAIL, 1, NOW);
    }
    assert_int_equal(seen(volumes, 0), 4500);
    assert_int_equal(add(volumes, 0, 500), OV_VOLUME_STEP_BULK);
}

static void test_more_than_can_be_counted_is_not_wrapped(void **state) {
    OvVolumes *volumes = *state;
    for (guint i = 0; i < 3; i++)
        add(volumes, (gint)i, G_MAXUINT32 / 2);
    assert_true(seen(volumes, 2) >= G_MAXUINT32 / 2);
    assert_int_equal(seen(volumes, 100), 0);
}

enum { THREADS = 8, EACH = 1000 };

static gpointer add_some(gpointer data) {
    guint bulk = 0;
    for (guint i = 0; i < EACH; i++) {
        bulk += add(data, 0, 1) == OV_VOLUME_STEP_BULK;
        seen(data, 0);
    }
    return GUINT_TO_POINTER(bulk);
}

static void test_one_of_many_threads_is_told_the_step(void **state) {
    OvVolumes *volumes = *state;
    GThread *threads[THREADS];
    guint told = 0;
    for (guint i = 0; i < THREADS; i++)
        threads[i] = g_thread_new("add", add_some, volumes);
    for (guint i = 0; i < THREADS; i++)
        told += GPOINTER_TO_UINT(g_thread_join(threads[i]));
    assert_int_equal(told, 1);
    assert_int_equal(seen(volumes, 0), THREADS * EACH);
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(test_24_hours_are_seen_and_no_more),
        TEST(test_messages_may_come_late),
        TEST(test_steps_are_told_once),
        TEST(test_a_mark_can_be_taken_back_and_is_tried_again),
        TEST(test_what_is_recalled_makes_no_step),
        TEST(test_among_countless_domains_the_large_ones_are_kept),
        TEST(test_more_than_can_be_counted_is_not_wrapped),
        TEST(test_one_of_many_threads_is_told_the_step),
#undef TEST
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
