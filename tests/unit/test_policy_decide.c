/* What policy requests are answered. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/delegation/decide.h"

/* Owns boss@example.org as boss; of lost@example.org no map tells. */
static void ask(gpointer data, const char *login, OvSlice address) {
    (void)data, (void)login, (void)address;
}

static OvOwned answer_owned(gpointer data, const char *login, OvSlice address, gint64 deadline) {
    (void)data, (void)deadline;
    if (ov_slice_equal(address, OV_SLICE_LITERAL("lost@example.org")))
        return OV_OWNED_UNKNOWN;
    return ov_slice_equal(address, OV_SLICE_LITERAL("boss@example.org")) &&
                   !g_str_equal(login, "boss")
               ? OV_OWNED_NO
               : OV_OWNED_YES;
}

static const OvOwnership maps = {.time_limit = G_USEC_PER_SEC, .ask = ask, .answer = answer_owned};

static char *decide_of(const char *settings_text, const OvOwnership *ownership,
                       const OvSuspensionList *suspended, const char *text) {
    g_autoptr(OvSettings) settings =
        ov_settings_parse(settings_text, strlen(settings_text), "test.conf", NULL);
    assert_non_null(settings);
    OvPolicyRequest request;
    const char *fault;
    gsize length;
    assert_int_equal(ov_policy_request_read(ov_slice(text), &request, &length, &fault),
                     OV_POLICY_READ);
    GString *answer = g_string_new(NULL);
    OvPolicyMeans means = {.settings = settings,
                           .ownership = ownership,
                           .limits = ov_limits_new(),
                           .suspended = suspended};
    ov_policy_decide(&request, 1, &means, &answer);
    ov_limits_free(means.limits);
    return g_string_free(answer, FALSE);
}

static char *decide(const char *settings_text, const OvOwnership *ownership, const char *text) {
    return decide_of(settings_text, ownership, NULL, text);
}

#define AT(state, sender, login)                                                                   \
    "request=smtpd_access_policy\nprotocol_state=" state "\nsender=" sender                        \
    "\nsasl_username=" login "\nclient_address=192.0.2.7\n\n"

static void test_a_sender_of_others_is_refused_and_everything_else_let_pass(void **state) {
    (void)state;
    static const char refusal[] =
        "REJECT 5.7.1 <boss@example.org> is not an address of your login; send with one that is";
    static const struct {
        const char *settings, *request, *expected;
    } cases[] = {
        {"", AT("RCPT", "boss@example.org", "shop"), refusal},
        {"", AT("MAIL", "boss@example.org", "shop"), refusal},
        {"", AT("RCPT", "boss@example.org", "boss"), "DUNNO"},
        {"", AT("RCPT", "ann@example.org", "shop"), "DUNNO"},
        {"", AT("RCPT", "lost@example.org", "shop"), "DUNNO"},
        {"", AT("RCPT", "", "shop"), "DUNNO"},
        {"", AT("RCPT", "boss@example.org", ""), "DUNNO"},
        {"", AT("EHLO", "boss@example.org", "shop"), "DUNNO"},
        {"[policy]\nforeign_sender = defer\n", AT("RCPT", "boss@example.org", "shop"),
         "DEFER_IF_PERMIT 4.7.1 <boss@example.org> is not an address of your login; send with one "
         "that is"},
        {"[policy]\nforeign_sender = pass\n", AT("RCPT", "boss@example.org", "shop"), "DUNNO"},
        {"[verdict]\nshadow = yes\n", AT("RCPT", "boss@example.org", "shop"), "DUNNO"},
        {"[account shop]\nshadow = yes\n", AT("RCPT", "boss@example.org", "SHOP"), "DUNNO"},
        {"[exempt]\naccounts = shop\n", AT("RCPT", "boss@example.org", "shop"), "DUNNO"},
        {"[exempt]\nclients = 192.0.2.0/24\n", AT("RCPT", "boss@example.org", "shop"), "DUNNO"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *answer = decide(cases[i].settings, &maps, cases[i].request);
        assert_string_equal(answer, cases[i].expected);
    }
}

static void test_without_maps_nothing_is_refused(void **state) {
    (void)state;
    g_autofree char *answer = decide("", NULL, AT("RCPT", "boss@example.org", "shop"));
    assert_string_equal(answer, "DUNNO");
}

/* An answer is one line whatever the sender wrote. */
static void test_evil_addresses_break_no_answer(void **state) {
    (void)state;
    static const OvOwnership nobodys = {.ask = ask, .answer = NULL};
    OvOwnership all_foreign = nobodys;
    all_foreign.answer = answer_owned;
    g_autofree char *answer =
        decide("", &all_foreign, AT("RCPT", "boss@example.org", "\xff\x1b[31mroot'\";--"));
    assert_true(g_str_has_prefix(answer, "REJECT 5.7.1 <boss@example.org>"));
    assert_null(strpbrk(answer, "\n\r\x1b"));
}

static void test_what_is_suspended_is_refused_in_words(void **state) {
    (void)state;
#define SENTENCE "Sending is suspended for account shop: stolen password; ask us"
    static const struct {
        const char *settings, *answer, *request, *expected;
    } cases[] = {
        {"", NULL, AT("RCPT", "ann@example.org", "Shop"), "DEFER_IF_PERMIT 4.7.1 " SENTENCE},
        {"", "hold", AT("RCPT", "ann@example.org", "shop"), "HOLD " SENTENCE},
        {"", "reject", AT("RCPT", "ann@example.org", "shop"), "REJECT 5.7.1 " SENTENCE},
        {"[suspension]\nanswer = reject\n", NULL, AT("RCPT", "ann@example.org", "shop"),
         "REJECT 5.7.1 " SENTENCE},
        {"", "reject", AT("RCPT", "boss@example.org", "shop"), "REJECT 5.7.1 " SENTENCE},
        {"", "reject", AT("RCPT", "ann@example.org", "other"), "DUNNO"},
        {"", "reject", AT("EHLO", "ann@example.org", "shop"), "DUNNO"},
        {"[verdict]\nshadow = yes\n", "reject", AT("RCPT", "ann@example.org", "shop"), "DUNNO"},
        {"[exempt]\naccounts = shop\n", "reject", AT("RCPT", "ann@example.org", "shop"),
         "REJECT 5.7.1 " SENTENCE},
        {"[exempt]\nrecipient_domains = in.example\n", "reject",
         AT("RCPT", "ann@example.org\nrecipient=a@in.example", "shop"), "DUNNO"},
        {"[exempt]\nrecipient_domains = in.example\n", "reject",
         AT("RCPT", "ann@example.org\nrecipient=a@out.example", "shop"), "REJECT 5.7.1 " SENTENCE},
    };
#undef SENTENCE
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        OvSuspensionRow row = {
            .subject = "account:shop",
            .until = G_MAXINT64,
            .answer = cases[i].answer,
            .reason = "stolen password; ask us",
        };
        g_autoptr(OvSuspensionList) list = ov_suspension_list_new(&row, 1);
        g_autofree char *answer = decide_of(cases[i].settings, &maps, list, cases[i].request);
        assert_string_equal(answer, cases[i].expected);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_sender_of_others_is_refused_and_everything_else_let_pass),
        cmocka_unit_test(test_without_maps_nothing_is_refused),
        cmocka_unit_test(test_what_is_suspended_is_refused_in_words),
        cmocka_unit_test(test_evil_addresses_break_no_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
