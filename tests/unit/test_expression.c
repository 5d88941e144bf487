#include "rules/expression.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

/* Facts of a made-up message; late.* nobody has measured. */
static const struct {
    const char *name;
    OvType type;
} facts_known[] = {
    {"subject.capitals", OV_NUMBER}, {"subject.letters", OV_NUMBER},
    {"subject.text", OV_TEXT},       {"message.class", OV_TEXT},
    {"message.threaded", OV_TRUTH},  {"message.local", OV_TRUTH},
    {"late.number", OV_NUMBER},      {"late.truth", OV_TRUTH},
    {"late.text", OV_TEXT},          {"phrases.lexicon_reply", OV_NUMBER},
    {"odd.number", OV_NUMBER},       {"message.empty", OV_TEXT},
};

static gboolean find(const char *name, guint *slot, OvType *type, gpointer data) {
    (void)data;
    for (guint i = 0; i < G_N_ELEMENTS(facts_known); i++)
        if (g_str_equal(facts_known[i].name, name)) {
            *slot = i;
            *type = facts_known[i].type;
            return TRUE;
        }
    return FALSE;
}

static const char *nearest(const char *name, gpointer data) {
    (void)data;
    return g_str_equal(name, "subject.captals") ? "subject.capitals" : NULL;
}

static const OvFactNames names = {find, nearest, NULL};

static OvFacts *facts_new(void) {
    OvFacts *facts = g_malloc0(sizeof(OvFacts) + G_N_ELEMENTS(facts_known) * sizeof(OvValue));
    facts->n_values = G_N_ELEMENTS(facts_known);
    ov_facts_set_number(facts, 0, 0.95);
    ov_facts_set_number(facts, 1, 40);
    ov_facts_set_text(facts, 2, ov_slice("RE: Grüße, it's ÉTÉ"));
    ov_facts_set_text(facts, 3, ov_slice("bulk"));
    ov_facts_set_truth(facts, 4, TRUE);
    ov_facts_set_truth(facts, 5, FALSE);
    ov_facts_set_number(facts, 9, 3);
    ov_facts_set_number(facts, 10, (double)NAN);
    ov_facts_set_text(facts, 11, (OvSlice){NULL, 0});
    return facts;
}

static OvExpression *compile(const char *text, OvType wanted) {
    g_autoptr(GError) error = NULL;
    guint column = 0;
    OvExpression *expression = ov_expression_compile(text, wanted, &names, &column, &error);
    if (error)
        print_error("%s: column %u: %s\n", text, column, error->message);
    assert_non_null(expression);
    return expression;
}

static OvValue evaluate(const char *text, OvType wanted) {
    g_autoptr(OvExpression) expression = compile(text, wanted);
    g_autoptr(OvExpressionScratch) scratch = ov_expression_scratch_new();
    g_autofree OvFacts *facts = facts_new();
    return ov_expression_evaluate(expression, facts, scratch);
}

static void test_conditions_hold_or_not(void **state) {
    (void)state;
    static const struct {
        const char *text;
        gboolean truth;
    } cases[] = {
        {"true", TRUE},
        {"not true", FALSE},
        {"not not true", TRUE},
        {"subject.capitals >= 0.95", TRUE},
        {"subject.capitals > 0.95", FALSE},
        {"subject.capitals < 0.95", FALSE},
        {"subject.capitals <= 0.95", TRUE},
        {"subject.letters = 40", TRUE},
        {"subject.letters != 40", FALSE},
        {"message.class = 'bulk'", TRUE},
        {"message.class != 'bulk'", FALSE},
        {"message.class = 'Bulk'", FALSE},
        {"message.threaded", TRUE},
        {"message.threaded = message.local", FALSE},
        {"message.threaded = true and not message.local", TRUE},
        {"'it''s' = 'it''s'", TRUE},
        {"subject.text matches /it's/", TRUE},
        {"message.empty = ''", TRUE},
        {"message.empty matches /^$/", TRUE},
        /* and binds closer than or, not closer than and, comparison closer than not */
        {"true or true and false", TRUE},
        {"(true or true) and false", FALSE},
        {"not false and false", FALSE},
        {"not (false and false)", TRUE},
        {"not subject.letters > 50", TRUE},
        {"subject.letters>30 and subject.letters<50", TRUE},
        {"phrases.lexicon_reply = 3", TRUE},
        {"phrases.lexicon_reply-1 = 2", TRUE},
        {"if(message.class = 'bulk', 1, 2) = 1", TRUE},
        {"if(message.local, 'a', 'b') = 'b'", TRUE},
        {"if(message.threaded, message.local, true)", FALSE},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        OvValue value = evaluate(cases[i].text, OV_TRUTH);
        if (value.type != OV_TRUTH || value.truth != cases[i].truth)
            fail_msg("%s", cases[i].text);
    }
}

