#include "policy/limits/subject.h"

#include "policy/account.h"
#include "rules/init.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_a_subject_has_one_form_however_it_is_written(void **state) {
    (void)state;
    static const struct {
        const char *text;
        OvSubjectKind kind;
        const char *name, *form;
    } CASES[] = {
        {"shop", OV_SUBJECT_ACCOUNT, "shop", "account:shop"},
        {"Shop@Example.ORG", OV_SUBJECT_ACCOUNT, "shop@example.org", "account:shop@example.org"},
        {"account:everything", OV_SUBJECT_ACCOUNT, "everything", "account:everything"},
        {"account:script:x", OV_SUBJECT_ACCOUNT, "script:x", "account:script:x"},
        {"192.0.2.7", OV_SUBJECT_ACCOUNT, "192.0.2.7", "account:192.0.2.7"},
        {"fe80::1", OV_SUBJECT_ACCOUNT, "fe80::1", "account:fe80::1"},
        {"2001:db8::7", OV_SUBJECT_ACCOUNT, "2001:db8::7", "account:2001:db8::7"},
        {"uid 1001", OV_SUBJECT_ACCOUNT, "uid 1001", "account:uid 1001"},
        {"a/b'\"; --", OV_SUBJECT_ACCOUNT, "a/b'\"; --", "account:a/b'\"; --"},
        {"a\nb", OV_SUBJECT_ACCOUNT, "a\\x0ab", "account:a\\x0ab"},
        {"a\\x0ab", OV_SUBJECT_ACCOUNT, "a\\x0ab", "account:a\\x0ab"},
        {"caf\xe9", OV_SUBJECT_ACCOUNT, "caf\\xe9", "account:caf\\xe9"},
        {"sender_domain:B\xc3\xbc"
         "cher.Example.",
         OV_SUBJECT_SENDER_DOMAIN, "xn--bcher-kva.example", "sender_domain:xn--bcher-kva.example"},
        {"sender_domain:localhost", OV_SUBJECT_SENDER_DOMAIN, "localhost",
         "sender_domain:localhost"},
        {"sender_domain:example.org.. .", OV_SUBJECT_SENDER_DOMAIN, "example.org",
         "sender_domain:example.org"},
        {"sender_domain:a\xff", OV_SUBJECT_SENDER_DOMAIN, "a\\357\\277\\275",
         "sender_domain:a\\357\\277\\275"},
        {"sender_domain:my_host.Example", OV_SUBJECT_SENDER_DOMAIN, "my_host.example",
         "sender_domain:my_host.example"},
        {"sender_domain:[192.0.2.1]", OV_SUBJECT_SENDER_DOMAIN, "[192.0.2.1]",
         "sender_domain:[192.0.2.1]"},
        {"script:1001:Mailer.php", OV_SUBJECT_SCRIPT, "1001:Mailer.php", "script:1001:Mailer.php"},
        {"client:::ffff:192.0.2.7", OV_SUBJECT_CLIENT, "192.0.2.7", "client:192.0.2.7"},
        {"client:192.0.2.0/24", OV_SUBJECT_CLIENT, "192.0.2.0/24", "client:192.0.2.0/24"},
        {"egress:2001:DB8:0::1", OV_SUBJECT_EGRESS, "2001:db8::1", "egress:2001:db8::1"},
        {"provider:Gmail", OV_SUBJECT_PROVIDER, "gmail", "provider:gmail"},
        {"provider:other", OV_SUBJECT_PROVIDER, "other", "provider:other"},
        {"everything", OV_SUBJECT_EVERYTHING, "", "everything"},
    };
    g_autoptr(OvArena) arena = ov_arena_new();
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++) {
        OvSubject subject, again;
        if (!ov_subject_parse(&subject, CASES[i].text, arena, NULL))
            fail_msg("%s is refused", CASES[i].text);
        assert_int_equal(subject.kind, CASES[i].kind);
        assert_string_equal(subject.name, CASES[i].name);
        const char *form = ov_subject_format(&subject, arena);
        assert_string_equal(form, CASES[i].form);
        assert_true(ov_subject_parse(&again, form, arena, NULL));
        assert_true(ov_subject_equal(&subject, &again));
        assert_int_equal(ov_subject_hash(&subject), ov_subject_hash(&again));
    }
}

