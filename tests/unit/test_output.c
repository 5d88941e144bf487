/* What reaches a terminal: safe text, wrapped lines, tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "policy/review/output.h"

static void test_nothing_in_mail_can_steer_a_terminal(void **state) {
    static const struct {
        const char *text, *shown;
    } cases[] = {
        {"plain text, grüße, 日本", "plain text, grüße, 日本"},
        {"\033[2Jclear", "\\u{001B}[2Jclear"},
        {"bell\a", "bell\\u{0007}"},
        {"two\nlines", "two\\u{000A}lines"},
        {"\177", "\\u{007F}"},
        {"\xC2\x9B"
         "31m",
         "\\u{009B}31m"},
        {"a\xE2\x80\xAE"
         "b",
         "a\\u{202E}b"},
        {"a\xE2\x80\x8B"
         "b",
         "a\\u{200B}b"},
        {"\xFF\xFE", "\\x{FF}\\x{FE}"},
        {"cut \xE2\x82", "cut \\x{E2}\\x{82}"},
    };
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GString) out = g_string_new(NULL);
        ov_safe_append(out, cases[i].text, -1, FALSE);
        assert_string_equal(out->str, cases[i].shown);
    }
}

static void test_lines_of_a_message_stay_lines(void **state) {
    (void)state;
    g_autoptr(GString) out = g_string_new(NULL);
    ov_safe_append(out, "one\r\ntwo\tx\nbare\rreturn", -1, TRUE);
    assert_string_equal(out->str, "one\ntwo\tx\nbare\\u{000D}return");
}

static void test_an_octet_of_zero_does_not_end_the_text(void **state) {
    (void)state;
    g_autoptr(GString) out = g_string_new(NULL);
    ov_safe_append(out, "a\0b", 3, FALSE);
    assert_string_equal(out->str, "a\\u{0000}b");
}

static void test_long_lines_are_wrapped_between_words(void **state) {
    (void)state;
    g_autoptr(GString) out = g_string_new(NULL);
    ov_wrap_append(out, "one two three four five", 2, 9);
    assert_string_equal(out->str, "  one two\n  three\n  four five\n");
    g_string_truncate(out, 0);
    ov_wrap_append(out, "unbreakableword next", 0, 5);
    assert_string_equal(out->str, "unbreakableword\nnext\n");
    g_string_truncate(out, 0);
    ov_wrap_append(out, "a日本語日本語", 1, 7);
    assert_string_equal(out->str, " a日本語\n 日本語\n");
}

static void test_columns_line_up_by_width_not_by_octets(void **state) {
    (void)state;
    g_autoptr(OvTable) table = ov_table_new(3, "NAME", ">N", "TEXT");
    ov_table_add(table, "grüße", "1", "a");
    ov_table_add(table, "日本", "12", NULL);
    g_autoptr(GString) out = g_string_new(NULL);
    ov_table_append(table, out, FALSE);
    assert_string_equal(out->str, "NAME    N  TEXT\n"
                                  "grüße   1  a\n"
                                  "日本   12\n");
}

static void test_cells_are_made_safe_and_cut(void **state) {
    (void)state;
    g_autoptr(OvTable) table = ov_table_new(2, "A", "B");
    g_autofree char *wide = g_strnfill(200, 'x');
    ov_table_add(table, wide, "\033[31m");
    g_autoptr(GString) out = g_string_new(NULL);
    ov_table_append(table, out, FALSE);
    assert_null(strchr(out->str, '\033'));
    assert_non_null(strstr(out->str, "xxx…  \\u{001B}[31m\n"));
    assert_true(out->len < 220);
}

static void test_times_are_read_by_people_and_programs(void **state) {
    (void)state;
    g_autofree char *text = ov_time_for_programs(1795465311 * (gint64)G_USEC_PER_SEC + 999999);
    assert_string_equal(text, "2026-11-23T20:21:51Z");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_in_mail_can_steer_a_terminal),
        cmocka_unit_test(test_lines_of_a_message_stay_lines),
        cmocka_unit_test(test_an_octet_of_zero_does_not_end_the_text),
        cmocka_unit_test(test_long_lines_are_wrapped_between_words),
        cmocka_unit_test(test_columns_line_up_by_width_not_by_octets),
        cmocka_unit_test(test_cells_are_made_safe_and_cut),
        cmocka_unit_test(test_times_are_read_by_people_and_programs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
