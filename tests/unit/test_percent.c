#include "rules/percent.h"
#include "rules/price.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct {
    const char *word;
    OvCueKind kind;
} words[] = {
    {"off", OV_CUE_OFF},
    {"save", OV_CUE_DISCOUNT},
    {"sur tout", OV_CUE_DISCOUNT},
    {"rabatt", OV_CUE_DISCOUNT},
    {"sparen", OV_CUE_DISCOUNT},
    {"descuento", OV_CUE_DISCOUNT},
    {"zniżka", OV_CUE_DISCOUNT},
    {"korting", OV_CUE_DISCOUNT},
    {"vat", OV_CUE_NOT_DISCOUNT},
    {"tva", OV_CUE_NOT_DISCOUNT},
    {"uptime", OV_CUE_NOT_DISCOUNT},
    {"coton", OV_CUE_NOT_DISCOUNT},
    {"respondents", OV_CUE_NOT_DISCOUNT},
    {"revenue", OV_CUE_NOT_DISCOUNT},
    {"interest", OV_CUE_NOT_DISCOUNT},
    {"disk", OV_CUE_NOT_DISCOUNT},
    {"complete", OV_CUE_NOT_DISCOUNT},
    {"grew", OV_CUE_NOT_DISCOUNT},
    {"margin", OV_CUE_NOT_DISCOUNT},
    {"skonto", OV_CUE_NOT_DISCOUNT},
    {"prozent", OV_CUE_PERCENT},
    {"procent", OV_CUE_PERCENT},
};

static int by_start(const void *a, const void *b) {
    const OvCue *x = a, *y = b;
    return (x->range.start > y->range.start) - (x->range.start < y->range.start);
}

static const OvPercentage *find(OvArena *arena, const char *text, guint *n) {
    OvCue cues[32];
    guint n_cues = 0;
    g_autofree char *lower = g_utf8_strdown(text, -1);
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
        char *at = strstr(lower, words[i].word);
        if (at) {
            guint32 start = (guint32)(at - lower);
            cues[n_cues++] =
                (OvCue){{start, start + (guint32)strlen(words[i].word)}, words[i].kind};
        }
    }
    qsort(cues, n_cues, sizeof *cues, by_start);
    OvBlock block = {0, (guint32)strlen(text), OV_BLOCK_OWN, FALSE};
    return ov_percent_find(arena, ov_slice(text), &block, 1, cues, n_cues, n);
}

static guint discounts(const char *text, double *highest) {
    g_autoptr(OvArena) arena = ov_arena_new();
    guint n, count = 0;
    const OvPercentage *found = find(arena, text, &n);
    for (guint i = 0; i < n; i++) {
        count += found[i].discount ? 1 : 0;
        if (found[i].discount)
            *highest = MAX(*highest, found[i].value);
    }
    return count;
}

static void test_discounts_are_found(void **state) {
    (void)state;
    static const struct {
        const char *text;
        double value;
    } cases[] = {
        {"Save 50% today", 50},         {"-30 % sur tout le site", 30},
        {"Jusqu'à -70%", 70},           {"50% off all shoes", 50},
        {"20 % Rabatt auf alles", 20},  {"Sparen Sie 15 Prozent", 15},
        {"Descuento del 40 %", 40},     {"Zniżka 25% na wszystko", 25},
        {"Korting: 35 procent", 35},    {"Save 20-30 % on boots", 30},
        {"Save 12.5% today", 12.5},     {"Save 50\u00A0％ today", 50},
        {"−25 % nur heute", 25},        {"Boots -5 %: now € 45.00", 5},
        {"-50% off, VAT included", 50}, {"-50%, VAT included: 12,00 €, save", 50},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        double value = 0;
        if (discounts(cases[i].text, &value) != 1 || value != cases[i].value)
            fail_msg("%s: %g", cases[i].text, value);
    }
}

