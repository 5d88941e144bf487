/* Host names that imitate others, and names in other scripts that do not. */
#include "rules/confusable.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_mixed_scripts_are_told_from_names_of_one_language(void **state) {
    (void)state;
    static const char *const mixed[] = {
        "xn--pypl-53dc.com",           /* Cyrillic a in paypal */
        "xn--ggle-0nda.com",           /* Greek o in google */
        "www.xn--microsft-sbh.com",    /* in any label */
        "xn--affee-vbe.de",            /* Greek k */
        "xn--mxa0xd.net",              /* Greek and Cyrillic */
        "xn--pep-3ddup.com",           /* Latin and Cyrillic letters in turn */
        "xn---news-hxe5bpka9m.ru.net", /* a Latin word beside a Cyrillic one */
    };
    static const char *const whole[] = {
        "paypal.com",
        "xn--mller-kva.de",      /* Latin with an accent */
        "xn--80a1acny.xn--p1ai", /* all Cyrillic */
        "xn--hxakic4aa.gr",      /* all Greek */
        "xn--5ck2eqb538s34z.jp", /* Han and Katakana */
        "xn--abc-gm9di64i.jp",   /* Latin and Han */
        "xn--3e0b707e.kr",       /* Hangul */
        "xn--0.net",             /* no valid A-label */
        "",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(mixed); i++)
        if (!ov_host_mixes_scripts(ov_slice(mixed[i])))
            fail_msg("%s", mixed[i]);
    for (gsize i = 0; i < G_N_ELEMENTS(whole); i++)
        if (ov_host_mixes_scripts(ov_slice(whole[i])))
            fail_msg("%s", whole[i]);
}

static void test_a_name_that_looks_like_another_is_told(void **state) {
    (void)state;
    static const OvSlice own[] = {OV_SLICE_LITERAL("kranich-online"), OV_SLICE_LITERAL("muller")};
    static const struct {
        const char *label;
        const char *name; /* "" for none */
    } rows[] = {
        {"xn--pypl-53dc", "paypal"},
        {"xn--80ak6aa92e", "apple"}, /* all Cyrillic */
        {"xn--pypal-gra", "paypal"}, /* an accent */
        {"paypa1", "paypal"},
        {"rnicrosoft", "microsoft"},
        {"g00gle", "google"},
        {"kranich-on1ine", "kranich-online"},
        {"paypal", ""},
        {"paypal1", ""},
        {"n26", ""},
        {"xn--mller-kva", ""}, /* an accent on the sender's own name */
        {"xn--80a1acny", ""},
        {"modern1", ""},
        {"0", ""},
        {"", ""},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        OvSlice found = ov_imitated_name(ov_slice(rows[i].label), own, G_N_ELEMENTS(own));
        if (!ov_slice_equal(found, ov_slice(rows[i].name)))
            fail_msg("%s: '%.*s'", rows[i].label, (int)found.length, found.data);
    }
}

static void test_hosts_are_shown_as_people_read_them(void **state) {
    (void)state;
    g_autoptr(OvArena) arena = ov_arena_new();
    OvSlice readable = ov_host_readable(arena, OV_SLICE_LITERAL("www.xn--mller-kva.de"));
    assert_string_equal(readable.data, "www.m\xc3\xbcller.de");
    OvSlice plain = OV_SLICE_LITERAL("www.kranich-test.net");
    assert_true(ov_slice_equal(ov_host_readable(arena, plain), plain));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mixed_scripts_are_told_from_names_of_one_language),
        cmocka_unit_test(test_a_name_that_looks_like_another_is_told),
        cmocka_unit_test(test_hosts_are_shown_as_people_read_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
