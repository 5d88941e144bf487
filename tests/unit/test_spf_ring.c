/* When so much mail fails SPF that the egress addresses are to be doubted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/spf_ring.h"

static const gint64 HOUR = G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC;
static const gint64 NOW = G_GINT64_CONSTANT(1795917600) * G_USEC_PER_SEC;

static void add(OvSpfRing *ring, const char *domain, guint passing, guint failing, gint64 time) {
    for (guint i = 0; i < passing; i++)
        ov_spf_ring_add(ring, domain, FALSE, time);
    for (guint i = 0; i < failing; i++)
        ov_spf_ring_add(ring, domain, TRUE, time);
}

static gboolean is_bad(const OvSpfRing *ring) {
    OvSpfTally tally = ov_spf_ring_tally(ring, NOW);
    return ov_spf_tally_is_bad(&tally);
}

static gboolean is_good(const OvSpfRing *ring) {
    OvSpfTally tally = ov_spf_ring_tally(ring, NOW);
    return ov_spf_tally_is_good(&tally);
}

static void test_nothing_known_is_good(void **state) {
    (void)state;
    g_autoptr(OvSpfRing) ring = ov_spf_ring_new();
    assert_false(is_bad(ring));
    assert_true(is_good(ring));
}

static void test_it_takes_results_domains_and_a_share(void **state) {
    (void)state;
    static const struct {
        guint a_pass, a_fail, b_pass, b_fail, c_pass, c_fail, d_pass;
        gboolean bad, good;
    } cases[] = {
        {0, 20, 0, 15, 0, 15, 0, TRUE, FALSE},
        {0, 20, 0, 15, 0, 14, 0, FALSE, FALSE},   /* 49 results */
        {0, 30, 0, 30, 0, 0, 0, FALSE, FALSE},    /* two domains */
        {0, 100, 0, 1, 0, 1, 50, FALSE, TRUE},    /* the worst one apart, 2 of 52 */
        {0, 100, 0, 10, 0, 10, 80, FALSE, FALSE}, /* 20 of 100: not more than 20 % */
        {0, 100, 0, 11, 0, 10, 79, TRUE, FALSE},  /* 21 of 100 */
        {0, 100, 0, 5, 0, 5, 90, FALSE, TRUE},    /* 10 of 100 */
        {0, 100, 0, 6, 0, 5, 89, FALSE, FALSE},   /* 11 of 100 */
        /* The worst domain goes with what passes of it. */
        {50, 30, 0, 10, 0, 10, 60, TRUE, FALSE},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(OvSpfRing) ring = ov_spf_ring_new();
        add(ring, "a.example", cases[i].a_pass, cases[i].a_fail, NOW);
        add(ring, "b.example", cases[i].b_pass, cases[i].b_fail, NOW);
        add(ring, "c.example", cases[i].c_pass, cases[i].c_fail, NOW);
        add(ring, "d.example", cases[i].d_pass, 0, NOW);
        if (is_bad(ring) != cases[i].bad || is_good(ring) != cases[i].good)
            fail_msg("case %u: bad %d, good %d", i, is_bad(ring), is_good(ring));
    }
}

static void test_only_the_last_256_of_24_hours_count(void **state) {
    (void)state;
    g_autoptr(OvSpfRing) ring = ov_spf_ring_new();
    add(ring, "a.example", 0, 60, NOW - 25 * HOUR);
    add(ring, "b.example", 0, 60, NOW - 25 * HOUR);
    add(ring, "c.example", 0, 60, NOW - 25 * HOUR);
    assert_false(is_bad(ring));
    assert_int_equal(ov_spf_ring_tally(ring, NOW).results, 0);
    assert_int_equal(ov_spf_ring_tally(ring, NOW - 2 * HOUR).results, 180);
    add(ring, "d.example", 300, 0, NOW);
    OvSpfTally tally = ov_spf_ring_tally(ring, NOW - 2 * HOUR);
    assert_int_equal(tally.results, OV_SPF_RING_SIZE);
    assert_int_equal(tally.failing, 0);
}

static void test_case_makes_no_other_domain(void **state) {
    (void)state;
    g_autoptr(OvSpfRing) ring = ov_spf_ring_new();
    add(ring, "a.example", 0, 1, NOW);
    add(ring, "A.Example", 0, 1, NOW);
    assert_int_equal(ov_spf_ring_tally(ring, NOW).failing_domains, 1);
    ov_spf_ring_clear(ring);
    assert_int_equal(ov_spf_ring_tally(ring, NOW).results, 0);
}

static void test_as_many_domains_as_there_are_results(void **state) {
    (void)state;
    g_autoptr(OvSpfRing) ring = ov_spf_ring_new();
    for (guint i = 0; i < OV_SPF_RING_SIZE; i++) {
        g_autofree char *domain = g_strdup_printf("d%u.example", i);
        add(ring, domain, 0, 1, NOW);
    }
    OvSpfTally tally = ov_spf_ring_tally(ring, NOW);
    assert_int_equal(tally.failing_domains, OV_SPF_RING_SIZE);
    assert_int_equal(tally.others_failing, OV_SPF_RING_SIZE - 1);
    assert_true(is_bad(ring));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_known_is_good),
        cmocka_unit_test(test_it_takes_results_domains_and_a_share),
        cmocka_unit_test(test_only_the_last_256_of_24_hours_count),
        cmocka_unit_test(test_case_makes_no_other_domain),
        cmocka_unit_test(test_as_many_domains_as_there_are_results),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
