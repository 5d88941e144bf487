#include "rules/fold.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_spellings_of_a_word_fold_alike(void **state) {
    (void)state;
    static const struct {
        const char *text, *folded;
    } cases[] = {
        {"", ""},
        {"LAST Chance", "last chance"},
        {"Dernière chance", "derniere chance"},
        {"Dernie\u0300re", "derniere"},
        {"ＢＵＹ ｎｏｗ", "buy now"},
        {"ﬁnal oﬀer", "final offer"},
        {"STRAßE strasse", "strasse strasse"},
        {"Łódź Øre Đorđe Æon Œuvre", "lodz ore dorde aeon oeuvre"},
        {"İstanbul ısı", "istanbul isi"},
        {"ΤΕΛΕΥΤΑΊΟΣ τελευταίος", "τελευταιοσ τελευταιοσ"},
        {"ПОСЛЕДНИЙ шанс", "последнии шанс"},
        {"don’t don`t don´t donʼt", "don't don't don't don't"},
        {"１００％", "100%"},
        {"x² ½", "x2 1⁄2"},
        {"㎏ Ⅻ", "kg xii"},
        {"か゛ が ガ", "か か カ"},
        {"回复：你好", "回复 你好"},
        {"😀 ok", "😀 ok"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *folded = ov_fold_string(cases[i].text);
        assert_string_equal(folded, cases[i].folded);
    }
}

