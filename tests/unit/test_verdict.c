#include "policy/verdict.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

typedef struct {
    const char *settings;
    double score;
    OvAsk ask;
    OvClass message_class;
    const char *verdict, *computed;
    const char *exempt;
} Case;

static const char *const RECIPIENTS[] = {"ann@one.example", "bob@Partner.example"};

static void check(const Case *c) {
    g_autoptr(GError) error = NULL;
    g_autoptr(OvSettings) settings =
        ov_settings_parse(c->settings, strlen(c->settings), "test.conf", &error);
    assert_null(error);
    OvAccount account = {.name = "shop", .source = OV_ACCOUNT_LOGIN};
    OvEnvelope envelope = {
        .sender = c->message_class == OV_CLASS_DSN ? "" : "news@Mail.Shop.example",
        .recipients = RECIPIENTS,
        .n_recipients = G_N_ELEMENTS(RECIPIENTS),
        .client_address = "2001:db8::17",
    };
    OvVerdict verdict;
    ov_verdict_weigh(&verdict, settings, &account, &envelope, c->message_class, c->score, c->ask);
    assert_string_equal(ov_verdict_name(verdict.verdict), c->verdict);
    assert_string_equal(ov_verdict_name(verdict.computed), c->computed ? c->computed : c->verdict);
    assert_string_equal(verdict.exempt, c->exempt ? c->exempt : "");
}

#define PERSONAL OV_ASK_NOTHING, OV_CLASS_PERSONAL
#define DSN      OV_ASK_NOTHING, OV_CLASS_DSN

static void test_score_decides_by_the_thresholds(void **state) {
    (void)state;
    static const Case CASES[] = {
        {"", 0, PERSONAL, "accept", NULL, NULL},
        {"", -4, PERSONAL, "accept", NULL, NULL},
        {"", 2.99, PERSONAL, "accept", NULL, NULL},
        {"", 3.0, PERSONAL, "tag", NULL, NULL},
        {"", 0.1 + 0.2 + 2.7, PERSONAL, "tag", NULL, NULL},
        {"", 5.99, PERSONAL, "tag", NULL, NULL},
        {"", 6, PERSONAL, "hold", NULL, NULL},
        {"", 1000, PERSONAL, "hold", NULL, NULL}, /* reject is off by default */
        {"[verdict]\nreject = 12\n", 12, PERSONAL, "reject", NULL, NULL},
        {"[verdict]\nreject = 12\n", 11.99, PERSONAL, "hold", NULL, NULL},
        {"[verdict]\nhold = off\n", 50, PERSONAL, "tag", NULL, NULL},
        {"[verdict]\nhold = off\nreject = 12\n", 50, PERSONAL, "reject", NULL, NULL},
        {"[verdict]\ntag = off\nhold = off\n", 50, PERSONAL, "accept", NULL, NULL},
    };
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++)
        check(&CASES[i]);
}

static void test_rules_demand_only_what_is_switched_on(void **state) {
    (void)state;
#define ASK(ask) OV_ASK_##ask, OV_CLASS_PERSONAL
    static const Case CASES[] = {
        {"", 0, ASK(HOLD), "hold", NULL, NULL},
        {"", 0, ASK(REJECT), "hold", NULL, NULL},
        {"[verdict]\nreject = 12\n", 0, ASK(REJECT), "reject", NULL, NULL},
        {"[verdict]\nreject = 12\n", 20, ASK(HOLD), "reject", NULL, NULL},
        {"[verdict]\nhold = off\n", 0, ASK(HOLD), "tag", NULL, NULL},
        {"[verdict]\nhold = off\n", 0, ASK(REJECT), "tag", NULL, NULL},
        {"[verdict]\nhold = off\ntag = off\n", 0, ASK(REJECT), "accept", NULL, NULL},
        {"[verdict]\nreject = 12\nshadow = yes\n", 0, ASK(REJECT), "accept", "reject", NULL},
    };
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++)
        check(&CASES[i]);
}

static void test_bounces_are_never_rejected(void **state) {
    (void)state;
    static const Case CASES[] = {
        {"[verdict]\nreject = 12\n", 50, DSN, "hold", NULL, NULL},
        {"[verdict]\nreject = 12\n", 0, OV_ASK_REJECT, OV_CLASS_DSN, "hold", NULL, NULL},
        {"[class dsn]\nreject = 12\nhold = off\n", 50, DSN, "tag", NULL, NULL},
    };
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++)
        check(&CASES[i]);
}

