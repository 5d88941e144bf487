#include "rules/wallet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct {
    const char *text, *found; /* NULL: none */
} cases[] = {
    /* Published examples: the first block's address, Bitcoin's wiki, BIP 173 and 350. */
    {"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"},
    {"to (3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy).", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy"},
    {"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"},
    {"BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4"},
    {"bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
     "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"},
    {"1111111111111111111114oLvT2", "1111111111111111111114oLvT2"},
    {"bitcoin:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"},
    {"a b TJRabPrwbZy45sbavfcjinPJC18kjpRTv8", "TJRabPrwbZy45sbavfcjinPJC18kjpRTv8"},

    {"", NULL},
    {"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", NULL},
    {"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", NULL},
    {"x1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", NULL},
    {"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNaß", NULL},
    {"0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045", NULL},
    {"donaudampfschifffahrtsgesellschaft", NULL},
    {"tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx", NULL},
    {"bc1", NULL},
    {"zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", NULL},
};

static void test_addresses_are_told_by_their_checksums(void **state) {
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        gsize at = 0;
        guint tries = OV_WALLET_TRIES;
        OvSlice found = ov_wallet_next(ov_slice(cases[i].text), &at, &tries);
        g_autofree char *text = g_strndup(found.data ? found.data : "", found.length);
        if (strcmp(text, cases[i].found ? cases[i].found : "") != 0)
            fail_msg("\"%s\" gives \"%s\"", cases[i].text, text);
    }
}

static void test_addresses_come_one_after_the_other(void **state) {
    (void)state;
    OvSlice text =
        ov_slice("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa, 3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy");
    gsize at = 0;
    guint tries = 2;
    assert_int_equal(ov_wallet_next(text, &at, &tries).data - text.data, 0);
    assert_int_equal(ov_wallet_next(text, &at, &tries).data - text.data, 36);
    assert_int_equal(ov_wallet_next(text, &at, &tries).length, 0);
    assert_int_equal(at, text.length);
}

static void test_no_more_words_are_tried_than_are_allowed(void **state) {
    (void)state;
    OvSlice text =
        ov_slice("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb 3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy");
    gsize at = 0;
    guint tries = 1;
    assert_int_equal(ov_wallet_next(text, &at, &tries).length, 0);
    assert_int_equal(tries, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses_are_told_by_their_checksums),
        cmocka_unit_test(test_addresses_come_one_after_the_other),
        cmocka_unit_test(test_no_more_words_are_tried_than_are_allowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
