#include "rules/deobfuscate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static OvPhraseSet *load(void) {
    g_autofree char *directory = g_build_filename(g_getenv("OUTVET_SOURCE"), "rules/phrases", NULL);
    const char *directories[] = {directory, NULL};
    OvPhraseSet *set = ov_phrase_set_load(directories, NULL, NULL);
    assert_non_null(set);
    return set;
}

static void test_phrases_with_gaps_between_letters_are_found(void **state) {
    (void)state;
    static const struct {
        const char *text;
        guint n;
        const char *phrase, *found;
    } cases[] = {
        {"B U Y  N O W", 1, "buy now", "B U Y  N O W"},
        {"B U Y N O W", 1, "buy now", "B U Y N O W"},
        {"Offer: l.a.s.t c-h-a-n-c-e today", 1, "last chance", "l.a.s.t c-h-a-n-c-e"},
        {"L_A_S_T chance", 1, "last chance", "L_A_S_T"},
        {"your last C H A N C E!", 1, "last chance", "C H A N C E"},
        {"D e r n i è r e   c h a n c e", 1, "dernière chance", "D e r n i è r e   c h a n c e"},
        {"W u n d e r m i t t e l", 1, "Wundermittel", "W u n d e r m i t t e l"},
        {"B U Y N O W or A C T N O W", 2, "buy now", "B U Y N O W"},
        {"X B U Y N O W X", 1, "buy now", "X B U Y N O W X"},
        {"buy now", 0, NULL, NULL},
        {"R E P O R T", 0, NULL, NULL},
        {"Letters of J. R. R. T. and A. B. C. D.", 0, NULL, NULL},
        {"B U Y it, N O W", 0, NULL, NULL},
        {"B    U    Y    N    O    W", 0, NULL, NULL},
        {"A4 B5 S5 T7", 0, NULL, NULL},
        {"H U R R Y", 0, NULL, NULL},
        {"", 0, NULL, NULL},
        {"B", 0, NULL, NULL},
        {"- . _", 0, NULL, NULL},
    };
    g_autoptr(OvPhraseSet) set = load();
    g_autoptr(OvPhraseScratch) scratch = ov_phrase_scratch_new(set, NULL);
    g_autoptr(OvArena) arena = ov_arena_new();
    OvLanguage open = {.open = TRUE};
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        OvGaps gaps = ov_deobfuscate_gaps(set, scratch, arena, ov_slice(cases[i].text), open);
        assert_int_equal(gaps.n_phrases, cases[i].n);
        if (gaps.n_phrases == 0)
            continue;
        assert_string_equal(ov_phrase_set_text(set, gaps.phrase), cases[i].phrase);
        g_autofree char *found = g_strndup(gaps.found.data, gaps.found.length);
        assert_string_equal(found, cases[i].found);
    }
}

static void test_gaps_are_looked_for_in_the_texts_language(void **state) {
    (void)state;
    g_autoptr(OvPhraseSet) set = load();
    g_autoptr(OvPhraseScratch) scratch = ov_phrase_scratch_new(set, NULL);
    g_autoptr(OvArena) arena = ov_arena_new();
    OvSlice text = ov_slice("K U P  T E R A Z");
    gint polish = ov_phrase_set_find_language(set, ov_slice("pl"));
    gint german = ov_phrase_set_find_language(set, ov_slice("de"));
    OvLanguage told = {.told = 1u << polish};
    assert_int_equal(ov_deobfuscate_gaps(set, scratch, arena, text, told).n_phrases, 1);
    told.told = 1u << german;
    assert_int_equal(ov_deobfuscate_gaps(set, scratch, arena, text, told).n_phrases, 0);
}

static void test_a_long_subject_of_single_letters_costs_little(void **state) {
    (void)state;
    g_autoptr(OvPhraseSet) set = load();
    g_autoptr(OvPhraseScratch) scratch = ov_phrase_scratch_new(set, NULL);
    g_autoptr(OvArena) arena = ov_arena_new();
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < 100000; i++)
        g_string_append(text, i % 3 ? "a " : "é.");
    gint64 start = g_get_monotonic_time();
    ov_deobfuscate_gaps(set, scratch, arena, (OvSlice){text->str, text->len},
                        (OvLanguage){.open = TRUE});
    assert_true(g_get_monotonic_time() - start < 200 * 1000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_phrases_with_gaps_between_letters_are_found),
        cmocka_unit_test(test_gaps_are_looked_for_in_the_texts_language),
        cmocka_unit_test(test_a_long_subject_of_single_letters_costs_little),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
