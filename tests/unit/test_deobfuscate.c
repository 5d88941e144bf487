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

typedef struct {
    const char *text;
    guint n;
    const char *phrase, *found;
} Case;

static OvHiddenPhrases search(const OvPhraseSet *set, OvPhraseScratch *scratch, OvArena *arena,
                              OvSlice text, OvLanguage language) {
    OvBlock block = {0, (guint32)text.length, OV_BLOCK_OWN, FALSE};
    OvDisguises disguises = ov_disguises_find(arena, text, &block, 1);
    return ov_deobfuscate(set, scratch, arena, text, &disguises, language);
}

static void check(const Case *cases, gsize n) {
    g_autoptr(OvPhraseSet) set = load();
    g_autoptr(OvPhraseScratch) scratch = ov_phrase_scratch_new(set, NULL);
    g_autoptr(OvArena) arena = ov_arena_new();
    OvLanguage open = {.open = TRUE};
    for (gsize i = 0; i < n; i++) {
        OvHiddenPhrases hidden = search(set, scratch, arena, ov_slice(cases[i].text), open);
        if (hidden.n_phrases != cases[i].n)
            fail_msg("%s: %u phrases", cases[i].text, hidden.n_phrases);
        if (hidden.n_phrases == 0)
            continue;
        assert_string_equal(ov_phrase_set_text(set, hidden.phrases[0].phrase), cases[i].phrase);
        OvSlice found = hidden.phrases[0].found;
        g_autofree char *text = g_strndup(found.data, found.length);
        assert_string_equal(text, cases[i].found);
    }
}

static void test_phrases_with_gaps_between_letters_are_found(void **state) {
    (void)state;
    static const Case cases[] = {
        {"B U Y  N O W", 1, "buy now", "B U Y  N O W"},
        {"B U Y N O W", 1, "buy now", "B U Y N O W"},
        {"Offer: l.a.s.t c-h-a-n-c-e today", 1, "last chance", "l.a.s.t c-h-a-n-c-e"},
        {"L_A_S_T chance", 1, "last chance", "L_A_S_T chance"},
        {"your last C H A N C E!", 1, "last chance", "last C H A N C E"},
        {"D e r n i è r e   c h a n c e", 1, "dernière chance", "D e r n i è r e   c h a n c e"},
        {"W u n d e r m i t t e l", 1, "Wundermittel", "W u n d e r m i t t e l"},
        {"B U Y N O W or A C T N O W", 2, "buy now", "B U Y N O W"},
        {"X B U Y N O W X", 1, "buy now", "B U Y N O W"},
        {"b*u*y n*o*w", 1, "buy now", "b*u*y n*o*w"},
        {"b/u/y~n/o/w", 1, "buy now", "b/u/y~n/o/w"},
        {"B · U · Y · N · O · W", 1, "buy now", "B · U · Y · N · O · W"},
        {"b u y n 0 w", 1, "buy now", "b u y n 0 w"},
        {"B\n\nU\n\nY\n\nN\n\nO\n\nW", 1, "buy now", "B\n\nU\n\nY\n\nN\n\nO\n\nW"},
        {"Ⓑ Ⓤ Ⓨ Ⓝ Ⓞ Ⓦ", 1, "buy now", "Ⓑ Ⓤ Ⓨ Ⓝ Ⓞ Ⓦ"},
        {"b!u!y!n!o!w", 1, "buy now", "b!u!y!n!o!w"},
        {"B U Y     N O W", 1, "buy now", "B U Y     N O W"},
        {"free mon.ey", 1, "free money", "free mon.ey"},
        {"fr*ee mo|n.ey", 1, "free money", "fr*ee mo|n.ey"},
        {"bulk e-mail, on-line casino", 0, NULL, NULL},
        {"buy.now and act_now", 0, NULL, NULL},
        {"buy now", 0, NULL, NULL},
        {"R E P O R T", 0, NULL, NULL},
        {"I N V O I C E", 0, NULL, NULL},
        {"Letters of J. R. R. T. and A. B. C. D.", 0, NULL, NULL},
        {"1. e4 e5 2. Nf3 Nc6 3. Bb5 a6 4. O-O", 0, NULL, NULL},
        {"B U Y it, N O W", 0, NULL, NULL},
        {"B    U    Y    N    O    W", 0, NULL, NULL},
        {"A4 B5 S5 T7", 0, NULL, NULL},
        {"H U R R Y", 0, NULL, NULL},
        {"", 0, NULL, NULL},
        {"B", 0, NULL, NULL},
        {"- . _", 0, NULL, NULL},
    };
    check(cases, G_N_ELEMENTS(cases));
}

static void test_phrases_with_digits_and_signs_for_letters_are_found(void **state) {
    (void)state;
    static const Case cases[] = {
        {"Get fr33 m0ney here", 1, "free money", "fr33 m0ney"},
        {"Get free m0ney here", 1, "free money", "free m0ney"},
        {"@ct n0w, and do not wait", 1, "act now", "@ct n0w"},
        {"your l4$t ch@nce!", 1, "last chance", "l4$t ch@nce"},
        {"a c4sin0 b0nu5 for you", 1, "casino bonus", "c4sin0 b0nu5"},
        {"mirac1e cure", 1, "miracle cure", "mirac1e cure"},
        {"m1racle cure", 1, "miracle cure", "m1racle cure"},
        {"m!racle cure", 1, "miracle cure", "m!racle cure"},
        {"mirac1e cure and 10px of MP3", 1, "miracle cure", "mirac1e cure"},
        {"speciaI offer", 1, "special offer", "speciaI offer"},
        {"fr€€ mon€¥", 1, "free money", "fr€€ mon€¥"},
        {"$pecial 0ffer", 1, "special offer", "$pecial 0ffer"},
        {"100% free", 0, NULL, NULL},
        {"model FR33-M0N8, serial S4L3-7731", 0, NULL, NULL},
        {"the 0ffer of 1nvoice 4711", 0, NULL, NULL},
        {"buy now!", 0, NULL, NULL},
        {"b2b n0w", 0, NULL, NULL},
        {"aGVsbG8gd29ybGQsIGJ1eSBub3cgYW5kIGZyM2UgbTBuZXk", 0, NULL, NULL},
    };
    check(cases, G_N_ELEMENTS(cases));
}