static void test_what_is_no_subject_is_refused_in_words(void **state) {
    (void)state;
    static const struct {
        const char *text, *sentence;
    } CASES[] = {
        {"", "\"\": it has no name"},
        {" \n", "\"\": it has no name"},
        {"account:", "\"account:\": it has no name"},
        {"acount:shop", "\"acount:shop\": did you mean account:? An account of this name is "
                        "written with account: before it"},
        {"domain:example.org",
         "\"domain:example.org\": before the colon stands one of account, sender_domain, script, "
         "client, egress, provider; an account of this name is written with account: before it"},
        {"client:shop", "\"client:shop\": not an IP address, nor a network such as 192.0.2.0/24"},
        {"egress:192.0.2.1/24",
         "\"egress:192.0.2.1/24\": not an IP address, nor a network such as 192.0.2.0/24"},
        {"sender_domain:a b", "\"sender_domain:a b\": not a domain"},
        {"sender_domain:", "\"sender_domain:\": not a domain"},
        {"sender_domain:shop@example.org", "\"sender_domain:shop@example.org\": not a domain"},
        {"provider:acme", "\"provider:acme\": not a provider that Outvet knows, such as gmail"},
    };
    g_autoptr(OvArena) arena = ov_arena_new();
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++) {
        OvSubject subject;
        g_autoptr(GError) error = NULL;
        assert_false(ov_subject_parse(&subject, CASES[i].text, arena, &error));
        assert_string_equal(error->message, CASES[i].sentence);
    }
    OvSubject subject;
    assert_false(ov_subject_parse(&subject, "everything:x", arena, NULL));
    for (guint i = 0; i < OV_SUBJECT_EVERYTHING; i++)
        assert_false(ov_subject_set(&subject, (OvSubjectKind)i, NULL, arena));
}

static void test_a_name_of_any_length_is_the_one_of_the_ledger(void **state) {
    (void)state;
    g_autoptr(OvArena) arena = ov_arena_new();
    g_autofree char *login = g_strnfill(10000, 'A');
    OvSubject raw, cut;
    assert_true(ov_subject_parse(&raw, login, arena, NULL));
    assert_int_equal(strlen(raw.name), OV_ACCOUNT_NAME_MAX);
    assert_true(ov_subject_parse(&cut, raw.name, arena, NULL));
    assert_true(ov_subject_equal(&raw, &cut));
    assert_true(strlen(ov_subject_format(&raw, arena)) < OV_SUBJECT_TEXT_MAX);
}

static void test_a_kind_tells_subjects_of_one_name_apart(void **state) {
    (void)state;
    g_autoptr(OvArena) arena = ov_arena_new();
    OvSubject account, client;
    assert_true(ov_subject_set(&account, OV_SUBJECT_ACCOUNT, "192.0.2.7", arena));
    assert_true(ov_subject_set(&client, OV_SUBJECT_CLIENT, "192.0.2.7", arena));
    assert_false(ov_subject_equal(&account, &client));
}

static void test_every_kind_has_its_word(void **state) {
    (void)state;
    for (guint i = 0; i < OV_N_SUBJECT_KINDS; i++) {
        OvSubjectKind kind;
        assert_true(ov_subject_kind_from_name(ov_subject_kind_name((OvSubjectKind)i), &kind));
        assert_int_equal(kind, i);
        assert_non_null(ov_subject_kind_title(kind));
    }
}

int main(void) {
    ov_rules_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_subject_has_one_form_however_it_is_written),
        cmocka_unit_test(test_what_is_no_subject_is_refused_in_words),
        cmocka_unit_test(test_a_name_of_any_length_is_the_one_of_the_ledger),
        cmocka_unit_test(test_a_kind_tells_subjects_of_one_name_apart),
        cmocka_unit_test(test_every_kind_has_its_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
