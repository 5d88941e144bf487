/* Houses that deceivers imitate, named in texts and linked to. */
#include "rules/houses.h"
#include "rules/init.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_pages_of_houses_are_told_from_those_of_imitators(void **state) {
    (void)state;
    static const char *const own[] = {"paypal.com",     "dhl.de",        "microsoftonline.com",
                                      "laposte.fr",     "hmrc.gov.uk",   "impots.gouv.fr",
                                      "podatki.gov.pl", "amazon.com.br", "irs.gov"};
    static const char *const others[] = {"paypal-login.com", "dhl.top",     "dhl.shop",
                                         "mydhl.de",         "anna.de",     "governor.com",
                                         "gov-uk.com",       "laposte",     "",
                                         "inpost.delivery",  "netflix.app", "poczta.online"};
    for (gsize i = 0; i < G_N_ELEMENTS(own); i++)
        if (!ov_is_house(ov_slice(own[i])))
            fail_msg("%s", own[i]);
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++)
        if (ov_is_house(ov_slice(others[i])))
            fail_msg("%s", others[i]);
}

static void test_texts_name_houses(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const char *houses; /* with a blank behind each */
    } rows[] = {
        {"Ihr Paket von DHL wartet", "dhl "},
        {"Votre compte Crédit Agricole, La Banque Postale", "creditagricole labanquepostale "},
        {"l'Assurance Maladie", "assurancemaladie "},
        {"PayPal: your PAYPAL account at paypal.com", "paypal paypal "},
        {"Bank of America", "bankofamerica "},
        {"HM Revenue & Customs", ""},
        {"HM Revenue and Customs", "hmrevenueandcustoms "},
        {"a visa, an Orange, Visa and Office", ""}, /* words of other meanings */
        {"we paid with paypal", ""},                /* no capital letter: not the house speaks */
        {"DHLs PayPals Netflixe", ""},
        {"Bank of", ""},
        {"", ""},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(OvArena) arena = ov_arena_new();
        g_autoptr(GString) found = g_string_new(NULL);
        const OvFolded *folded = ov_fold(arena, ov_slice(rows[i].text));
        guint32 at = 0;
        for (OvSlice house; (house = ov_house_next(folded, G_MAXUINT32, &at)).length > 0;)
            g_string_append_printf(found, "%.*s ", (int)house.length, house.data);
        assert_string_equal(found->str, rows[i].houses);
    }
}

static void test_only_the_beginning_of_a_text_is_looked_through(void **state) {
    (void)state;
    g_autoptr(OvArena) arena = ov_arena_new();
    guint32 at = 0;
    const OvFolded *folded = ov_fold(arena, OV_SLICE_LITERAL("It is from PayPal"));
    assert_int_equal(ov_house_next(folded, 10, &at).length, 0);
}

static void test_names_are_in_order(void **state) {
    (void)state;
    static const char *const names[] = {
#define NAME(label) label,
#define ALSO(label, name)
#define ORDINARY(name)
#include "rules/imitated_names.def"
#undef ORDINARY
#undef ALSO
#undef NAME
    };
    static const struct {
        const char *label;
        const char *name;
    } others[] = {
#define NAME(label)
#define ALSO(label, name) {label, name},
#define ORDINARY(name)
#include "rules/imitated_names.def"
#undef ORDINARY
#undef ALSO
#undef NAME
    };
    static const char *const ordinary[] = {
#define NAME(label)
#define ALSO(label, name)
#define ORDINARY(name) name,
#include "rules/imitated_names.def"
#undef ORDINARY
#undef ALSO
#undef NAME
    };
    for (gsize i = 1; i < G_N_ELEMENTS(names); i++)
        if (strcmp(names[i - 1], names[i]) >= 0)
            fail_msg("%s is out of order", names[i]);
    for (gsize i = 1; i < G_N_ELEMENTS(ordinary); i++)
        if (strcmp(ordinary[i - 1], ordinary[i]) >= 0)
            fail_msg("%s is out of order", ordinary[i]);
    for (gsize i = 1; i < G_N_ELEMENTS(others); i++) {
        int order = strcmp(others[i - 1].label, others[i].label);
        if (order > 0 || (order == 0 && strcmp(others[i - 1].name, others[i].name) >= 0))
            fail_msg("%s, %s is out of order", others[i].label, others[i].name);
    }
}

int main(void) {
    ov_rules_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pages_of_houses_are_told_from_those_of_imitators),
        cmocka_unit_test(test_texts_name_houses),
        cmocka_unit_test(test_only_the_beginning_of_a_text_is_looked_through),
        cmocka_unit_test(test_names_are_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