static void test_phrases_in_other_letters_are_found(void **state) {
    (void)state;
    static const Case cases[] = {
        {"саsino bonus", 1, "casino bonus", "саsino bonus"},
        {"CASINО BОNUS", 1, "casino bonus", "CASINО BОNUS"},
        {"get it now, рау later: асt nоw", 1, "act now", "асt nоw"},
        {"mirαcle cure", 1, "miracle cure", "mirαcle cure"},
        {"ʙᴜʏ ɴᴏᴡ", 1, "buy now", "ʙᴜʏ ɴᴏᴡ"},
        {"ｂuy now", 1, "buy now", "ｂuy now"},
        {"𝗕𝗨𝗬 𝗡𝗢𝗪", 1, "buy now", "𝗕𝗨𝗬 𝗡𝗢𝗪"},
        {"🅱🆄🆈 🅽🅾🆆", 1, "buy now", "🅱🆄🆈 🅽🅾🆆"},
        {"b\u200Bu\u200By now", 1, "buy now", "b\u200Bu\u200By now"},
        {"bu\u200By now", 1, "buy now", "bu\u200By now"},
        {"b\u00ADu\u00ADy now", 1, "buy now", "b\u00ADu\u00ADy now"},
        {"b̶u̶y̶ n̶o̶w̶", 1, "buy now", "b̶u̶y̶ n̶o̶w̶"},
        {"\u202Ewon yub\u202C or not", 1, "buy now", "won yub"},
        {"your ассount", 1, "account", "ассount"},
        {"your 𝗮𝗰𝗰𝗼𝘂𝗻𝘁", 0, NULL, NULL},
        {"your ac\u200Bcount", 0, NULL, NULL},
        {"bùy nöw", 0, NULL, NULL},
        {"Bestpreis\u00ADgarantie", 0, NULL, NULL},
        {"Best\u00ADpreis\u00ADgaran\u00ADtie", 0, NULL, NULL},
    };
    check(cases, G_N_ELEMENTS(cases));
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
    assert_int_equal(search(set, scratch, arena, text, told).n_phrases, 1);
    told.told = 1u << german;
    assert_int_equal(search(set, scratch, arena, text, told).n_phrases, 0);
}

static void test_a_phrase_far_from_another_disguise_is_found(void **state) {
    (void)state;
    g_autoptr(OvPhraseSet) set = load();
    g_autoptr(OvPhraseScratch) scratch = ov_phrase_scratch_new(set, NULL);
    g_autoptr(OvArena) arena = ov_arena_new();
    g_autoptr(GString) text = g_string_new("a c4sin0 bonus ");
    for (guint i = 0; i < 50; i++)
        g_string_append(text, "and then we went on ");
    g_string_append(text, "until the last ch4nce, after which ");
    for (guint i = 0; i < 50; i++)
        g_string_append(text, "nothing came, ");
    g_string_append(text, "only mirac1e cures, buy n0w");
    OvHiddenPhrases hidden =
        search(set, scratch, arena, (OvSlice){text->str, text->len}, (OvLanguage){.open = TRUE});
    assert_int_equal(hidden.n_phrases, 3);
    g_autofree char *found =
        g_strndup(hidden.phrases[2].found.data, hidden.phrases[2].found.length);
    assert_string_equal(found, "buy n0w");
}

/* Memory stands for work here: it grows with the text, not with its square. */
static void test_a_text_of_disguises_alone_costs_in_proportion(void **state) {
    (void)state;
    static const char *const units[] = {"a ", "é.", "m0ney ", "а\u200Bb\u200Bc ", "\u202Ex", "ⓐ "};
    g_autoptr(OvPhraseSet) set = load();
    g_autoptr(OvPhraseScratch) scratch = ov_phrase_scratch_new(set, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(units); i++) {
        g_autoptr(OvArena) arena = ov_arena_new();
        g_autoptr(GString) text = g_string_new(NULL);
        while (text->len < 256 * 1024)
            g_string_append(text, units[i]);
        search(set, scratch, arena, (OvSlice){text->str, text->len}, (OvLanguage){.open = TRUE});
        assert_true(ov_arena_used(arena) < 64 * text->len);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_phrases_with_gaps_between_letters_are_found),
        cmocka_unit_test(test_phrases_with_digits_and_signs_for_letters_are_found),
        cmocka_unit_test(test_phrases_in_other_letters_are_found),
        cmocka_unit_test(test_gaps_are_looked_for_in_the_texts_language),
        cmocka_unit_test(test_a_phrase_far_from_another_disguise_is_found),
        cmocka_unit_test(test_a_text_of_disguises_alone_costs_in_proportion),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
