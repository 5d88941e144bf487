/* Log lines: what an administrator greps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/log.h"

#include <string.h>

static void test_a_line_begins_with_the_queue_id(void **state) {
    (void)state;
    g_autofree char *line = ov_log_format("4XyZ1", "verdict", "hold", "score", "6.40", NULL);
    assert_string_equal(line, "4XyZ1: verdict=hold score=6.40");
}

static void test_a_line_of_the_daemon_has_no_queue_id(void **state) {
    (void)state;
    g_autofree char *line = ov_log_format(NULL, "event", "started", NULL);
    assert_string_equal(line, "event=started");
}

static void test_a_missing_value_leaves_its_key_out(void **state) {
    (void)state;
    g_autofree char *line = ov_log_format("A", "login", NULL, "from", "x@example.com", NULL);
    assert_string_equal(line, "A: from=x@example.com");
}

static void test_values_are_quoted_where_they_would_mislead(void **state) {
    static const struct {
        const char *value, *logged;
    } cases[] = {
        {"", "\"\""},
        {"plain", "plain"},
        {"<a@b.example>", "<a@b.example>"},
        {"two words", "\"two words\""},
        {"a\"b", "\"a\\\"b\""},
        {"a\\b", "\"a\\\\b\""},
        {"a\nb: verdict=accept", "\"a\\u{A}b: verdict=accept\""},
        {"tab\there", "\"tab\\u{9}here\""},
        {"\033[2J", "\"\\u{1B}[2J\""},
        {"\177", "\"\\u{7F}\""},
        {"grün", "grün"},
        {"\xFFz", "\"\\xFFz\""},
        {"\xE2\x82", "\"\\xE2\\x82\""},
        {"a\xE2\x80\xAE"
         "b",
         "\"a\\u{202E}b\""},
        {"a\xE2\x80\x8B"
         "b",
         "\"a\\u{200B}b\""},
    };
    (void)state;

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *line = ov_log_format("Q", "v", cases[i].value, NULL);
        g_autofree char *expected = g_strconcat("Q: v=", cases[i].logged, NULL);
        assert_string_equal(line, expected);
    }
}

static void test_a_hostile_queue_id_stays_on_its_line(void **state) {
    (void)state;
    g_autofree char *line = ov_log_format("A\nB", "v", "1", NULL);
    assert_null(strchr(line, '\n'));
}

static void test_a_long_value_is_cut_between_characters(void **state) {
    (void)state;
    g_autoptr(GString) value = g_string_new("x");
    for (guint i = 0; i < 2000; i++)
        g_string_append(value, "é");
    g_autofree char *line = ov_log_format("Q", "v", value->str, NULL);

    assert_true(strlen(line) < 1100);
    assert_true(g_str_has_suffix(line, "é\"..."));
    assert_true(g_utf8_validate(line, -1, NULL));
}

static void test_an_unknown_target_is_refused(void **state) {
    (void)state;
    assert_false(ov_log_open("jurnal", TRUE, "outvetd"));
    assert_true(ov_log_open("stderr", TRUE, "outvetd"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_line_begins_with_the_queue_id),
        cmocka_unit_test(test_a_line_of_the_daemon_has_no_queue_id),
        cmocka_unit_test(test_a_missing_value_leaves_its_key_out),
        cmocka_unit_test(test_values_are_quoted_where_they_would_mislead),
        cmocka_unit_test(test_a_hostile_queue_id_stays_on_its_line),
        cmocka_unit_test(test_a_long_value_is_cut_between_characters),
        cmocka_unit_test(test_an_unknown_target_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