static void test_scores_are_computed(void **state) {
    (void)state;
    static const struct {
        const char *text;
        double number;
    } cases[] = {
        {"2.0", 2},
        {"1 + 2 * 3", 7},
        {"(1 + 2) * 3", 9},
        {"10 - 4 - 3", 3},
        {"24 / 4 / 2", 3},
        {"-2 * -3", 6},
        {"- - 2", 2},
        {"2 - -2", 4},
        {"min(3, 1, 2)", 1},
        {"max(3, 1 + 4, 2)", 5},
        {"min(2.0, 0.5 + 0.1 * subject.letters)", 2},
        {"if(subject.letters > 30, if(message.local, 1, 2), 3)", 2},
        {"1 + if(message.local, 1, 2) * 2", 5},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        OvValue value = evaluate(cases[i].text, OV_NUMBER);
        if (value.type != OV_NUMBER || fabs(value.number - cases[i].number) > 1e-9)
            fail_msg("%s", cases[i].text);
    }
}

static void test_unknown_stays_unknown_unless_the_rest_decides(void **state) {
    (void)state;
    static const struct {
        const char *text;
        OvType type;
        gboolean truth;
    } cases[] = {
        {"late.truth", OV_UNKNOWN, FALSE},
        {"not late.truth", OV_UNKNOWN, FALSE},
        {"late.number > 1", OV_UNKNOWN, FALSE},
        {"late.number = late.number", OV_UNKNOWN, FALSE},
        {"late.text = 'x'", OV_UNKNOWN, FALSE},
        {"late.text matches /x/", OV_UNKNOWN, FALSE},
        {"-late.number < 0", OV_UNKNOWN, FALSE},
        {"max(1, late.number) = 1", OV_UNKNOWN, FALSE},
        {"late.truth and true", OV_UNKNOWN, FALSE},
        {"true and late.truth", OV_UNKNOWN, FALSE},
        {"late.truth and false", OV_TRUTH, FALSE},
        {"false and late.truth", OV_TRUTH, FALSE},
        {"late.truth or false", OV_UNKNOWN, FALSE},
        {"late.truth or true", OV_TRUTH, TRUE},
        {"true or late.truth", OV_TRUTH, TRUE},
        {"late.truth or late.number > 1 or message.threaded", OV_TRUTH, TRUE},
        {"not (late.truth and message.local)", OV_TRUTH, TRUE},
        {"if(late.truth, true, true)", OV_UNKNOWN, FALSE},
        {"if(message.threaded, true, late.truth)", OV_TRUTH, TRUE},
        {"if(message.threaded, late.truth, true)", OV_UNKNOWN, FALSE},
        {"if(late.truth, true, true) or true", OV_TRUTH, TRUE},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        OvValue value = evaluate(cases[i].text, OV_TRUTH);
        if (value.type != cases[i].type || (value.type && value.truth != cases[i].truth))
            fail_msg("%s", cases[i].text);
    }
}

