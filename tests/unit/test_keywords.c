#include "rules/keywords.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* The shipped lists, loaded once. */
typedef struct {
    OvPhraseSet *set;
    OvPhraseScratch *scratch;
    OvArena *arena;
} Fixture;

static int load(void **state) {
    g_autofree char *directory = g_build_filename(g_getenv("OUTVET_SOURCE"), "rules/phrases", NULL);
    const char *directories[] = {directory, NULL};
    Fixture *fixture = g_new0(Fixture, 1);
    g_autoptr(GError) error = NULL;
    fixture->set = ov_phrase_set_load(directories, NULL, &error);
    if (!fixture->set)
        print_error("%s\n", error->message);
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

static const OvKeywords *score(Fixture *fixture, const char *text, double factor) {
    const OvPhraseScan *found = scan(fixture, text);
    OvKeywordZone zone = {.factor = factor, .language = ov_language_of(fixture->set, found, 0)};
    return ov_keywords(fixture->set, found, &zone, fixture->arena);
}

static guint in_category(Fixture *fixture, const OvKeywords *keywords, const char *name) {
    gint category = ov_phrase_set_find_category(fixture->set, name);
    assert_true(category >= 0);
    return keywords->n_category[category];
}

static void test_promotional_subjects_of_each_language_are_found(void **state) {
    static const struct {
        const char *text;
        guint strong, a;
    } cases[] = {
        {"LAST CHANCE: buy now and save up to 70%, 100% free gift inside!", 5, 4},
        {"Dernière chance ! Achetez maintenant, jusqu’à épuisement des stocks", 3, 3},
        {"Letzte Chance: jetzt kaufen, solange der Vorrat reicht", 3, 3},
        {"ÚLTIMA OPORTUNIDAD: compra ya y reclama tu regalo", 3, 3},
        {"Ultima occasione: acquista ora, fino a esaurimento scorte", 3, 3},
        {"Última oportunidade: compre já, enquanto durarem os stocks", 3, 3},
        {"Laatste kans: bestel nu, op is op", 3, 2},
        {"Ostatnia szansa! Kup teraz, do wyczerpania zapasów", 3, 3},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        const OvKeywords *keywords = score(*state, cases[i].text, 1.5);
        assert_int_equal(keywords->n_strong, cases[i].strong);
        assert_int_equal(keywords->n_a, cases[i].a);
        assert_true(keywords->total >= 2.0);
    }
}

/* What deceivers write in plain words, without a link: threats, legacies, offers out of the blue.
 */
static void test_texts_of_deceivers_in_each_language_are_found(void **state) {
    static const char *const cases[] = {
        "I am a hacker and your device is infected. I recorded you through your webcam. Pay in "
        "bitcoin and I delete the video.",
        "My late client left the sum of 12 million United States dollars, and you stand as the "
        "beneficiary. This mail may come to you as a surprise.",
        "We can bring your shop to the first page of Google, with high quality backlinks.",
        "Your account has been suspended. Verify your identity within 24 hours, or your account "
        "will be closed; failure to comply will cost you your files.",
        "Ich bin ein Hacker, Ihr Konto wurde gehackt. Zahlen Sie in Bitcoin.",
        "Mein verstorbener Kunde hinterließ zwölf Millionen US-Dollar, ein nachrichtenloses Konto.",
        "Je suis un pirate, votre compte a été piraté, et vous avez 48 heures pour payer.",
        "Mon défunt mari a laissé un compte dormant de douze millions de dollars américains.",
        "Soy un hacker, su cuenta ha sido hackeada y usted debe pagar en bitcoin.",
        "Sono un hacker, il tuo account è stato violato: devi pagare in bitcoin.",
        "Sou um hacker, sua conta foi hackeada, e você tem 48 horas para pagar.",
        "Ik ben een hacker, uw account is gehackt, en u heeft 48 uur om te betalen.",
        "Jestem hakerem, twoje konto zostało zhakowane, masz 48 godzin na zapłatę.",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
        if (score(*state, cases[i], 1.0)->n_a < 2)
            fail_msg("%s", cases[i]);
}

static void test_ordinary_messages_have_no_phrase_of_weight(void **state) {
    static const char *const cases[] = {
        "Hi Anna, please find the purchase order attached. The price includes VAT at 20%. Feel "
        "free to call me about the invoice; the deadline is today.",
        "Your password was changed. If this was not you, contact support.",
        "Bonjour Marie, voici le devis pour la commande. Le prix est de 400 € TTC. Merci de "
        "confirmer avant vendredi, le délai est court.",
        "Bonne chance pour ton examen, et félicitations pour ton travail.",
        "Guten Tag Herr Braun, anbei unser Angebot. Der Preis gilt bis Ende der Frist. Wir kaufen "
        "die Teile selbst. Bei Fragen rufen Sie mich an.",
        "Estimada Laura, le enviamos el pedido y la factura. El seguro de la hipoteca vence hoy.",
        "Gentile dottore, in allegato la fattura del vostro ordine. Il conto è in scadenza oggi.",
        "Bom dia Rita, segue a fatura da encomenda. O prazo termina em breve.",
        "Beste Jan, hierbij de factuur van uw bestelling. De prijs is inclusief btw. De deadline "
        "is vandaag.",
        "Dzień dobry, w załączeniu faktura. Termin płatności upływa wkrótce. Cena zawiera VAT.",
        "The virus scanner found a trojan in the attachment of the 12th, and put it away.",
        "Your order was shipped today; the parcel should be with you on Friday.",
        "The lottery of the fire brigade takes place on Saturday, with coffee and cake.",
        "Ihr Paket ist unterwegs und kommt am Freitag. Die Rechnung liegt bei.",
        "Votre colis part demain, la facture est jointe. Merci de votre commande.",
        "Su paquete sale mañana con la factura. Gracias por la compra.",
        "Il pacco parte domani, la fattura è allegata. Grazie.",
        "A encomenda segue amanhã, com a fatura. Obrigado.",
        "Uw pakket gaat morgen op de post, met de factuur. Bedankt.",
        "Paczka wychodzi jutro, faktura w środku. Dziękujemy.",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        const OvKeywords *keywords = score(*state, cases[i], 1.0);
        assert_int_equal(keywords->n_strong, 0);
        assert_true(keywords->total < 1e-9);
        assert_int_equal(keywords->evidence.length, 0);
    }
}

/* Words that mean something else in another language, or are ordinary prose. */
static void test_false_friends_stay_silent(void **state) {
    static const char *const cases[] = {
        "We would like to buy the house, and the order will be placed at the price you gave.",
        "Feel free to write, the sugar-free cake is on Tuesday, and the toll-free line is open.",
        "Please write to contact@free.fr, they answer at once and have the free/busy list.",
        "La vaisselle est sale et nous sommes dans la maison avec les enfants.",
        "Il sale e il pepe sono sul tavolo della cucina, anche per gli ospiti.",
        "El tren sale a las ocho y los niños están muy contentos cuando llegan.",
        "Das Gift ist nicht für die Kinder, und der Schrank ist zu.",
        "Das Fest ist fast vorbei, der Wirt ist bald da und die Art ist auch nicht neu.",
        "Eine Chance haben wir noch, wenn der Termin nicht vor der Frist ist.",
        "Le prix de la ville est pour vous, et le prêt est prêt dans une heure.",
        "De prijs is voor het kind dat niet bij ons op school zat.",
        "La oferta de empleo es para los ingenieros, y el premio es para usted.",
        "O seguro não é seguro em todos os casos, e a conta é paga até sexta.",
        "Il conto non è della banca, e la offerta di lavoro è per gli studenti.",
        "Herzlichen Glückwunsch zum Geburtstag, und auch von mir ist alles Gute dabei.",
        "Parabéns pelo trabalho, não sei quem fez isso mas o prazo é em breve.",
        "Termin jest już znany, przed nim nie będzie można kupić biletu, bo jest za drogo.",
        "Gratis parkeren kan bij het station, maar niet voor de deur.",
        "O sinal é pago em dinheiro, e o saldo até ao dia da entrega.",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        const OvKeywords *keywords = score(*state, cases[i], 1.0);
        if (keywords->n_strong > 0)
            print_error("%s: %.*s\n", cases[i], (int)keywords->evidence.length,
                        keywords->evidence.data);
        assert_int_equal(keywords->n_strong, 0);
        assert_true(keywords->total < 1e-9);
    }
}

static void test_free_in_a_compound_or_an_address_is_not_the_word(void **state) {
    static const struct {
        const char *text;
        guint context;
    } cases[] = {
        {"this is free", 1},     {"it is free, and this is for you", 1},
        {"feel free to ask", 0}, {"feel\nfree", 0},
        {"free to ask", 0},      {"sugar-free or tax-free", 0},
        {"free-range eggs", 0},  {"see free.fr and www.free.example", 0},
        {"free/busy", 0},        {"me@free", 0},
        {"free. And more", 1},   {"pre-order and e-shop", 0},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        const OvKeywords *keywords = score(*state, cases[i].text, 1.0);
        assert_int_equal(keywords->n_context, cases[i].context);
    }
}

static void test_english_words_are_not_looked_for_in_other_languages(void **state) {
    const OvKeywords *french = score(
        *state, "La pièce est sale dans la maison, achetez maintenant pour vous et vos enfants.",
        1.0);
    assert_int_equal(french->n_a, 1);
    assert_int_equal(french->n_context, 0);
    const OvKeywords *english =
        score(*state, "The sale is on, buy now at the shop that you and your friends know.", 1.0);
    assert_int_equal(english->n_a, 1);
    assert_int_equal(english->n_context, 2);
}

static void test_context_words_count_only_beside_a_phrase(void **state) {
    const OvKeywords *alone = score(*state, "The price of the loan and the deadline", 1.0);
    assert_int_equal(alone->n_context, 3);
    assert_true(alone->total < 1e-9);
    const OvKeywords *beside = score(*state, "Act now: the price of the loan", 1.0);
    assert_int_equal(beside->n_context, 2);
    assert_true(beside->total > 0.8 + 0.1 + 0.1 - 1e-9);
}

static void test_three_context_words_of_a_category_count_in_bulk(void **state) {
    const OvKeywords *two = score(*state, "the order and the price of what you have", 1.0);
    assert_int_equal(two->n_context, 2);
    assert_true(two->bulk_total < 1e-9);
    const OvKeywords *three = score(*state, "the order and the price at the shop", 1.0);
    assert_int_equal(three->n_context, 3);
    assert_true(three->total < 1e-9);
    assert_true(three->bulk_total > 0.1);
}

static void test_a_category_weighs_less_with_each_phrase_and_is_capped(void **state) {
    static const struct {
        const char *text;
        double body, subject;
    } cases[] = {
        {"act now", 0.8, 1.2},
        {"act now, act now, ACT NOW", 0.8, 1.2},
        {"act now, last chance", 1.2, 1.5},
        {"act now, last chance, hurry", 1.3, 1.5},
        {"act now, last chance, now or never, final hours, final call", 1.5, 1.5},
        {"act now, buy now", 1.6, 2.4},
        {"hurry", 0.4, 0.6},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        double body = score(*state, cases[i].text, 1.0)->total;
        double subject = score(*state, cases[i].text, 1.5)->total;
        assert_true(body > cases[i].body - 1e-6 && body < cases[i].body + 1e-6);
        assert_true(subject > cases[i].subject - 1e-6 && subject < cases[i].subject + 1e-6);
    }
}

static void test_words_inside_a_longer_phrase_count_once(void **state) {
    static const struct {
        const char *text;
        guint strong;
    } cases[] = {
        {"Haga clic aquí ahora", 1},   /* and `haga clic aquí` */
        {"Spal tłuszcz z brzucha", 1}, /* and `spal tłuszcz` */
        {"bono de regalo", 1},         /* and `regalo` */
        {"casino online", 1},          /* Spanish and Portuguese */
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        const OvKeywords *keywords = score(*state, cases[i].text, 1.0);
        assert_int_equal(keywords->n_strong, cases[i].strong);
        assert_int_equal(keywords->n_context, 0);
    }
}

static void test_evidence_quotes_the_original(void **state) {
    const OvKeywords *keywords =
        score(*state, "Hurry, the price falls: LAST – Chance to “Act\u00a0Now”!", 1.0);
    g_autofree char *evidence = g_strndup(keywords->evidence.data, keywords->evidence.length);
    assert_string_equal(evidence, "\"LAST – Chance\", \"Act\u00a0Now\", \"Hurry\", \"price\"");
}

static void test_evidence_is_bounded(void **state) {
    g_autoptr(GString) text = g_string_new(NULL);
    Fixture *fixture = *state;
    for (guint i = 0; i < ov_phrase_set_n_phrases(fixture->set); i++)
        g_string_append_printf(text, "%s; ", ov_phrase_set_text(fixture->set, i));
    const OvKeywords *keywords = score(fixture, text->str, 1.0);
    assert_true(keywords->n_keywords > 100);
    assert_in_range(keywords->evidence.length, 100, OV_KEYWORD_EVIDENCE);
    assert_true(keywords->total <=
                OV_KEYWORD_CATEGORY_CAP * ov_phrase_set_n_categories(fixture->set));
}

static gboolean in_second_line(gsize original, gconstpointer data) {
    return original > *(const gsize *)data;
}

static void test_what_is_not_the_senders_own_text_does_not_count(void **state) {
    Fixture *fixture = *state;
    const char *text = "Act now, it says.\nThat is what they wrote: last chance.";
    gsize line = strlen("Act now, it says.");
    const OvPhraseScan *found = scan(fixture, text);
    OvKeywordZone zone = {.factor = 1.0,
                          .language = ov_language_of(fixture->set, found, 0),
                          .counts = in_second_line,
                          .data = &line};
    const OvKeywords *keywords = ov_keywords(fixture->set, found, &zone, fixture->arena);
    assert_int_equal(keywords->n_strong, 1);
    assert_int_equal(keywords->n_tokens, 2);
}

static void test_lexicons_are_counted_and_do_not_weigh(void **state) {
    Fixture *fixture = *state;
    const OvKeywords *keywords =
        score(fixture, "You can unsubscribe or opt out; unsubscribe here at any time.", 1.0);
    assert_int_equal(in_category(fixture, keywords, "lexicon-unsubscribe"), 2);
    assert_true(keywords->total < 1e-9);
}

static void test_facts_add_up_subject_and_body(void **state) {
    Fixture *fixture = *state;
    guint n = ov_phrase_set_n_categories(fixture->set);
    g_autofree OvFacts *facts = g_malloc0(sizeof(OvFacts) + (OV_N_FACTS + n) * sizeof(OvValue));
    const OvKeywords *zones[] = {score(fixture, "Last chance", 1.5),
                                 score(fixture, "Act now and buy now, hurry.", 1.0)};
    ov_keywords_set_facts(fixture->set, zones, 2, facts);
    guint urgency = (guint)ov_phrase_set_find_category(fixture->set, "urgency");
    guint money = (guint)ov_phrase_set_find_category(fixture->set, "money");
    assert_true(ov_facts_number(facts, OV_N_FACTS + urgency, -1) == 3);
    assert_true(ov_facts_number(facts, OV_N_FACTS + money, -1) == 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_promotional_subjects_of_each_language_are_found),
        cmocka_unit_test(test_texts_of_deceivers_in_each_language_are_found),
        cmocka_unit_test(test_ordinary_messages_have_no_phrase_of_weight),
        cmocka_unit_test(test_false_friends_stay_silent),
        cmocka_unit_test(test_free_in_a_compound_or_an_address_is_not_the_word),
        cmocka_unit_test(test_english_words_are_not_looked_for_in_other_languages),
        cmocka_unit_test(test_context_words_count_only_beside_a_phrase),
        cmocka_unit_test(test_three_context_words_of_a_category_count_in_bulk),
        cmocka_unit_test(test_a_category_weighs_less_with_each_phrase_and_is_capped),
        cmocka_unit_test(test_words_inside_a_longer_phrase_count_once),
        cmocka_unit_test(test_evidence_quotes_the_original),
        cmocka_unit_test(test_evidence_is_bounded),
        cmocka_unit_test(test_what_is_not_the_senders_own_text_does_not_count),
        cmocka_unit_test(test_lexicons_are_counted_and_do_not_weigh),
        cmocka_unit_test(test_facts_add_up_subject_and_body),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