static void test_other_percentages_are_no_discounts(void **state) {
    (void)state;
    static const char *const texts[] = {
        "VAT 20% included",
        "TVA 20 % : 14,00 €",
        "99.9% uptime SLA",
        "100 % coton",
        "100% off topic",
        "45% of respondents",
        "Revenue down -3% QoQ",
        "Interest rate 3,5 %",
        "disk 95% full",
        "Temperature -5 %RH",
        "Task 80% complete",
        "We grew 12% this year, market share 30%",
        "margin fell -10% against plan",
        "between 10-20 % of the flats",
        "between 10 – 20 % of the flats",
        "- 20 % hydrogen\n- 80 % air",
        "2 % Skonto bei Zahlung in 10 Tagen, Rabatt nach Absprache",
        "0.5% off",
        "1000% off",
        "1.234.50% off",
        "save%",
        "%",
        "v2% save",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        double value = 0;
        if (discounts(texts[i], &value) != 0)
            fail_msg("a discount in: %s", texts[i]);
    }
}

static void test_cues_count_only_near_and_in_the_same_block(void **state) {
    (void)state;
    double value = 0;
    assert_int_equal(discounts("20% of it was there and it was not to be forgotten, so we "
                               "could save the rest",
                               &value),
                     0);
    g_autoptr(OvArena) arena = ov_arena_new();
    const char *text = "Save\n\n20% of it";
    OvBlock blocks[] = {{0, 4, OV_BLOCK_OWN, FALSE}, {6, 15, OV_BLOCK_OWN, FALSE}};
    OvCue cue = {{0, 4}, OV_CUE_DISCOUNT};
    guint n;
    const OvPercentage *found = ov_percent_find(arena, ov_slice(text), blocks, 2, &cue, 1, &n);
    assert_int_equal(n, 1);
    assert_false(found[0].discount);
    blocks[1].kind = OV_BLOCK_SIGNATURE;
    ov_percent_find(arena, ov_slice(text), blocks, 2, &cue, 1, &n);
    assert_int_equal(n, 0);
}

static void test_range_covers_sign_number_and_word(void **state) {
    (void)state;
    g_autoptr(OvArena) arena = ov_arena_new();
    guint n;
    const char *text = "only today -30 % on boots";
    const OvPercentage *found = find(arena, text, &n);
    assert_int_equal(n, 1);
    assert_true(
        ov_slice_equal((OvSlice){text + found->range.start, found->range.end - found->range.start},
                       ov_slice("-30 %")));
    OvBlock block = {0, (guint32)strlen(text), OV_BLOCK_OWN, FALSE};
    assert_true(ov_slice_equal(ov_context(ov_slice(text), &block, found->range, 8),
                               ov_slice("today -30 % on")));
}

static void test_prices_are_found_in_either_order(void **state) {
    (void)state;
    static const char *const prices[] = {"€ 20",       "€20.50",   "20 €",  "20,00 €", "$5",
                                         "EUR 120.00", "1.200 zł", "12 kr", "99 CHF",  "£ 3"};
    for (gsize i = 0; i < G_N_ELEMENTS(prices); i++)
        if (ov_price_at_start(ov_slice(prices[i])).length != strlen(prices[i]))
            fail_msg("no price: %s", prices[i]);
    static const char *const none[] = {"", "€", "20", "euro zone", "20 krill", "CHFx 20", "x €"};
    for (gsize i = 0; i < G_N_ELEMENTS(none); i++)
        if (ov_price_in(ov_slice(none[i])))
            fail_msg("a price: %s", none[i]);
    assert_true(ov_price_in(ov_slice("only 12,00 € today")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_discounts_are_found),
        cmocka_unit_test(test_other_percentages_are_no_discounts),
        cmocka_unit_test(test_cues_count_only_near_and_in_the_same_block),
        cmocka_unit_test(test_range_covers_sign_number_and_word),
        cmocka_unit_test(test_prices_are_found_in_either_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
