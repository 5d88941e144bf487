/* Reports of feedback loops, in the forms that they come in. */
#include "policy/feedback/arf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib/gstdio.h>
#include <stdlib.h>

static int set_up(void **state) {
    *state = ov_arena_new();
    return 0;
}

static int tear_down(void **state) {
    ov_arena_free(*state);
    return 0;
}

static char *contents(const char *name) {
    const char *source = getenv("OUTVET_SOURCE");
    g_autofree char *path =
        g_build_filename(source ? source : ".", "tests", "data", "feedback", name, NULL);
    char *text = NULL;
    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    return text;
}

static OvArf read_text(OvArena *arena, const char *text) {
    OvArf arf;
    g_autoptr(GError) error = NULL;
    char *kept = ov_arena_strndup(arena, text, strlen(text));
    if (!ov_arf_read(kept, strlen(kept), arena, &arf, &error))
        fail_msg("%s", error->message);
    return arf;
}

static OvArf read_file(OvArena *arena, const char *name) {
    g_autofree char *text = contents(name);
    return read_text(arena, text);
}

/* Seconds since the epoch, of 2026-11-29 at 10:00 UTC. */
enum { TEN = 1795946400 };

static gint64 after_ten(gint seconds) {
    return ((gint64)TEN + seconds) * G_USEC_PER_SEC;
}

static void test_a_report_with_the_whole_message(void **state) {
    OvArf arf = read_file(*state, "yahoo.eml");
    assert_string_equal(arf.type, "abuse");
    assert_string_equal(arf.reporter, "arf.mail.example");
    assert_string_equal(arf.source, "192.0.2.10");
    assert_int_equal(arf.n_recipients, 1);
    assert_string_equal(arf.recipients[0], "8f3c21d0b7a94e61@mail.example");
    assert_int_equal(arf.arrival, after_ten(1));
    assert_int_equal(arf.incidents, 1);
    assert_string_equal(arf.message_id, "<Abc.1@Shop.example>");
    assert_string_equal(arf.outvet_id, "1H4ZC0ABCDEFG");
    assert_string_equal(arf.from_domain, "shop.example");
    assert_int_equal(arf.n_hops, 1);
    assert_string_equal(arf.hops[0].queue_id, "4XyZ12abcd");
    assert_int_equal(arf.hops[0].time, after_ten(0));
}

static void test_a_mail_sent_back_without_a_report_is_a_complaint(void **state) {
    OvArf arf = read_file(*state, "jmrp.eml");
    assert_string_equal(arf.type, "abuse");
    assert_string_equal(arf.reporter, "hotmail.example");
    assert_string_equal(arf.message_id, "<jmrp.original@shop.example>");
    assert_int_equal(arf.n_recipients, 1);
    assert_string_equal(arf.recipients[0], "bob@hotmail.example");
    assert_int_equal(arf.arrival, 0);
}

static void test_a_redacted_report_leaves_the_queue_id(void **state) {
    OvArf arf = read_file(*state, "redacted.eml");
    assert_string_equal(arf.type, "abuse");
    assert_string_equal(arf.recipients[0], "redacted@one.example");
    assert_string_equal(arf.message_id, "redacted");
    assert_int_equal(arf.incidents, 3);
    assert_int_equal(arf.arrival, after_ten(5));
    assert_int_equal(arf.n_hops, 1);
    assert_string_equal(arf.hops[0].queue_id, "4XyZ12abcd");
}

static void test_a_report_by_cfbl_address(void **state) {
    OvArf arf = read_file(*state, "cfbl.eml");
    assert_string_equal(arf.type, "abuse");
    assert_string_equal(arf.source, "2001:db8::10");
    assert_string_equal(arf.message_id, "<cfbl.original@shop.example>");
    assert_int_equal(arf.n_recipients, 0);
    assert_int_equal(arf.n_hops, 0);
}

/* As an MTA hands it over, with lines that end with CRLF. */
static void test_lines_may_end_with_crlf(void **state) {
    g_autofree char *text = contents("yahoo.eml");
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autofree char *crlf = g_strjoinv("\r\n", lines);
    OvArf arf = read_text(*state, crlf);
    assert_string_equal(arf.message_id, "<Abc.1@Shop.example>");
    assert_string_equal(arf.source, "192.0.2.10");
    assert_int_equal(arf.hops[0].time, after_ten(0));
}

#define REPORT(fields)                                                                             \
    "From: fbl@loop.example\nMIME-Version: 1.0\nContent-Type: multipart/report; boundary=b\n\n"    \
    "--b\nContent-Type: message/feedback-report\n\n" fields "\n--b--\n"