static void test_what_cannot_be_computed_is_unknown(void **state) {
    (void)state;
    static const char *const cases[] = {
        "1 / 0",
        "0 / 0",
        "subject.letters / (1 - 1)",
        "odd.number",
        "odd.number * 2",
        "99999999999999999999 * 99999999999999999999 * 99999999999999999999 * "
        "99999999999999999999 * 99999999999999999999 * 99999999999999999999 * "
        "99999999999999999999 * 99999999999999999999 * 99999999999999999999 * "
        "99999999999999999999 * 99999999999999999999 * 99999999999999999999 * "
        "99999999999999999999 * 99999999999999999999 * 99999999999999999999 * "
        "99999999999999999999",
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_int_equal(evaluate(cases[i], OV_NUMBER).type, OV_UNKNOWN);
}

static void test_patterns_know_unicode_and_flags(void **state) {
    (void)state;
    static const struct {
        const char *text;
        gboolean truth;
    } cases[] = {
        {"subject.text matches /^re:/", FALSE},
        {"subject.text matches /^re:/i", TRUE},
        {"subject.text matches/été$/i and true", TRUE},
        {"subject.text matches /Gr\\w{2}e,/", TRUE},
        {"'a/b' matches /a\\/b/", TRUE},
        {"'a/b' matches /a[\\/]b/", TRUE},
        {"'one two' matches /one\\ two # all/x", TRUE},
        {"'ab' matches /^(.)\\1/", FALSE},
        {"'aab' matches /^(.)\\1/", TRUE},
        {"not 'x' matches /y/", TRUE},
        {"not 'x' matches /y/si or false", TRUE},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        OvValue value = evaluate(cases[i].text, OV_TRUTH);
        if (value.type != OV_TRUTH || value.truth != cases[i].truth)
            fail_msg("%s", cases[i].text);
    }
}

static OvValue match_text(const char *pattern, OvSlice text) {
    g_autofree char *source = g_strdup_printf("subject.text matches %s", pattern);
    g_autoptr(OvExpression) expression = compile(source, OV_TRUTH);
    g_autoptr(OvExpressionScratch) scratch = ov_expression_scratch_new();
    g_autofree OvFacts *facts = facts_new();
    ov_facts_set_text(facts, 2, text);
    return ov_expression_evaluate(expression, facts, scratch);
}

static void test_octets_that_are_no_utf8_do_not_hide_the_rest(void **state) {
    (void)state;
    OvValue value = match_text("/win/", OV_SLICE_LITERAL("\xff\xfe you win \xc3"));
    assert_int_equal(value.type, OV_TRUTH);
    assert_true(value.truth);
}

static void test_a_pattern_that_costs_too_much_is_unknown(void **state) {
    (void)state;
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < 20000; i++)
        g_string_append(text, "a");
    OvSlice hostile = {text->str, text->len};
    gint64 start = g_get_monotonic_time();
    assert_int_equal(
        match_text("/^(a|aa)+$/", (OvSlice){"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", 39}).type,
        OV_UNKNOWN);
    match_text("/(a+)+b/", hostile);
    match_text("/(a|a)*b/", hostile);
    match_text("/(.*)(.*)(.*)(.*)b/", hostile);
    match_text("/a.*b.*c/", hostile);
    assert_true(g_get_monotonic_time() - start < 5 * G_USEC_PER_SEC);
}

