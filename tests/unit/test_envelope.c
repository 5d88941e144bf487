/* The envelope of a stored message: told on the command line, or found in its header. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/review/envelope.h"
#include "rules/init.h"

static const char letter[] = "Return-Path: <bounces@lists.example.org>\r\n"
                             "From: Paul <paul@example.org>\r\n"
                             "To: Ann <ann@example.net>, Team: b@example.net, c@example.net;\r\n"
                             "Cc: ann@example.net,\r\n d@example.com\r\n"
                             "Date: Mon, 23 Nov 2026 20:21:51 +0000\r\n"
                             "\r\nTo: nobody@example.com\r\n";

static OvEnvelope complete(const OvEnvelopeWish *wish, const char *text, OvArena *arena) {
    OvEnvelope envelope;
    ov_envelope_complete(&envelope, wish, ov_slice(text), arena);
    return envelope;
}

static void test_what_is_not_told_is_found_in_the_header(void **state) {
    static const char *const expected[] = {"ann@example.net", "b@example.net", "c@example.net",
                                           "d@example.com"};
    (void)state;
    g_autoptr(OvArena) arena = ov_arena_new();
    OvEnvelopeWish wish = {.known = {.now = 42}};
    OvEnvelope envelope = complete(&wish, letter, arena);
    assert_string_equal(envelope.sender, "bounces@lists.example.org");
    assert_int_equal(envelope.n_recipients, G_N_ELEMENTS(expected));
    for (guint i = 0; i < envelope.n_recipients; i++)
        assert_string_equal(envelope.recipients[i], expected[i]);
    assert_int_equal(envelope.now, 42);
}

static void test_what_is_told_stands(void **state) {
    static const char *const recipients[] = {"x@example.com"};
    (void)state;
    g_autoptr(OvArena) arena = ov_arena_new();
    OvEnvelopeWish wish = {.known = {.sender = "", .recipients = recipients, .n_recipients = 1}};
    OvEnvelope envelope = complete(&wish, letter, arena);
    assert_string_equal(envelope.sender, "");
    assert_int_equal(envelope.n_recipients, 1);
    assert_ptr_equal(envelope.recipients, recipients);
}

static void test_a_bounce_has_the_null_sender(void **state) {
    (void)state;
    g_autoptr(OvArena) arena = ov_arena_new();
    OvEnvelopeWish wish = {0};
    OvEnvelope envelope = complete(&wish, "Return-Path: <>\nFrom: x@example.org\n\n", arena);
    assert_string_equal(envelope.sender, "");
}

static void test_without_return_path_the_author_is_the_sender(void **state) {
    (void)state;
    g_autoptr(OvArena) arena = ov_arena_new();
    OvEnvelopeWish wish = {0};
    OvEnvelope envelope = complete(&wish, "From: P <p@example.org>, q@example.org\n\n", arena);
    assert_string_equal(envelope.sender, "p@example.org");
    assert_int_equal(envelope.n_recipients, 0);
    envelope = complete(&wish, "Subject: x\n\n", arena);
    assert_null(envelope.sender);
}

static void test_a_messages_own_date_can_be_the_time(void **state) {
    (void)state;
    g_autoptr(OvArena) arena = ov_arena_new();
    OvEnvelopeWish wish = {.known = {.now = 42}, .now_is_date = TRUE};
    assert_int_equal(complete(&wish, letter, arena).now, 1795465311 * (gint64)G_USEC_PER_SEC);
    assert_int_equal(complete(&wish, "Date: last week\n\n", arena).now, 42);
}

int main(void) {
    ov_rules_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_not_told_is_found_in_the_header),
        cmocka_unit_test(test_what_is_told_stands),
        cmocka_unit_test(test_a_bounce_has_the_null_sender),
        cmocka_unit_test(test_without_return_path_the_author_is_the_sender),
        cmocka_unit_test(test_a_messages_own_date_can_be_the_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
