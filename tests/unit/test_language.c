#include "rules/language.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

typedef struct {
    OvPhraseSet *set;
    OvPhraseScratch *scratch;
    OvArena *arena;
} Fixture;

static int load(void **state) {
    g_autofree char *directory = g_build_filename(g_getenv("OUTVET_SOURCE"), "rules/phrases", NULL);
    const char *directories[] = {directory, NULL};
    Fixture *fixture = g_new0(Fixture, 1);
    fixture->set = ov_phrase_set_load(directories, NULL, NULL);
    assert_non_null(fixture->set);
    fixture->scratch = ov_phrase_scratch_new(fixture->set, NULL);
    fixture->arena = ov_arena_new();
    *state = fixture;
    return 0;
}

static int unload(void **state) {
    Fixture *fixture = *state;
    ov_phrase_scratch_free(fixture->scratch);
    ov_phrase_set_unref(fixture->set);
    ov_arena_free(fixture->arena);
    g_free(fixture);
    return 0;
}

static const OvPhraseScan *scan(Fixture *fixture, const char *text) {
    const OvFolded *folded = ov_fold(fixture->arena, ov_slice(text));
    return ov_phrase_set_scan(fixture->set, fixture->scratch, fixture->arena, folded);
}

/* "de fr" for what was told, in order of name. */
static char *names(Fixture *fixture, OvLanguages languages) {
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < ov_phrase_set_n_languages(fixture->set); i++)
        if (languages >> i & 1)
            g_string_append_printf(text, "%s%s", text->len ? " " : "",
                                   ov_phrase_set_language(fixture->set, i));
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static void test_a_paragraph_tells_its_language(void **state) {
    static const struct {
        const char *text, *languages;
    } cases[] = {
        {"Thank you for the list that you have sent. We will look at the open points with our "
         "colleagues and write when they are done.",
         "en"},
        {"Merci pour la liste que vous nous avez envoyée. Nous regardons les points ouverts avec "
         "nos collègues et nous vous répondons dans la semaine.",
         "fr"},
        {"Danke für die Liste, die Sie uns geschickt haben. Wir sehen uns die offenen Punkte mit "
         "den Kollegen an und melden uns, wenn sie erledigt sind.",
         "de"},
        {"Gracias por la lista que nos han enviado. Vamos a mirar los puntos abiertos con nuestros "
         "compañeros y les escribimos cuando estén listos.",
         "es"},
        {"Grazie per la lista che ci avete mandato. Guardiamo i punti aperti con i nostri colleghi "
         "e vi scriviamo appena sono chiusi, anche se non tutti.",
         "it"},
        {"Obrigado pela lista que nos mandaram. Vamos ver os pontos em aberto com os nossos "
         "colegas e escrevemos quando estiverem prontos, até sexta.",
         "pt"},
        {"Bedankt voor de lijst die u ons heeft gestuurd. We bekijken de open punten met onze "
         "collega's en schrijven u als het klaar is.",
         "nl"},
        {"Dziękujemy za listę, którą państwo przysłali. Przejrzymy otwarte punkty z kolegami i "
         "napiszemy, gdy będzie gotowe, także dla innych.",
         "pl"},
        {"Tack för listan som ni skickade. Vi tittar på de öppna punkterna tillsammans med våra "
         "kollegor och skriver till er så snart allt är klart, kanske redan nästa vecka.",
         ""},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        OvLanguage language =
            ov_language_of(((Fixture *)*state)->set, scan(*state, cases[i].text), 0);
        g_autofree char *told = names(*state, language.told);
        assert_string_equal(told, cases[i].languages);
    }
}

static void test_a_stop_word_tells_one_language(void **state) {
    Fixture *fixture = *state;
    guint n = 0;
    for (guint i = 0; i < ov_phrase_set_n_phrases(fixture->set); i++) {
        if (strcmp(ov_phrase_set_list_of(fixture->set, i)->name, "lexicon-stopwords") != 0)
            continue;
        const char *word = ov_phrase_set_text(fixture->set, i);
        const OvPhraseScan *found = scan(fixture, word);
        guint languages = 0;
        for (guint language = 0; language < OV_MAX_LANGUAGES; language++)
            languages += found->stop_words[language];
        if (languages != 1)
            print_error("%s\n", word);
        assert_int_equal(languages, 1);
        n++;
    }
    assert_true(n > 200);
}

static void test_two_languages_in_one_text_are_both_told(void **state) {
    Fixture *fixture = *state;
    const char *text = "Vous trouvez la liste dans ce message, avec les prix pour votre équipe. "
                       "U vindt de lijst in dit bericht, met de prijzen voor uw team en ook voor "
                       "onze klanten.";
    OvLanguage language = ov_language_of(fixture->set, scan(fixture, text), 0);
    g_autofree char *told = names(fixture, language.told);
    assert_string_equal(told, "fr nl");
}

