#include "rules/price.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct {
    const char *text;
    gboolean bare;
    const char *found; /* NULL: none */
    double value;
    gboolean currency;
} cases[] = {
    {"now 49,00 € only", FALSE, "49,00 €", 49, TRUE},
    {"€49.95", FALSE, "€49.95", 49.95, TRUE},
    {"EUR 120.00 invoice 44", FALSE, "EUR 120.00", 120, TRUE},
    {"1,299.50 USD", FALSE, "1,299.50 USD", 1299.5, TRUE},
    {"1.299 €", FALSE, "1.299 €", 1299, TRUE},
    {"1'299.- CHF", FALSE, "1'299.- CHF", 1299, TRUE},
    {"99,- EUR", FALSE, "99,- EUR", 99, TRUE},
    {"SFr. 12.5", FALSE, "SFr. 12.5", 12.5, TRUE},
    {"1\u00A0299 €", FALSE, "1\u00A0299 €", 1299, TRUE},
    {"12\u202F345\u202F678 kr", FALSE, "12\u202F345\u202F678 kr", 12345678, TRUE},
    {"15 299 €", FALSE, "299 €", 299, TRUE},
    {"3 for 99 then 49 €", TRUE, "3", 3, FALSE},
    {"99", TRUE, "99", 99, FALSE},
    {"x99 y", TRUE, NULL, 0, FALSE},
    {"99 krakens", FALSE, NULL, 0, FALSE},
    {"12 13", FALSE, NULL, 0, FALSE},
    {"", TRUE, NULL, 0, FALSE},
};

static void test_amounts_of_prices_are_read(void **state) {
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        OvPrice price = {.text = {NULL, 0}};
        gsize at = 0;
        gboolean found = ov_price_next(ov_slice(cases[i].text), cases[i].bare, &at, &price);
        g_autofree char *text =
            g_strndup(price.text.data ? price.text.data : "", price.text.length);
        if (found != (cases[i].found != NULL))
            fail_msg("%s: \"%s\"", cases[i].text, text);
        if (!found) {
            assert_int_equal(at, strlen(cases[i].text));
            continue;
        }
        assert_string_equal(text, cases[i].found);
        assert_true(ABS(price.value - cases[i].value) < 1e-9);
        assert_int_equal(price.currency, cases[i].currency);
    }
}

static void test_prices_come_one_after_the_other(void **state) {
    (void)state;
    OvSlice text = ov_slice("49 € statt 99 €, nicht 12");
    OvPrice price;
    gsize at = 0;
    assert_true(ov_price_next(text, FALSE, &at, &price));
    assert_true(price.value == 49);
    assert_true(ov_price_next(text, FALSE, &at, &price));
    assert_true(price.value == 99);
    assert_false(ov_price_next(text, FALSE, &at, &price));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_amounts_of_prices_are_read),
        cmocka_unit_test(test_prices_come_one_after_the_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
