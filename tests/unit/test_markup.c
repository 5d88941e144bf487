#include "policy/review/markup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void assert_markup(OvSlice text, const char *expected) {
    g_autoptr(GString) out = g_string_new(NULL);
    ov_markup_append(out, text);
    assert_string_equal(out->str, expected);
    assert_int_equal(out->len, strlen(expected));
}

static void test_text_stays_text(void **state) {
    (void)state;
    static const struct {
        const char *text, *markup;
    } cases[] = {
        {"", ""},
        {"Grüße, 日本, 👍🏽", "Grüße, 日本, 👍🏽"},
        {"<script>alert('1 & \"2\"')</script>",
         "&lt;script&gt;alert(&#39;1 &amp; &quot;2&quot;&#39;)&lt;/script&gt;"},
        {"&lt;b&gt; &amp;amp;", "&amp;lt;b&amp;gt; &amp;amp;amp;"},
        {"</mark></p>-->", "&lt;/mark&gt;&lt;/p&gt;--&gt;"},
        {"two\nlines\tand a tab", "two\nlines\tand a tab"},
        {"a\r\nb\rc", "a\nb<i>U+000D</i>c"},
    };
    assert_markup((OvSlice){NULL, 0}, "");
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_markup(ov_slice(cases[i].text), cases[i].markup);
}

static void test_what_can_not_be_seen_is_shown_by_its_number(void **state) {
    (void)state;
    assert_markup(ov_slice("a\u202Eb"), "a<i>U+202E</i>b");
    assert_markup(ov_slice("a\u200B\u200B\u200Bb"), "a<i>U+200B ×3</i>b");
    assert_markup(ov_slice("\u200B\u2060"), "<i>U+200B</i><i>U+2060</i>");
    assert_markup(ov_slice("\033[2J"), "<i>U+001B</i>[2J");
    assert_markup(ov_slice("\u2028"), "<i>U+2028</i>");
    assert_markup((OvSlice){"a\0\0b", 4}, "a<i>U+0000 ×2</i>b");
}

static void test_joiners_and_soft_hyphens_stay(void **state) {
    (void)state;
    assert_markup(ov_slice("می\u200Cخواهم"), "می\u200Cخواهم");
    assert_markup(ov_slice("👩\u200D🔧"), "👩\u200D🔧");
    assert_markup(ov_slice("Wort\u00ADende"), "Wort\u00ADende");
}

static void test_octets_that_are_no_text_are_shown_by_their_number(void **state) {
    (void)state;
    assert_markup(ov_slice("a\xFF\xFE"
                           "b"),
                  "a<i>\\xFF</i><i>\\xFE</i>b");
    assert_markup(ov_slice("\xE2\x82"), "<i>\\xE2</i><i>\\x82</i>");
    assert_markup(ov_slice("\xED\xA0\x80"), "<i>\\xED</i><i>\\xA0</i><i>\\x80</i>");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_stays_text),
        cmocka_unit_test(test_what_can_not_be_seen_is_shown_by_its_number),
        cmocka_unit_test(test_joiners_and_soft_hyphens_stay),
        cmocka_unit_test(test_octets_that_are_no_text_are_shown_by_their_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