static void test_hints_add_languages_but_for_english(void **state) {
    Fixture *fixture = *state;
    static const struct {
        const char *tags, *languages;
    } cases[] = {
        {"de", "de"},    {"DE-at, fr", "de fr"},
        {"en", ""},      {"en-US, pl", "pl"},
        {"deu", ""},     {"sv", ""},
        {"", ""},        {" , ;fr;", "fr"},
        {"pt-BR", "pt"}, {"x-de", ""},
        {"d", ""},       {"\xff\xfe", ""},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        OvLanguages hints = ov_language_hints(fixture->set, ov_slice(cases[i].tags));
        g_autofree char *told = names(fixture, hints);
        assert_string_equal(told, cases[i].languages);
    }
    OvLanguage language = ov_language_of(fixture->set, scan(fixture, "Servus"),
                                         ov_language_hints(fixture->set, ov_slice("de")));
    g_autofree char *told = names(fixture, language.told);
    assert_string_equal(told, "de");
    assert_false(language.open);
}

static void test_a_short_subject_is_in_the_bodys_language(void **state) {
    Fixture *fixture = *state;
    OvLanguage german = ov_language_of(fixture->set,
                                       scan(fixture, "Das ist nicht für die Leute, die wir auf der "
                                                     "Liste haben, oder auch nur für einen."),
                                       0);
    static const struct {
        const char *subject, *languages;
    } cases[] = {
        {"Das Angebot", "de"},
        {"Your list and our list", "de"},
        {"Your list and our list for the week", "en"},
        {"Sommer Winter Herbst Regen Schnee Sonne Wind", "de"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        OvLanguage language =
            ov_language_of_subject(fixture->set, scan(fixture, cases[i].subject), german);
        g_autofree char *told = names(fixture, language.told);
        assert_string_equal(told, cases[i].languages);
    }
}

static const OvPhraseList *list_named(Fixture *fixture, const char *name, const char *language) {
    for (guint i = 0; i < ov_phrase_set_n_lists(fixture->set); i++) {
        const OvPhraseList *list = ov_phrase_set_list(fixture->set, i);
        if (strcmp(list->name, name) == 0 && strcmp(list->language, language) == 0)
            return list;
    }
    fail();
    return NULL;
}

static void test_lists_count_where_the_text_is_in_their_language(void **state) {
    Fixture *fixture = *state;
    const OvPhraseList *english = list_named(fixture, "buy", "en");
    const OvPhraseList *german = list_named(fixture, "buy", "de");
    const OvPhraseList *any = list_named(fixture, "lexicon-reply-prefix", "any");

    OvLanguage told = {.told = german->languages, .english = english->languages};
    assert_true(ov_language_admits(told, german, OV_TIER_C));
    assert_true(ov_language_admits(told, english, OV_TIER_A));
    assert_false(ov_language_admits(told, english, OV_TIER_C));
    assert_true(ov_language_admits(told, any, OV_TIER_NONE));
    assert_true(ov_language_lexicons(told) == (german->languages | english->languages));

    OvLanguage other = {.english = english->languages};
    assert_false(ov_language_admits(other, german, OV_TIER_A));
    assert_true(ov_language_admits(other, english, OV_TIER_C));

    OvLanguage open = {.english = english->languages, .open = TRUE};
    assert_true(ov_language_admits(open, german, OV_TIER_B));
    assert_true(ov_language_admits(open, german, OV_TIER_NONE));
    assert_false(ov_language_admits(open, german, OV_TIER_C));
    assert_true(ov_language_lexicons(open) == OV_ALL_LANGUAGES);
}

static void test_nothing_tells_only_while_a_text_is_short(void **state) {
    Fixture *fixture = *state;
    assert_true(ov_language_of(fixture->set, scan(fixture, ""), 0).open);
    assert_true(ov_language_of(fixture->set, scan(fixture, "Kom nu hjem igen"), 0).open);
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < 20; i++)
        g_string_append(text, "kom nu hjem igen ");
    OvLanguage language = ov_language_of(fixture->set, scan(fixture, text->str), 0);
    assert_false(language.open);
    assert_int_equal(language.told, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_paragraph_tells_its_language),
        cmocka_unit_test(test_a_stop_word_tells_one_language),
        cmocka_unit_test(test_two_languages_in_one_text_are_both_told),
        cmocka_unit_test(test_hints_add_languages_but_for_english),
        cmocka_unit_test(test_a_short_subject_is_in_the_bodys_language),
        cmocka_unit_test(test_lists_count_where_the_text_is_in_their_language),
        cmocka_unit_test(test_nothing_tells_only_while_a_text_is_short),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
