#include "rules/capitals.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static OvCapitals measure(const char *text, const OvCapitalsExempt *exempt, gboolean headings) {
    OvBlock block = {0, (guint32)strlen(text), OV_BLOCK_OWN, FALSE};
    return ov_capitals_measure(ov_slice(text), &block, 1, exempt, headings);
}

static OvCapitals subject(const char *text) {
    return measure(text, NULL, FALSE);
}

/* As SUBJ_ALL_CAPS and SUBJ_CAPS_PART ask. */
static const char *judged(const OvCapitals *c) {
    double share = ov_capitals_share(c);
    if (c->cased >= 12 && c->words >= 2 && share >= 0.9)
        return "all";
    return c->cased >= 12 && c->shout_words >= 2 && share >= 0.5 ? "part" : "none";
}

static void test_subject_in_capitals_is_told_from_acronyms(void **state) {
    (void)state;
    static const struct {
        const char *text, *judged;
    } cases[] = {
        {"LAST CHANCE TO BUY NOW", "all"},
        {"DERNIÈRE CHANCE : PROFITEZ-EN", "all"},
        {"ПОСЛЕДНИЙ ШАНС КУПИТЬ", "all"},
        {"TERMINE UND PREISE FÜR DEZEMBER", "all"},
        {"ΤΕΛΕΥΤΑΙΑ ΕΥΚΑΙΡΙΑ", "all"},
        {"EGZAMIN KOŃCOWY", "all"},
        {"WINTER SALE NOW ON - don't miss out", "part"},
        {"Ｂｕｙ ＣＨＥＡＰ ＷＡＴＣＨＥＳ", "part"},
        {"FINAL HOURS: shop the winter SALE", "part"},
        {"URGENT: server down", "none"},
        {"PROJ-1234 NPE in HTTPS handler", "none"},
        {"Rechnung Nr. 2026-118 für Ihre Bestellung", "none"},
        {"Minutes of the UNESCO board meeting", "none"},
        {"ISO 27001 AUDIT", "none"},
        {"(OPS-12) VPN DOWN", "none"},
        {"Ihre DSGVO Auskunft", "none"},
        {"تنبيه: آخر فرصة", "none"},
        {"最終チャンス", "none"},
        {"ᎣᏏᏲ ᏙᎯᏧ ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ ᎠᏂᏴᏫ", "none"},
        {"ბოლო შანსი იყიდეთ ახლავე", "none"},
        {"HELLO", "none"},
        {"INVOICE 4411 ACME GMBH", "none"}, /* GMBH has no vowel */
        {"LFTX, LFRX, XTRX FWDR SKPDB", "none"},
        {"TCP/IP AND HTTP/2 AT THE VPN, SMTP/IMAP IN DE", "none"},
        {"XVIII AND MMXXVI IN SUM", "none"},
        {"#BLACKFRIDAY #WINTERSALE tips", "none"},
        {"MAX_CONNECTIONS_PER_IP reached in FOO_BAR", "none"},
        {"SHOUTING_IN_NAMES root@EXAMPLE.COM only", "none"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        OvCapitals c = subject(cases[i].text);
        if (strcmp(judged(&c), cases[i].judged) != 0)
            fail_msg("%s: %s, share %.2f of %u in %u words", cases[i].text, judged(&c),
                     ov_capitals_share(&c), c.cased, c.words);
    }
}

static void test_short_words_count_again_between_two_that_shout(void **state) {
    (void)state;
    OvCapitals c = subject("LAST CHANCE TO BUY NOW");
    assert_int_equal(c.cased, 18);
    assert_int_equal(c.shout_words, 2);
    c = subject("NPE IN VPN: restart it");
    assert_int_equal(c.upper, 0);
    c = subject("WINTER SALE NOW ON - don't miss out");
    assert_int_equal((int)(ov_capitals_share(&c) * 100), 57);
}

static void test_names_of_sender_and_known_acronyms_do_not_shout(void **state) {
    (void)state;
    const char *text = "INVOICE 4411 ACME CARGO";
    OvCapitals c = measure(text, NULL, FALSE);
    assert_string_equal(judged(&c), "all");
    OvSlice names[] = {OV_SLICE_LITERAL("ACME"), OV_SLICE_LITERAL("CARGO")};
    OvCapitalsExempt exempt = {.names = names, .n_names = 2};
    c = measure(text, &exempt, FALSE);
    assert_string_equal(judged(&c), "none");
    assert_int_equal(c.cased, 7);
    OvRange acronyms[] = {{13, 17}, {18, 23}};
    exempt = (OvCapitalsExempt){.acronyms = acronyms, .n_acronyms = 2};
    c = measure(text, &exempt, FALSE);
    assert_int_equal(c.cased, 7);
}

static void test_runs_of_shouting_are_found_and_quoted(void **state) {
    (void)state;
    OvCapitals c = measure("Please READ THIS NOW BEFORE PAYING anything.", NULL, TRUE);
    assert_int_equal(c.shout_runs, 1);
    assert_true(ov_slice_equal(c.shouted, ov_slice("READ THIS NOW BEFORE PAYING")));
    c = measure("We use HTML, JSON and YAML in THREE places", NULL, TRUE);
    assert_int_equal(c.shout_runs, 0);
    c = measure("He said LEAVE ME ALONE PLEASE and then WRITE MORE LETTERS TODAY, quietly", NULL,
                TRUE);
    assert_int_equal(c.shout_runs, 2);
    c = measure("so\nSAVE MONEY TODAY WITH 50%\nFROM OUR HOUSE\nit", NULL, TRUE);
    assert_int_equal(c.shout_runs, 1);
    /* A wrapped paragraph goes on in the next line. */
    c = measure("this is a line that was wrapped by the program, and here is SOME\n"
                "MORE SHOUTING for you",
                NULL, TRUE);
    assert_int_equal(c.shout_runs, 1);
}

static void test_addresses_and_tables_are_no_runs(void **state) {
    (void)state;
    static const char *const texts[] = {
        "Ship it to\nMR JOHN SMITH\n12 HIGH STREET\nLONDON\nSW1A 1AA\nand call me.",
        "the list is\nITEM  QUANTITY  PRICE  TOTAL\nbolt  12  0.20  2.40",
        "the list is\nITEM\tQUANTITY\tPRICE\tTOTAL\nbolt\t12\t0.20\t2.40",
        "| ITEM | QUANTITY | PRICE | TOTAL |\n| bolt | 12 | 0.20 | 2.40 |",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        if (measure(texts[i], NULL, TRUE).shout_runs != 0)
            fail_msg("a run in: %s", texts[i]);
}

static void test_headings_are_exempt_by_length_of_text(void **state) {
    (void)state;
    OvCapitals c =
        measure("NOTES FROM TODAYS MEETING\nWe met and spoke of the roof.\n", NULL, TRUE);
    assert_int_equal(c.upper, 1); /* W */
    assert_int_equal(c.shout_runs, 0);
    /* One for each 400 characters: the second heading of a short text counts. */
    c = measure("NOTES FROM TODAYS MEETING\nWe spoke.\nMORE NOTES FROM THERE\nAnd more.\n", NULL,
                TRUE);
    assert_int_equal(c.shout_runs, 1);
    /* Lines in capitals one below the other are a text, not headings. */
    c = measure("BUY THESE WATCHES TODAY\nTHEY ARE VERY CHEAP\nyes\n", NULL, TRUE);
    assert_int_equal(c.shout_runs, 2);
    assert_int_equal(c.shout_words, 6);
}

static void test_visible_characters_and_words_are_counted(void **state) {
    (void)state;
    OvCapitals c = subject("Grüße, Åse!  2+2 €"); /* symbols are not text */
    assert_int_equal(c.visible, 12);
    assert_int_equal(c.visible_words, 2);
    c = subject("e\u0301te\u0301"); /* marks belong to their letters */
    assert_int_equal(c.visible, 3);
    assert_int_equal(c.visible_words, 1);
    c = subject("最終案内");
    assert_int_equal(c.visible_words, 4);
}

static void test_other_blocks_do_not_count(void **state) {
    (void)state;
    const char *text = "quiet words\n\nLOUD WORDS HERE\n\nquiet again";
    OvBlock blocks[] = {{0, 11, OV_BLOCK_OWN, FALSE},
                        {13, 28, OV_BLOCK_SIGNATURE, FALSE},
                        {30, 41, OV_BLOCK_OWN, FALSE}};
    OvCapitals c = ov_capitals_measure(ov_slice(text), blocks, 3, NULL, TRUE);
    assert_int_equal(c.upper, 0);
    assert_int_equal(c.visible_words, 4);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_subject_in_capitals_is_told_from_acronyms),
        cmocka_unit_test(test_short_words_count_again_between_two_that_shout),
        cmocka_unit_test(test_names_of_sender_and_known_acronyms_do_not_shout),
        cmocka_unit_test(test_runs_of_shouting_are_found_and_quoted),
        cmocka_unit_test(test_addresses_and_tables_are_no_runs),
        cmocka_unit_test(test_headings_are_exempt_by_length_of_text),
        cmocka_unit_test(test_visible_characters_and_words_are_counted),
        cmocka_unit_test(test_other_blocks_do_not_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