static void test_a_mistake_is_told_with_its_column_and_the_nearest_name(void **state) {
    (void)state;
    static const struct {
        const char *text;
        OvType wanted;
        guint column;
        OvExpressionError code;
        const char *said;
    } cases[] = {
        {"subject.captals > 1", OV_TRUTH, 1, OV_EXPRESSION_ERROR_NAME,
         "there is no fact subject.captals; did you mean subject.capitals?"},
        {"true and nothing.like.it", OV_TRUTH, 10, OV_EXPRESSION_ERROR_NAME,
         "there is no fact nothing.like.it."},
        {"", OV_TRUTH, 1, OV_EXPRESSION_ERROR_SYNTAX,
         "the expression ends too early: a fact, number, 'text' or ( is expected here."},
        {"true and", OV_TRUTH, 9, OV_EXPRESSION_ERROR_SYNTAX, "the expression ends too early"},
        {"'é' = 'x' true", OV_TRUTH, 11, OV_EXPRESSION_ERROR_SYNTAX,
         "an operator, and, or, or the end is expected here, not true."},
        {"subject.letters", OV_TRUTH, 1, OV_EXPRESSION_ERROR_TYPE,
         "a truth value is wanted here, but this is a number; compare it with something, as in > "
         "0."},
        {"true", OV_NUMBER, 1, OV_EXPRESSION_ERROR_TYPE,
         "a number is wanted here, but this is a truth value."},
        {"message.class > 1", OV_TRUTH, 1, OV_EXPRESSION_ERROR_TYPE, "a number is wanted"},
        {"1 < message.class", OV_TRUTH, 5, OV_EXPRESSION_ERROR_TYPE, "a number is wanted"},
        {"message.class = 1", OV_TRUTH, 17, OV_EXPRESSION_ERROR_TYPE, "a text is wanted"},
        {"1 + 'a' > 1", OV_TRUTH, 5, OV_EXPRESSION_ERROR_TYPE, "a number is wanted"},
        {"not 1", OV_TRUTH, 5, OV_EXPRESSION_ERROR_TYPE, "a truth value is wanted"},
        {"true and 1", OV_TRUTH, 10, OV_EXPRESSION_ERROR_TYPE, "a truth value is wanted"},
        {"1 or true", OV_TRUTH, 1, OV_EXPRESSION_ERROR_TYPE, "a truth value is wanted"},
        {"if(1, 2, 3)", OV_NUMBER, 4, OV_EXPRESSION_ERROR_TYPE, "a truth value is wanted"},
        {"if(true, 2, 'a')", OV_NUMBER, 13, OV_EXPRESSION_ERROR_TYPE, "a number is wanted"},
        {"-true", OV_NUMBER, 2, OV_EXPRESSION_ERROR_TYPE, "a number is wanted"},
        {"1 matches /a/", OV_TRUTH, 1, OV_EXPRESSION_ERROR_TYPE, "a text is wanted"},
        {"1 < 2 < 3", OV_TRUTH, 7, OV_EXPRESSION_ERROR_SYNTAX, "comparisons don't chain"},
        {"1 == 1", OV_TRUTH, 3, OV_EXPRESSION_ERROR_SYNTAX, "write = to compare."},
        {"true && true", OV_TRUTH, 6, OV_EXPRESSION_ERROR_SYNTAX, "write and."},
        {"!true", OV_TRUTH, 1, OV_EXPRESSION_ERROR_SYNTAX, "write not."},
        {"message.class = \"bulk\"", OV_TRUTH, 17, OV_EXPRESSION_ERROR_SYNTAX,
         "a text stands between single quotes"},
        {"message.class = 'bulk", OV_TRUTH, 17, OV_EXPRESSION_ERROR_SYNTAX,
         "the text lacks its closing quote."},
        {"1 > 5% ", OV_TRUTH, 6, OV_EXPRESSION_ERROR_SYNTAX, "the character % means nothing"},
        {"1 > 5e3", OV_TRUTH, 6, OV_EXPRESSION_ERROR_SYNTAX, "a number has digits"},
        {"min(1)", OV_NUMBER, 1, OV_EXPRESSION_ERROR_SYNTAX, "min and max need two numbers"},
        {"min(1, 2", OV_NUMBER, 9, OV_EXPRESSION_ERROR_SYNTAX, "the expression ends too early"},
        {"min 1", OV_NUMBER, 5, OV_EXPRESSION_ERROR_SYNTAX, "( is expected here, not 1."},
        {"min(1, %)", OV_NUMBER, 8, OV_EXPRESSION_ERROR_SYNTAX, "the character %"},
        {"subject.text matches 'a'", OV_TRUTH, 22, OV_EXPRESSION_ERROR_SYNTAX, "a pattern between"},
        {"subject.text matches /a", OV_TRUTH, 22, OV_EXPRESSION_ERROR_SYNTAX,
         "the pattern lacks its closing slash"},
        {"subject.text matches //", OV_TRUTH, 22, OV_EXPRESSION_ERROR_SYNTAX,
         "the pattern is empty"},
        {"subject.text matches /a/g", OV_TRUTH, 25, OV_EXPRESSION_ERROR_SYNTAX,
         "a pattern's flags"},
        {"subject.text matches /é(a/", OV_TRUTH, 26, OV_EXPRESSION_ERROR_PATTERN,
         "the pattern is wrong: missing closing parenthesis."},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        guint column = 0;
        assert_null(ov_expression_compile(cases[i].text, cases[i].wanted, &names, &column, &error));
        if (column != cases[i].column || error->code != (gint)cases[i].code ||
            !g_str_has_prefix(error->message, cases[i].said))
            fail_msg("%s: column %u, code %d: %s", cases[i].text, column, error->code,
                     error->message);
    }
}

static char *repeat(const char *before, const char *middle, const char *after, guint n) {
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < n; i++)
        g_string_append(text, before);
    g_string_append(text, middle);
    for (guint i = 0; i < n; i++)
        g_string_append(text, after);
    return g_string_free(text, FALSE);
}

