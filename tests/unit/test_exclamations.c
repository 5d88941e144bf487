#include "rules/exclamations.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static OvExclamations measure(const char *text, gboolean greeting) {
    OvBlock block = {0, (guint32)strlen(text), OV_BLOCK_OWN, FALSE};
    OvExclamationsExempt exempt = {.greeting = greeting};
    return ov_exclamations_measure(ov_slice(text), &block, 1, &exempt);
}

static void test_marks_and_runs_are_counted(void **state) {
    (void)state;
    static const struct {
        const char *text;
        guint marks, twos, threes;
    } cases[] = {
        {"Sale", 0, 0, 0},
        {"Sale!", 1, 0, 0},
        {"Sale! Now!", 2, 0, 0},
        {"Sale!!", 2, 1, 0},
        {"Sale!!! Now!!!!", 7, 2, 2},
        {"Sale ! ! !", 3, 1, 1},
        {"Really?!?!?!", 3, 1, 1},
        {"Sale‼", 2, 1, 0},
        {"Now ❗❗❗", 3, 1, 1},
        {"Now ❗️❗️", 2, 1, 0},
        {"特価！今だけ！", 2, 0, 0},
        {"¡Oferta!", 1, 0, 0},
        {"¡Oferta! ¡Última!", 2, 0, 0},
        {"Bonjour !", 1, 0, 0},
        {"Bonjour\u00A0!", 1, 0, 0},
        {"!", 1, 0, 0},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        OvExclamations e = measure(cases[i].text, FALSE);
        if (e.marks != cases[i].marks || e.runs_of_two != cases[i].twos ||
            e.runs_of_three != cases[i].threes)
            fail_msg("%s: %u marks, %u and %u runs", cases[i].text, e.marks, e.runs_of_two,
                     e.runs_of_three);
    }
}

static void test_marks_of_code_are_no_exclamations(void **state) {
    (void)state;
    static const char *const texts[] = {
        "if (a != b)",        "color: red !important",
        "#!/bin/sh",          "see ![the picture](a.png)",
        "run `echo hi!!!` x", "<!-- note -->",
        "use !ls or (!done)", "a && !b",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        if (measure(texts[i], FALSE).marks != 0)
            fail_msg("an exclamation in: %s", texts[i]);
    assert_int_equal(measure("a ` alone, then!", FALSE).marks, 1);
}

static void test_mark_that_ends_a_greeting_is_free(void **state) {
    (void)state;
    assert_int_equal(measure("Liebe Frau Huber!\nAnbei das Angebot!", TRUE).marks, 1);
    assert_int_equal(measure("Witam!\n", TRUE).marks, 0);
    assert_int_equal(measure("Liebe Frau Huber!!\nAnbei", TRUE).marks, 2);
    assert_int_equal(measure("Liebe Frau Huber!\nAnbei", FALSE).marks, 1);
    assert_int_equal(
        measure("You are the one that we have been looking for all day!\nx", TRUE).marks, 1);
}

static void test_mark_of_a_brand_is_free(void **state) {
    (void)state;
    const char *text = "Yahoo! and Joomla! news!";
    OvBlock block = {0, (guint32)strlen(text), OV_BLOCK_OWN, FALSE};
    OvRange brands[] = {{0, 5}, {11, 18}};
    OvExclamationsExempt exempt = {.brands = brands, .n_brands = 2};
    assert_int_equal(ov_exclamations_measure(ov_slice(text), &block, 1, &exempt).marks, 1);
}

static void test_longest_run_is_the_evidence(void **state) {
    (void)state;
    OvExclamations e = measure("One! Order today!!! Or not!", FALSE);
    assert_int_equal(e.longest_run, 3);
    assert_true(ov_slice_equal(e.evidence, ov_slice("One! Order today!!!")));
    assert_int_equal(measure("What?", FALSE).questions, 1);
    assert_int_equal(measure("What⁉", FALSE).questions, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_marks_and_runs_are_counted),
        cmocka_unit_test(test_marks_of_code_are_no_exclamations),
        cmocka_unit_test(test_mark_that_ends_a_greeting_is_free),
        cmocka_unit_test(test_mark_of_a_brand_is_free),
        cmocka_unit_test(test_longest_run_is_the_evidence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