static void test_the_type_is_one_word(void **state) {
    static const struct {
        const char *text, *type;
    } CASES[] = {
        {REPORT("Feedback-Type: NOT-SPAM\n"), "not-spam"},
        {REPORT("feedback-type:  fraud \n"), "fraud"},
        {REPORT("Feedback-Type: two words\n"), "other"},
        {REPORT("Feedback-Type:\n"), "other"},
        {REPORT("Feedback-Type: \x1b[31mred\n"), "other"},
        {REPORT("Feedback-Type: aaaaaaaaaabbbbbbbbbbccccccccccddddddddddd\n"), "other"},
        {REPORT("Version: 1\n"), "abuse"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++)
        assert_string_equal(read_text(*state, CASES[i].text).type, CASES[i].type);
}

static void test_what_can_be_read_of_a_broken_report_is_read(void **state) {
    OvArf arf = read_text(
        *state, REPORT("\n\nFeedback-Type: abuse\nno field\nIncidents: -5\nArrival-Date: tomorrow\n"
                       "Original-Rcpt-To: rfc822; <ann@one.example>\nOriginal-Rcpt-To:\n"
                       "Original-Rcpt-To: \xff@one.example\n"));
    assert_string_equal(arf.type, "abuse");
    assert_int_equal(arf.incidents, 1);
    assert_int_equal(arf.arrival, 0);
    assert_int_equal(arf.n_recipients, 2);
    assert_string_equal(arf.recipients[0], "ann@one.example");
    assert_string_equal(arf.recipients[1], "\xef\xbf\xbd@one.example");
    assert_string_equal(arf.message_id, "");
    assert_string_equal(arf.from_domain, "");
}

static void test_more_than_is_read_is_left_out(void **state) {
    g_autoptr(GString) text = g_string_new(
        "Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/feedback-report\n"
        "\n");
    for (guint i = 0; i < 100; i++)
        g_string_append_printf(text, "Original-Rcpt-To: r%u@one.example\n", i);
    g_string_append(text, "\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <");
    for (guint i = 0; i < 5000; i++)
        g_string_append(text, "\xc3\xa9");
    g_string_append(text, "@x>\n");
    for (guint i = 0; i < 100; i++)
        g_string_append_printf(text, "Received: by a id QUEUE%u; Sun, 29 Nov 2026 10:00:00 +0000\n",
                               i);
    g_string_append(text, "\n--b--\n");
    OvArf arf = read_text(*state, text->str);
    assert_int_equal(arf.n_recipients, OV_ARF_MAX_RECIPIENTS);
    assert_int_equal(arf.n_hops, OV_ARF_MAX_HOPS);
    assert_string_equal(arf.hops[0].queue_id, "QUEUE0");
    assert_true(strlen(arf.message_id) <= 1000 && g_utf8_validate(arf.message_id, -1, NULL));
}

static void test_other_mail_is_no_report(void **state) {
    g_autofree char *bounce = contents("bounce.eml");
    const char *const MAILS[] = {
        "", "\n", "no mail at all", "From: a@b.example\nSubject: buy\n\nHello.\n", bounce,
    };
    for (guint i = 0; i < G_N_ELEMENTS(MAILS); i++) {
        OvArf arf;
        g_autoptr(GError) error = NULL;
        assert_false(ov_arf_read(MAILS[i], strlen(MAILS[i]), *state, &arf, &error));
        assert_true(g_error_matches(error, OV_ARF_ERROR, OV_ARF_ERROR_NOT_REPORT));
    }
}

static void test_a_report_has_a_size(void **state) {
    OvArf arf;
    g_autoptr(GError) error = NULL;
    g_autofree char *large = g_strnfill(OV_ARF_MAX_OCTETS + 1, 'x');
    assert_false(ov_arf_read(large, OV_ARF_MAX_OCTETS + 1, *state, &arf, &error));
    assert_true(g_error_matches(error, OV_ARF_ERROR, OV_ARF_ERROR_SIZE));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_a_report_with_the_whole_message),
        TEST(test_a_mail_sent_back_without_a_report_is_a_complaint),
        TEST(test_a_redacted_report_leaves_the_queue_id),
        TEST(test_a_report_by_cfbl_address),
        TEST(test_lines_may_end_with_crlf),
        TEST(test_the_type_is_one_word),
        TEST(test_what_can_be_read_of_a_broken_report_is_read),
        TEST(test_more_than_is_read_is_left_out),
        TEST(test_other_mail_is_no_report),
        TEST(test_a_report_has_a_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
