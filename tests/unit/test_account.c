#include "policy/account.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <unistd.h>

static OvSettings *settings_of(const char *text) {
    g_autoptr(GError) error = NULL;
    OvSettings *settings = ov_settings_parse(text, strlen(text), "test.conf", &error);
    assert_null(error);
    return settings;
}

static const OvHeader *header_of(OvArena *arena, const char *text) {
    return ov_header_parse(arena, ov_slice(text), 1000);
}

static void test_account_is_the_first_of_the_order_that_is_known(void **state) {
    (void)state;
    static const struct {
        const char *settings;
        const char *login, *sender, *client;
        gboolean local;
        const char *header;
        const char *name, *source;
    } CASES[] = {
        {"", "Shop", "a@b.example", "192.0.2.7", FALSE, "", "shop", "login"},
        {"", NULL, "Ann@B.example", "192.0.2.7", FALSE, "", "ann@b.example", "sender"},
        {"", "", "a@b.example", "192.0.2.7", FALSE, "", "a@b.example", "sender"},
        {"", NULL, "", "192.0.2.7", FALSE, "", "192.0.2.7", "client"},
        {"", NULL, NULL, NULL, FALSE, "", "unknown", "none"},
        {"", NULL, "www@b.example", NULL, TRUE, "X-PHP-Originating-Script: 0:mail.php\n", "root",
         "script"},
        {"", NULL, "www@b.example", NULL, TRUE,
         "X-PHP-Originating-Script: 4000000001:mail.php(3) : eval()'d code\n", "uid 4000000001",
         "script"},
        {"", NULL, "www@b.example", NULL, TRUE,
         "X-PHP-Script: Shop.example/contact.php for 192.0.2.9\n", "shop.example", "script"},
        {"", NULL, "www@b.example", NULL, TRUE, "X-PHP-Originating-Script: mail.php\n",
         "www@b.example", "sender"},
        {"", NULL, "www@b.example", NULL, TRUE, "X-PHP-Originating-Script: -1:mail.php\n",
         "www@b.example", "sender"},
        {"", NULL, "www@b.example", NULL, TRUE, "Subject: x\n", "www@b.example", "sender"},
        /* From SMTP the field is a claim. */
        {"", NULL, "www@b.example", "192.0.2.7", FALSE, "X-PHP-Originating-Script: 0:mail.php\n",
         "www@b.example", "sender"},
        {"[accounts]\norder = client, login\n", "shop", "a@b.example", "192.0.2.7", FALSE, "",
         "192.0.2.7", "client"},
        {"[accounts]\norder = login\n", NULL, "a@b.example", "192.0.2.7", FALSE, "", "unknown",
         "none"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autoptr(OvSettings) settings = settings_of(CASES[i].settings);
        g_autoptr(OvArena) arena = ov_arena_new();
        OvEnvelope envelope = {
            .login = CASES[i].login,
            .sender = CASES[i].sender,
            .client_address = CASES[i].client,
            .local = CASES[i].local,
        };
        OvAccount account;
        ov_account_find(&account, settings, &envelope, header_of(arena, CASES[i].header), arena);
        assert_string_equal(account.name, CASES[i].name);
        assert_string_equal(ov_account_source_name(account.source), CASES[i].source);
    }
}

static void test_script_is_trusted_from_this_machine_and_a_claim_from_smtp(void **state) {
    (void)state;
    g_autoptr(OvSettings) settings = settings_of("");
    g_autoptr(OvArena) arena = ov_arena_new();
    const OvHeader *header =
        header_of(arena, "X-PHP-Originating-Script: 0:forms/Mail.php\nSubject: x\n\nbody");
    OvAccount account;
    ov_account_find(&account, settings, &(OvEnvelope){.local = TRUE}, header, arena);
    assert_string_equal(account.script, "0:forms/Mail.php");
    assert_null(account.claimed_script);
    ov_account_find(&account, settings, &(OvEnvelope){.login = "shop"}, header, arena);
    assert_null(account.script);
    assert_string_equal(account.claimed_script, "0:forms/Mail.php");
}

static void test_names_are_fit_to_be_printed(void **state) {
    (void)state;
    static const struct {
        const char *login, *name;
    } CASES[] = {
        {"a\nb\x1b[31m\x7f", "a\\x0ab\\x1b[31m\\x7f"},
        {"caf\xc3\xa9", "caf\xc3\xa9"},
        {"caf\xe9", "caf\\xe9"},
        {"a\xe2\x80\xae"
         "b",
         "a\\u{202e}b"}, /* right-to-left override */
        {"a\xc2\x85z", "a\\u{85}z"},
        {"  DOMAIN\\User  ", "domain\\user"},
        {"' OR 1=1; --<b>/../", "' or 1=1; --<b>/../"},
    };
    g_autoptr(OvSettings) settings = settings_of("");
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autoptr(OvArena) arena = ov_arena_new();
        OvAccount account;
        ov_account_find(&account, settings, &(OvEnvelope){.login = CASES[i].login},
                        header_of(arena, ""), arena);
        assert_string_equal(account.name, CASES[i].name);
    }
}

static void test_long_names_are_cut_and_stay_different(void **state) {
    (void)state;
    g_autoptr(OvSettings) settings = settings_of("");
    g_autoptr(OvArena) arena = ov_arena_new();
    const OvHeader *header = header_of(arena, "");
    OvAccount accounts[2];
    for (guint i = 0; i < 2; i++) {
        g_autofree char *login = g_strnfill(10000, 'a');
        memcpy(login + 200, "\xc3\xa9", 2);
        login[9999] = (char)('x' + i);
        ov_account_find(&accounts[i], settings, &(OvEnvelope){.login = login}, header, arena);
        assert_int_equal(strlen(accounts[i].name), OV_ACCOUNT_NAME_MAX);
        assert_true(g_utf8_validate(accounts[i].name, -1, NULL));
    }
    assert_string_not_equal(accounts[0].name, accounts[1].name);
    g_autofree char *fits = g_strnfill(OV_ACCOUNT_NAME_MAX, 'b');
    ov_account_find(&accounts[0], settings, &(OvEnvelope){.login = fits}, header, arena);
    assert_string_equal(accounts[0].name, fits);
}

static void test_cutting_never_splits_a_character(void **state) {
    (void)state;
    g_autoptr(OvSettings) settings = settings_of("");
    g_autoptr(OvArena) arena = ov_arena_new();
    const OvHeader *header = header_of(arena, "");
    for (guint shift = 0; shift < 8; shift++) {
        g_autoptr(GString) login = g_string_new(NULL);
        for (guint i = 0; i < shift; i++)
            g_string_append_c(login, 'a');
        for (guint i = 0; i < 200; i++)
            g_string_append(login, i % 2 ? "\xe2\x82\xac" : "\xff");
        OvAccount account;
        ov_account_find(&account, settings, &(OvEnvelope){.login = login->str}, header, arena);
        assert_true(g_utf8_validate(account.name, -1, NULL));
        assert_in_range(strlen(account.name), 240, OV_ACCOUNT_NAME_MAX);
        assert_int_equal(account.name[strlen(account.name) - 17], '~');
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_account_is_the_first_of_the_order_that_is_known),
        cmocka_unit_test(test_script_is_trusted_from_this_machine_and_a_claim_from_smtp),
        cmocka_unit_test(test_names_are_fit_to_be_printed),
        cmocka_unit_test(test_long_names_are_cut_and_stay_different),
        cmocka_unit_test(test_cutting_never_splits_a_character),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
