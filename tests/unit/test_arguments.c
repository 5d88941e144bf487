/* Reading a command line by a table of options. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/review/arguments.h"

static const OvOption own[] = {
    {"sender", "ADDRESS", "the sender"},
    {"recipient", "ADDRESS", "a recipient"},
    {"facts", NULL, "show facts"},
    {"logs", "FILE...", "logs"},
    {NULL, NULL, NULL},
};
static const OvOption common[] = {{"json", NULL, "print JSON"}, {NULL, NULL, NULL}};

static OvArguments *parse(const char *line, GError **error) {
    g_auto(GStrv) words = g_strsplit(line, " ", -1);
    /* The words must outlive the arguments. */
    static const char *kept[32];
    guint n = 0;
    for (; words[n]; n++)
        kept[n] = g_intern_string(words[n]);
    return ov_arguments_parse(own, common, kept, n, error);
}

static void test_options_and_operands_may_be_mixed(void **state) {
    (void)state;
    g_autoptr(OvArguments) arguments = parse("a.eml --json b.eml --sender=x@example.org -", NULL);
    assert_non_null(arguments);
    assert_true(ov_arguments_has(arguments, "json"));
    assert_false(ov_arguments_has(arguments, "facts"));
    assert_string_equal(ov_arguments_value(arguments, "sender"), "x@example.org");
    guint n = 0;
    const char *const *operands = ov_arguments_operands(arguments, &n);
    assert_int_equal(n, 3);
    assert_string_equal(operands[0], "a.eml");
    assert_string_equal(operands[1], "b.eml");
    assert_string_equal(operands[2], "-");
    assert_null(operands[3]);
}

static void test_a_repeated_option_keeps_all_its_values_in_order(void **state) {
    (void)state;
    g_autoptr(OvArguments) arguments =
        parse("--recipient a@example.org --recipient=b@example.org", NULL);
    guint n = 0;
    const char *const *values = ov_arguments_values(arguments, "recipient", &n);
    assert_int_equal(n, 2);
    assert_string_equal(values[0], "a@example.org");
    assert_string_equal(values[1], "b@example.org");
    assert_string_equal(ov_arguments_value(arguments, "recipient"), "b@example.org");
}

static void test_an_option_may_take_all_words_up_to_the_next(void **state) {
    (void)state;
    g_autoptr(OvArguments) arguments = parse("x --logs a b --facts y --logs=c z -- w", NULL);
    guint n = 0;
    const char *const *values = ov_arguments_values(arguments, "logs", &n);
    assert_int_equal(n, 4);
    assert_string_equal(values[1], "b");
    assert_string_equal(values[3], "z");
    ov_arguments_operands(arguments, &n);
    assert_int_equal(n, 3);
}

static void test_an_option_may_have_an_empty_value(void **state) {
    (void)state;
    g_autoptr(OvArguments) arguments = parse("--sender= x", NULL);
    assert_string_equal(ov_arguments_value(arguments, "sender"), "");
}

static void test_two_hyphens_end_the_options(void **state) {
    (void)state;
    g_autoptr(OvArguments) arguments = parse("-- --json", NULL);
    guint n = 0;
    assert_string_equal(ov_arguments_operands(arguments, &n)[0], "--json");
    assert_false(ov_arguments_has(arguments, "json"));
}

static void test_mistakes_are_told_in_words_that_help(void **state) {
    static const struct {
        const char *line, *message;
    } cases[] = {
        {"--jsno", "there is no option --jsno; did you mean --json?"},
        {"--recipent a@example.org", "there is no option --recipent; did you mean --recipient?"},
        {"--quite-unlike", "there is no option --quite-unlike"},
        {"--json=yes", "--json takes no value, but \"yes\" was given"},
        {"--sender", "--sender needs an ADDRESS"},
        {"-j", "there is no option -j; options are whole words with two hyphens"},
    };
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        assert_null(parse(cases[i].line, &error));
        assert_string_equal(error->message, cases[i].message);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_options_and_operands_may_be_mixed),
        cmocka_unit_test(test_a_repeated_option_keeps_all_its_values_in_order),
        cmocka_unit_test(test_an_option_may_take_all_words_up_to_the_next),
        cmocka_unit_test(test_an_option_may_have_an_empty_value),
        cmocka_unit_test(test_two_hyphens_end_the_options),
        cmocka_unit_test(test_mistakes_are_told_in_words_that_help),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