static void test_an_expression_without_bound_is_refused(void **state) {
    (void)state;
    static const struct {
        const char *before, *middle, *after;
        guint n;
        gboolean fits;
    } cases[] = {
        {"(", "true", ")", 60, TRUE},
        {"(", "true", ")", 100, FALSE},
        {"(", "true", "", 30000, FALSE},
        {"not ", "true", "", 60, TRUE},
        {"not ", "true", "", 10000, FALSE},
        {"1 = - ", "1", "", 2, FALSE},
        {"true and ", "true", "", 300, TRUE},
        {"true and ", "true", "", 600, FALSE},
        {"if(true, ", "true", ", false)", 50, TRUE},
        {"if(true, ", "true", ", false)", 100, FALSE},
        {"true or (true and (", "true", "))", 25, TRUE},
        {"true ", "or true", " ", 40000, FALSE},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text =
            repeat(cases[i].before, cases[i].middle, cases[i].after, cases[i].n);
        g_autoptr(GError) error = NULL;
        guint column = 0;
        g_autoptr(OvExpression) expression =
            ov_expression_compile(text, OV_TRUTH, &names, &column, &error);
        assert_int_equal(expression != NULL, cases[i].fits);
        assert_int_equal(error == NULL, cases[i].fits);
    }
    g_autofree char *wide = repeat("1 + (", "1", ")", 63);
    g_autoptr(GError) error = NULL;
    guint column = 0;
    g_autoptr(OvExpression) expression =
        ov_expression_compile(wide, OV_NUMBER, &names, &column, &error);
    assert_non_null(expression);
}

static void count(guint slot, gpointer data) {
    ((guint *)data)[slot]++;
}

static void test_the_facts_that_are_read_are_told(void **state) {
    (void)state;
    guint n[G_N_ELEMENTS(facts_known)] = {0};
    g_autoptr(OvExpression) expression =
        compile("subject.letters > 1 and (subject.letters < 9 or message.threaded)", OV_TRUTH);
    ov_expression_facts(expression, count, n);
    assert_int_equal(n[1], 2);
    assert_int_equal(n[4], 1);
    assert_int_equal(n[0], 0);
}

static void test_layout_does_not_change_the_text_of_an_expression(void **state) {
    (void)state;
    g_autoptr(OvExpression) one =
        compile("subject.letters>1 and\n  subject.text   matches /a  b/i", OV_TRUTH);
    g_autoptr(OvExpression) two =
        compile("subject.letters > 1 and subject.text matches /a  b/i", OV_TRUTH);
    assert_string_equal(ov_expression_text(one), ov_expression_text(two));
    assert_string_equal(ov_expression_text(one),
                        "subject.letters > 1 and subject.text matches /a  b/i");
}

static void test_facts_of_another_shape_are_unknown(void **state) {
    (void)state;
    g_autoptr(OvExpression) expression = compile("subject.letters > 1", OV_TRUTH);
    g_autoptr(OvExpressionScratch) scratch = ov_expression_scratch_new();
    g_autofree OvFacts *facts = facts_new();
    ov_facts_set_truth(facts, 1, TRUE);
    assert_int_equal(ov_expression_evaluate(expression, facts, scratch).type, OV_UNKNOWN);
    facts->n_values = 1;
    assert_int_equal(ov_expression_evaluate(expression, facts, scratch).type, OV_UNKNOWN);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_conditions_hold_or_not),
        cmocka_unit_test(test_scores_are_computed),
        cmocka_unit_test(test_unknown_stays_unknown_unless_the_rest_decides),
        cmocka_unit_test(test_what_cannot_be_computed_is_unknown),
        cmocka_unit_test(test_patterns_know_unicode_and_flags),
        cmocka_unit_test(test_octets_that_are_no_utf8_do_not_hide_the_rest),
        cmocka_unit_test(test_a_pattern_that_costs_too_much_is_unknown),
        cmocka_unit_test(test_a_mistake_is_told_with_its_column_and_the_nearest_name),
        cmocka_unit_test(test_an_expression_without_bound_is_refused),
        cmocka_unit_test(test_the_facts_that_are_read_are_told),
        cmocka_unit_test(test_layout_does_not_change_the_text_of_an_expression),
        cmocka_unit_test(test_facts_of_another_shape_are_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