static void test_what_stands_between_words_folds_to_one_space(void **state) {
    (void)state;
    static const struct {
        const char *text, *folded;
    } cases[] = {
        {"last  chance", "last chance"},
        {"last-chance", "last chance"},
        {"last – chance", "last chance"},
        {"last\u00a0\u202fchance", "last chance"},
        {"last, \"chance\"", "last chance"},
        {"last «chance» „now“", "last chance now"},
        {"last    chance", "last\nchance"},
        {"last\nchance", "last chance"},
        {"last\r\n chance", "last chance"},
        {"last\n\nchance", "last\nchance"},
        {"last\r\n\r\nchance", "last\nchance"},
        {"last\u2028chance", "last chance"},
        {"  last chance \r\n", "last chance"},
        {"-- last", "last"},
        {"last. chance", "last. chance"},
        {"100 % free", "100% free"},
        {"100\u00a0% free", "100% free"},
        {" % ", "%"},
        {"b\u200bu\u00ady\u2060 n\ufeffow", "buy now"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *folded = ov_fold_string(cases[i].text);
        assert_string_equal(folded, cases[i].folded);
    }
}

static void test_line_ends_do_not_matter(void **state) {
    (void)state;
    g_autofree char *lf = ov_fold_string("one\ntwo\n\nthree\n \nfour\n\n\n\n\nfive\n");
    g_autofree char *crlf =
        ov_fold_string("one\r\ntwo\r\n\r\nthree\r\n \r\nfour\r\n\r\n\r\n\r\n\r\nfive\r\n");
    assert_string_equal(lf, crlf);
}

static void test_nul_is_dropped(void **state) {
    (void)state;
    g_autoptr(OvArena) arena = ov_arena_new();
    const OvFolded *folded = ov_fold(arena, OV_SLICE_LITERAL("b\0uy\0 now"));
    assert_true(ov_slice_equal(folded->text, OV_SLICE_LITERAL("buy now")));
}

/* The table of frequent characters says what Unicode says, as GLib knows it. */
static void test_frequent_letters_fold_as_unicode_says(void **state) {
    (void)state;
    static const struct {
        const char *letter, *instead;
    } own[] = {{"ł", "l"},  {"ø", "o"}, {"đ", "d"}, {"æ", "ae"},
               {"œ", "oe"}, {"ı", "i"}, {"ς", "σ"}, {"ʼ", "'"}};
    for (gunichar c = 0xc0; c < 0x530; c++) {
        if (g_unichar_type(c) == G_UNICODE_UNASSIGNED || !g_unichar_isalpha(c))
            continue;
        char text[8] = {0};
        g_unichar_to_utf8(c, text);
        g_autofree char *composed = g_utf8_normalize(text, -1, G_NORMALIZE_NFKC);
        g_autofree char *lower = g_utf8_casefold(composed, -1);
        g_autofree char *parts = g_utf8_normalize(lower, -1, G_NORMALIZE_NFKD);
        g_autoptr(GString) expected = g_string_new(NULL);
        for (const char *p = parts; *p; p = g_utf8_next_char(p))
            if (g_unichar_type(g_utf8_get_char(p)) != G_UNICODE_NON_SPACING_MARK)
                g_string_append_unichar(expected, g_utf8_get_char(p));
        for (gsize i = 0; i < G_N_ELEMENTS(own); i++)
            g_string_replace(expected, own[i].letter, own[i].instead, 0);
        g_autofree char *folded = ov_fold_string(text);
        /* Spacing accents and modifiers have a space in front of them, and apostrophes are one. */
        if (strchr(expected->str, ' ') || strcmp(folded, "'") == 0)
            continue;
        assert_string_equal(folded, expected->str);
    }
}

static void test_every_character_folds_to_valid_text_once_and_for_all(void **state) {
    (void)state;
    for (gunichar c = 1; c <= 0x10ffff; c++) {
        if (!g_unichar_validate(c))
            continue;
        char text[8] = {0};
        g_unichar_to_utf8(c, text);
        g_autofree char *once = ov_fold_string(text);
        assert_true(g_utf8_validate(once, -1, NULL));
        g_autofree char *twice = ov_fold_string(once);
        if (strchr(once, '\n') == NULL)
            assert_string_equal(once, twice);
    }
}

static void assert_original(const char *text, const char *folded_part, const char *original) {
    g_autoptr(OvArena) arena = ov_arena_new();
    const OvFolded *folded = ov_fold(arena, ov_slice(text));
    g_autofree char *copy = g_strndup(folded->text.data, folded->text.length);
    const char *found = strstr(copy, folded_part);
    assert_non_null(found);
    guint32 start = (guint32)(found - copy);
    OvSlice part = ov_folded_original(folded, start, start + (guint32)strlen(folded_part));
    g_autofree char *quoted = g_strndup(part.data, part.length);
    assert_string_equal(quoted, original);
}

static void test_a_folded_phrase_leads_back_to_its_original(void **state) {
    (void)state;
    static const struct {
        const char *text, *part, *original;
    } cases[] = {
        {"Your LAST   Chance!", "last chance", "LAST   Chance"},
        {"  buy now", "buy", "buy"},
        {"«Dernière – chance» !", "derniere chance", "Dernière – chance"},
        {"un marche\u0301 ici", "marche", "marche\u0301"},
        {"die Straße hier", "strasse", "Straße"},
        {"die Straße hier", "stras", "Straß"},
        {"die Straße hier", "se hier", "ße hier"},
        {"nur 100 % gratis", "100% gratis", "100 % gratis"},
        {"nur 100 % gratis", "%", "%"},
        {"b\u200bu\u200by now", "buy", "b\u200bu\u200by"},
        {"한국 buy", "buy", "buy"},
        {"\ufdfa buy", "buy", "buy"},
        {"\u2100 buy", "a", "\u2100"},
        {"x\ufdfa buy", "x\u0635\u0644\u0649", "x\ufdfa"},
        {"buy\r\n\r\nnow", "now", "now"},
        {"buy now  \r\n", "buy now", "buy now"},
        {"😀😀 ＢＵＹ 😀", "buy", "ＢＵＹ"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_original(cases[i].text, cases[i].part, cases[i].original);
}

static void test_text_that_grows_is_folded_whole(void **state) {
    (void)state;
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < 5000; i++)
        g_string_append(text, i % 2 ? "\ufdfa" : "한 plain, ");
    g_string_append(text, "buy now");
    assert_original(text->str, "buy now", "buy now");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spellings_of_a_word_fold_alike),
        cmocka_unit_test(test_what_stands_between_words_folds_to_one_space),
        cmocka_unit_test(test_line_ends_do_not_matter),
        cmocka_unit_test(test_nul_is_dropped),
        cmocka_unit_test(test_frequent_letters_fold_as_unicode_says),
        cmocka_unit_test(test_every_character_folds_to_valid_text_once_and_for_all),
        cmocka_unit_test(test_a_folded_phrase_leads_back_to_its_original),
        cmocka_unit_test(test_text_that_grows_is_folded_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