static void test_account_beats_domain_beats_class_beats_general(void **state) {
    (void)state;
#define ALL                                                                                        \
    "[verdict]\ntag = 1\nhold = 2\nreject = 4\n"                                                   \
    "[class personal]\nhold = 20\nreject = 40\n"                                                   \
    "[domain *.SHOP.example]\nreject = 400\n"
    static const Case CASES[] = {
        {ALL, 1, PERSONAL, "tag", NULL, NULL},
        {ALL, 19, PERSONAL, "tag", NULL, NULL},
        {ALL, 20, PERSONAL, "hold", NULL, NULL},
        {ALL, 399, PERSONAL, "hold", NULL, NULL},
        {ALL, 400, PERSONAL, "reject", NULL, NULL},
        {ALL, 4, OV_ASK_NOTHING, OV_CLASS_BULK, "hold", NULL, NULL},
        {ALL "[account sh?p]\nreject = off\n", 400, PERSONAL, "hold", NULL, NULL},
        {ALL "[account other]\nreject = off\n", 400, PERSONAL, "reject", NULL, NULL},
        /* The first pattern that matches is the one. */
        {ALL "[account SHOP]\nhold = 5\n[account *]\ntag = 30\nhold = 50\n", 5, PERSONAL, "hold",
         NULL, NULL},
        {ALL "[account SHOP]\nhold = 5\n[account *]\ntag = 30\nhold = 50\n", 2, PERSONAL, "tag",
         NULL, NULL},
    };
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++)
        check(&CASES[i]);
}

static void test_shadow_lets_pass_and_remembers(void **state) {
    (void)state;
    static const Case CASES[] = {
        {"[verdict]\nshadow = yes\n", 7, PERSONAL, "accept", "hold", NULL},
        {"[verdict]\nshadow = yes\n", 1, PERSONAL, "accept", "accept", NULL},
        {"[verdict]\nshadow = yes\n[class personal]\nshadow = no\n", 7, PERSONAL, "hold", NULL,
         NULL},
        {"[class personal]\nshadow = yes\n", 7, PERSONAL, "accept", "hold", NULL},
        {"[class personal]\nshadow = yes\n[account shop]\nshadow = no\n", 7, PERSONAL, "hold", NULL,
         NULL},
        {"[domain mail.shop.example]\nshadow = yes\n", 7, PERSONAL, "accept", "hold", NULL},
    };
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++)
        check(&CASES[i]);
}

static void test_exemptions_say_which(void **state) {
    (void)state;
    static const Case CASES[] = {
        {"[exempt]\naccounts = x*, SHO*\n", 50, PERSONAL, "accept", NULL, "account SHO*"},
        {"[exempt]\naccounts = hop\n", 50, PERSONAL, "hold", NULL, NULL},
        {"[exempt]\ndomains = *.shop.example\n", 50, PERSONAL, "accept", NULL,
         "domain *.shop.example"},
        {"[exempt]\ndomains = shop.example\n", 50, PERSONAL, "hold", NULL, NULL},
        {"[exempt]\ndomains = *\n", 50, DSN, "hold", NULL, NULL}, /* no domain at all */
        {"[exempt]\nclients = 192.0.2.0/24 2001:db8::/32\n", 50, PERSONAL, "accept", NULL,
         "client 2001:db8::/32"},
        {"[exempt]\nclients = 0.0.0.0/0\n", 50, PERSONAL, "hold", NULL, NULL},
        {"[exempt]\nrecipient_domains = one.example partner.example\n", 50, PERSONAL, "accept",
         NULL, "recipients one.example"},
        {"[exempt]\nrecipient_domains = one.example\n", 50, PERSONAL, "hold", NULL, NULL},
        {"[exempt]\naccounts = shop\n", 0, OV_ASK_REJECT, OV_CLASS_PERSONAL, "accept", NULL,
         "account shop"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++)
        check(&CASES[i]);
}

static void test_without_recipients_none_is_exempt(void **state) {
    (void)state;
    const char *text = "[exempt]\nrecipient_domains = *\n";
    g_autoptr(OvSettings) settings = ov_settings_parse(text, strlen(text), "test.conf", NULL);
    OvAccount account = {.name = "shop"};
    OvVerdict verdict;
    ov_verdict_weigh(&verdict, settings, &account, &(OvEnvelope){.sender = NULL}, OV_CLASS_OTHER,
                     50, OV_ASK_NOTHING);
    assert_string_equal(ov_verdict_name(verdict.verdict), "hold");
}

static void test_names_are_read_back(void **state) {
    (void)state;
    for (OvVerdictKind kind = OV_VERDICT_ACCEPT; kind <= OV_VERDICT_REJECT; kind++) {
        OvVerdictKind back;
        assert_true(ov_verdict_from_name(ov_verdict_name(kind), &back));
        assert_int_equal(back, kind);
    }
    OvVerdictKind untouched = OV_VERDICT_TAG;
    assert_false(ov_verdict_from_name("Hold", &untouched));
    assert_int_equal(untouched, OV_VERDICT_TAG);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_score_decides_by_the_thresholds),
        cmocka_unit_test(test_rules_demand_only_what_is_switched_on),
        cmocka_unit_test(test_bounces_are_never_rejected),
        cmocka_unit_test(test_account_beats_domain_beats_class_beats_general),
        cmocka_unit_test(test_shadow_lets_pass_and_remembers),
        cmocka_unit_test(test_exemptions_say_which),
        cmocka_unit_test(test_without_recipients_none_is_exempt),
        cmocka_unit_test(test_names_are_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
