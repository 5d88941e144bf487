/* Display names that give themselves out as a house that deceivers imitate. */
#include "rules/sender_name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_houses_are_told_from_people_who_name_them(void **state) {
    (void)state;
    static const struct {
        const char *name;
        const char *house; /* "" for none */
    } rows[] = {
        {"PayPal", "paypal"},
        {"paypal.com", "paypal"},
        {"NETFLIX - Billing Department", "netflix"},
        {"Service client Orange", "orange"},
        {"Il tuo conto Poste Italiane", "posteitaliane"},
        {"Atención al cliente Correos", "correos"},
        {"Zespół bezpieczeństwa mBank", "mbank"},
        {"DHL 24", "dhl"},
        {"Wells-Fargo Online", "wellsfargo"},
        {"rnicrosoft account team", "microsoft"},
        {"Міcrоsоft", "microsoft"}, /* Cyrillic letters */
        {"Apple Müller", ""},
        {"Visa and passport agency Muster", ""},
        {"Booking Muster GmbH", ""},
        {"Anna Muster", ""},
        {"Customer Service", ""},
        {"24", ""},
        {"!!!", ""},
        {"", ""},
        {"a b c d e f g h i j k l paypal", ""},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(OvArena) arena = ov_arena_new();
        OvSlice found = ov_sender_house(arena, ov_slice(rows[i].name));
        if (!ov_slice_equal(found, ov_slice(rows[i].house)))
            fail_msg("%s: '%.*s'", rows[i].name, (int)found.length, found.data);
    }
}

static void test_a_house_is_known_by_its_domains(void **state) {
    (void)state;
    static const struct {
        const char *organisation;
        const char *house;
        OvHouseDomain domain;
    } rows[] = {
        {"paypal.com", "paypal", OV_HOUSE_OWN},
        {"paypal.de", "paypal", OV_HOUSE_OWN},
        {"post-nl.nl", "postnl", OV_HOUSE_OWN},
        {"facebookmail.com", "facebook", OV_HOUSE_OWN},
        {"paypal-login.com", "paypal", OV_HOUSE_NAMED},
        {"my-paypal.com", "paypal", OV_HOUSE_NAMED},
        {"pay.com", "paypal", OV_HOUSE_OTHER},
        {"kranichwerke-test.net", "paypal", OV_HOUSE_OTHER},
        {"localhost", "paypal", OV_HOUSE_OTHER},
        {"", "paypal", OV_HOUSE_OTHER},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
        if (ov_house_domain(ov_slice(rows[i].organisation), ov_slice(rows[i].house)) !=
            rows[i].domain)
            fail_msg("%s", rows[i].organisation);
}

static void test_words_beside_a_name_are_in_order(void **state) {
    (void)state;
    static const char *const words[] = {
#define WORD(word) word,
#include "rules/sender_words.def"
#undef WORD
    };
    for (gsize i = 1; i < G_N_ELEMENTS(words); i++)
        if (strcmp(words[i - 1], words[i]) >= 0)
            fail_msg("%s is out of order", words[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_houses_are_told_from_people_who_name_them),
        cmocka_unit_test(test_a_house_is_known_by_its_domains),
        cmocka_unit_test(test_words_beside_a_name_are_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
