#include "rules/contact_details.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct {
    const char *text, *found; /* NULL: none */
} cases[] = {
    {"Call +49 30 1234567.", "+49 30 1234567"},
    {"Call +49 (0)30 / 123 45-67 now", "+49 (0)30 / 123 45-67"},
    {"(800) 555-0199", "(800) 555-0199"},
    {"1-800-555-0199", "1-800-555-0199"},
    {"800.555.0199", "800.555.0199"},
    {"01 23 45 67 89", "01 23 45 67 89"},
    {"030/1234 5678", "030/1234 5678"},
    {"0049 30 1234567", "0049 30 1234567"},
    {"Write to\nKranichwerke\n10115 Berlin", "10115 Berlin"},
    {"Am Markt 3, D-10115 Berlin", "D-10115 Berlin"},
    {"Keizersgracht 1, 1012 AB Amsterdam", "1012 AB Amsterdam"},
    {"Rynek 3, 00-950 Łódź", "00-950 Łódź"},
    {"Rua Nova 3\n4000-123 Porto", "4000-123 Porto"},
    {"Road 3, London SW1A 1AA", "SW1A 1AA"},
    {"Springfield, IL 62701", ", IL 62701"},
    {"Springfield, IL  62701-1234", ", IL  62701"},

    {"", NULL},
    {"+", NULL},
    {"+1 2 3", NULL},
    {"Order 00123456789", NULL},
    {"on 01.02.2026 10 15", NULL},
    {"01/02/2026", NULL},
    {"2026-02-01 10:15", NULL},
    {"10.11.12.13", NULL},
    {"1.299,00 EUR or 800,555,0199", NULL},
    {"card 4111 1111 1111 1111 1111", NULL},
    {"we sold 12345 Lamps", NULL},
    {"In the year\n2026 Berlin had rain", NULL},
    {"A4 paper, B5 envelopes", NULL},
    {"US 12345", NULL},
    {"x, Y", NULL},
};

static void test_contact_details_are_told_from_other_numbers(void **state) {
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        OvSlice found = ov_contact_details_find(ov_slice(cases[i].text));
        g_autofree char *text = g_strndup(found.data ? found.data : "", found.length);
        if (strcmp(text, cases[i].found ? cases[i].found : "") != 0)
            fail_msg("\"%s\" gives \"%s\"", cases[i].text, text);
    }
}

static void test_a_telephone_is_told_from_a_postal_code(void **state) {
    (void)state;
    static const struct {
        const char *text, *found; /* NULL: none */
    } telephones[] = {
        {"Kranichwerke, 10115 Berlin, +49 30 1234567", "+49 30 1234567"},
        {"call (800) 555-0199 or +49 30 1234567", "(800) 555-0199"},
        {"contact 1{800} 555-0199 now", "1{800} 555-0199"},
        {"Straße\u00A0800-555-0199", "800-555-0199"},
        {"Straße800-555-0199", NULL},
        {"10115 Berlin, SW1A 1AA", NULL},
        {"", NULL},
        {"2026-02-01 10:15 1.299,00 EUR", NULL},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(telephones); i++) {
        OvSlice found = ov_contact_details_telephone(ov_slice(telephones[i].text));
        g_autofree char *text = g_strndup(found.data ? found.data : "", found.length);
        if (strcmp(text, telephones[i].found ? telephones[i].found : "") != 0)
            fail_msg("\"%s\" gives \"%s\"", telephones[i].text, text);
    }
}

/* Each text ends where its memory does. */
static void test_nothing_is_read_beyond_the_text(void **state) {
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *text = cases[i].text;
        for (gsize length = 0; length <= strlen(text); length++) {
            if (length < strlen(text) && ((guchar)text[length] & 0xC0) == 0x80)
                continue;
            g_autofree char *copy = length > 0 ? g_memdup2(text, length) : NULL;
            OvSlice found = ov_contact_details_find((OvSlice){copy, length});
            assert_true(found.length <= length);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_contact_details_are_told_from_other_numbers),
        cmocka_unit_test(test_a_telephone_is_told_from_a_postal_code),
        cmocka_unit_test(test_nothing_is_read_beyond_the_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
