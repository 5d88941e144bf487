#include "rules/auth/dns_cache.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <malloc.h>

enum { MIB = 1 << 20 };

static OvDnsQuestion *ask(OvDnsCache *cache, const char *name, OvDnsType type) {
    OvDnsQuestion *question = ov_dns_cache_find(cache, ov_slice(name), type);
    ov_dns_cache_hold(cache, question);
    return question;
}

/* What a message asks of a domain: a record or two of each kind, of the usual sizes. */
static void ask_all(OvDnsCache *cache, guint domain) {
    static const char address[] = "\xc0\x00\x02\x07";
    static const char exchanger[] = "\x00\x0a\x02mx\x07"
                                    "example\x00\x00";
    static char text[] = "\xc8v=spf1 include:_spf.example.net ip4:192.0.2.0/24 -all";
    static char long_text[200 + 1];
    memcpy(long_text, text, sizeof text);
    const struct {
        OvDnsType type;
        OvSlice rdata;
    } answers[] = {
        {OV_DNS_A, {address, 4}},
        {OV_DNS_MX, {exchanger, sizeof exchanger - 2}},
        {OV_DNS_TXT, {long_text, sizeof long_text}},
        {OV_DNS_AAAA, {NULL, 0}},
    };
    g_autofree char *name = g_strdup_printf("n%u.different-test.net", domain);
    for (guint i = 0; i < G_N_ELEMENTS(answers); i++) {
        OvDnsQuestion *question = ask(cache, name, answers[i].type);
        ov_dns_cache_set(cache, question,
                         answers[i].rdata.data
                             ? ov_dns_answer_read(answers[i].type, &answers[i].rdata, 1, FALSE)
                             : ov_dns_answer_new(OV_DNS_NO_DATA, FALSE, ""),
                         G_MAXINT64);
        ov_dns_cache_release(cache, question);
    }
}

static void test_the_question_longest_not_asked_for_goes_first(void **state) {
    (void)state;
    OvDnsCache *cache = ov_dns_cache_new(MIB);
    for (guint domain = 0; domain < 20000; domain++) {
        ask_all(cache, domain);
        ask_all(cache, 0);
        assert_true(ov_dns_cache_octets(cache) <= MIB);
    }
    assert_non_null(
        ov_dns_cache_find(cache, OV_SLICE_LITERAL("n0.different-test.net"), OV_DNS_A)->answer);
    assert_null(
        ov_dns_cache_find(cache, OV_SLICE_LITERAL("n1.different-test.net"), OV_DNS_A)->answer);
    ov_dns_cache_free(cache);
}

static void test_what_is_held_stays(void **state) {
    (void)state;
    OvDnsCache *cache = ov_dns_cache_new(MIB);
    OvDnsQuestion *held = ask(cache, "held-test.net", OV_DNS_A);
    for (guint domain = 0; domain < 20000; domain++)
        ask_all(cache, domain);
    assert_ptr_equal(ov_dns_cache_find(cache, OV_SLICE_LITERAL("held-test.net"), OV_DNS_A), held);
    ov_dns_cache_release(cache, held);
    ov_dns_cache_free(cache);
}

/* Sanitizers have allocators of their own, which keep what was freed. */
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
static gsize allocated(void) {
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

static gsize resident(void) {
    g_autofree char *text = NULL;
    assert_true(g_file_get_contents("/proc/self/statm", &text, NULL, NULL));
    const char *pages = strchr(text, ' ');
    return (gsize)g_ascii_strtoull(pages, NULL, 10) * 4096;
}

static void test_the_octets_told_are_those_that_the_process_has_less(void **state) {
    (void)state;
    static const guint counts[] = {1000, 5000, 12000, 25000};
    for (guint i = 0; i < G_N_ELEMENTS(counts); i++) {
        gsize before = allocated();
        OvDnsCache *cache = ov_dns_cache_new(64 * MIB);
        for (guint domain = 0; domain < counts[i]; domain++)
            ask_all(cache, domain);
        gsize taken = allocated() - before, told = ov_dns_cache_octets(cache);
        if (told < taken || told > taken + taken / 5)
            fail_msg("%u domains: %zu octets told, %zu taken", counts[i], told, taken);
        ov_dns_cache_free(cache);
    }
}

static void test_a_hundred_thousand_domains_stay_within_the_bound(void **state) {
    (void)state;
    enum { LIMIT = 16 * MIB };
    gsize before = resident();
    OvDnsCache *cache = ov_dns_cache_new(LIMIT);
    for (guint domain = 0; domain < 100000; domain++)
        ask_all(cache, domain);
    gsize grown = resident() - before;
    if (grown > LIMIT)
        fail_msg("%zu octets of resident memory for a cache of %d", grown, LIMIT);
    ov_dns_cache_free(cache);
}
#endif

int main(void) {
    const struct CMUnitTest tests[] = {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
        cmocka_unit_test(test_a_hundred_thousand_domains_stay_within_the_bound),
        cmocka_unit_test(test_the_octets_told_are_those_that_the_process_has_less),
#endif
        cmocka_unit_test(test_the_question_longest_not_asked_for_goes_first),
        cmocka_unit_test(test_what_is_held_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
