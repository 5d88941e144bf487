/* A message is collected byte for byte, and nothing of it is left for the next. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "milter/session.h"

#include <string.h>

typedef struct {
    OvDaemon *daemon;
    OvSession *session;
} Fixture;

static int set_up(void **state) {
    static const char text[] = "[milter]\nscan_limit = 64K\n";
    Fixture *fixture = g_new0(Fixture, 1);
    OvSnapshot *snapshot = g_new0(OvSnapshot, 1);

    g_atomic_ref_count_init(&snapshot->references);
    snapshot->settings = ov_settings_parse(text, strlen(text), "test", NULL);
    assert_non_null(snapshot->settings);
    snapshot->judge = NULL;
    fixture->daemon = ov_daemon_new(NULL, snapshot, NULL);
    fixture->session = ov_session_new();
    *state = fixture;
    return 0;
}

static int tear_down(void **state) {
    Fixture *fixture = *state;
    ov_session_free(fixture->session, fixture->daemon);
    ov_daemon_free(fixture->daemon);
    g_free(fixture);
    return 0;
}

static void begin(Fixture *fixture) {
    static const char *const arguments[] = {"SIZE=123456", "SMTPUTF8", NULL};
    ov_session_begin(fixture->session, fixture->daemon, "<paul@example.com>", arguments);
}

static void assert_raw(const OvSession *session, const char *expected, gsize length) {
    assert_int_equal(session->raw_length, length);
    assert_memory_equal(session->raw, expected, length);
}

static void test_header_values_keep_every_byte(void **state) {
    static const struct {
        const char *value;
        gboolean leading_space;
        const char *line;
    } cases[] = {
        {" plain", TRUE, "Name: plain\r\n"},
        {"plain", FALSE, "Name: plain\r\n"},
        {"close", TRUE, "Name:close\r\n"},
        {"   wide", TRUE, "Name:   wide\r\n"},
        {"  wide", FALSE, "Name:   wide\r\n"},
        {"", TRUE, "Name:\r\n"},
        {" one\n two\n\tthree ", TRUE, "Name: one\r\n two\r\n\tthree \r\n"},
        {" one\r\n two", TRUE, "Name: one\r\n two\r\n"},
        {" bare\rreturn", TRUE, "Name: bare\rreturn\r\n"},
        {" gr\xFC\xDF", TRUE, "Name: gr\xFC\xDF\r\n"},
        {"\n", TRUE, "Name:\r\n\r\n"},
    };
    Fixture *fixture = *state;

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        begin(fixture);
        ov_session_header(fixture->session, "Name", cases[i].value, cases[i].leading_space);
        assert_raw(fixture->session, cases[i].line, strlen(cases[i].line));
    }
}

static void test_a_body_keeps_every_byte(void **state) {
    static const char body[] = "bare\nfeed\r\nNUL \0 and \xFF\xFE\r\r\n.";
    static const char raw[] = "A: 1\r\n\r\nbare\nfeed\r\nNUL \0 and \xFF\xFE\r\r\n.";
    Fixture *fixture = *state;

    begin(fixture);
    ov_session_header(fixture->session, "A", " 1", TRUE);
    ov_session_end_header(fixture->session);
    for (gsize i = 0; i < sizeof body - 1; i++)
        ov_session_body(fixture->session, body + i, 1);
    assert_raw(fixture->session, raw, sizeof raw - 1);
    assert_int_equal(ov_session_size(fixture->session), sizeof raw - 1);
}

static void test_a_body_without_end_of_header_is_no_header(void **state) {
    Fixture *fixture = *state;

    begin(fixture);
    ov_session_header(fixture->session, "A", " 1", TRUE);
    ov_session_body(fixture->session, "B: 2\r\n", 6);
    ov_session_end_header(fixture->session);
    assert_raw(fixture->session, "A: 1\r\n\r\nB: 2\r\n", 14);
}

static void test_a_message_over_the_limit_is_cut_and_counted(void **state) {
    Fixture *fixture = *state;
    g_autofree char *block = g_strnfill(1000, 'x');

    begin(fixture);
    ov_session_end_header(fixture->session);
    for (guint i = 0; i < 1000; i++)
        ov_session_body(fixture->session, block, 1000);
    assert_true(ov_session_full(fixture->session));
    assert_int_equal(fixture->session->raw_length, 64 * 1024);
    assert_int_equal(ov_session_size(fixture->session), 1000 * 1000 + 2);
}

static void test_a_message_whose_rest_was_skipped_has_its_declared_size(void **state) {
    Fixture *fixture = *state;
    g_autofree char *block = g_strnfill(70000, 'x');

    begin(fixture);
    ov_session_body(fixture->session, block, 70000);
    assert_int_equal(ov_session_size(fixture->session), 123456);
}

static void test_the_envelope_is_what_the_dialogue_said(void **state) {
    Fixture *fixture = *state;
    OvSession *session = fixture->session;
    OvEnvelope envelope;

    ov_session_connect(session, fixture->daemon, "192.0.2.7", "4711", "client.example.com");
    ov_session_helo(session, "[192.0.2.7]");
    begin(fixture);
    ov_session_recipient(session, "<ann@example.net>");
    ov_session_recipient(session, "bo@example.org");
    ov_session_recipient(session, "<>");
    ov_session_envelope(session, &envelope);
    assert_string_equal(envelope.sender, "paul@example.com");
    assert_int_equal(envelope.n_recipients, 3);
    assert_string_equal(envelope.recipients[0], "ann@example.net");
    assert_string_equal(envelope.recipients[1], "bo@example.org");
    assert_string_equal(envelope.recipients[2], "");
    assert_string_equal(envelope.client_address, "192.0.2.7");
    assert_string_equal(envelope.client_name, "client.example.com");
    assert_string_equal(envelope.helo, "[192.0.2.7]");
    assert_null(envelope.login);
    assert_false(envelope.local);
    assert_true(envelope.smtputf8);
}

static void test_a_client_without_a_verified_name_has_none(void **state) {
    static const char *const names[] = {"[192.0.2.7]", "unknown", "", NULL};
    Fixture *fixture = *state;

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        ov_session_connect(fixture->session, fixture->daemon, "192.0.2.7", NULL,
                           "before.example.com");
        ov_session_connect(fixture->session, fixture->daemon, "192.0.2.7", NULL, names[i]);
        assert_null(fixture->session->client_name);
    }
}

static void test_the_next_message_has_nothing_of_the_last(void **state) {
    static const char *const none[] = {NULL};
    Fixture *fixture = *state;
    OvSession *session = fixture->session;

    begin(fixture);
    ov_session_recipient(session, "<ann@example.net>");
    ov_session_header(session, "X-Outvet-Id", " 1", TRUE);
    ov_session_body(session, "text", 4);
    session->login = "paul";
    ov_session_begin(session, fixture->daemon, "<>", none);
    assert_string_equal(session->sender, "");
    assert_int_equal(session->recipients->len, 0);
    assert_int_equal(session->n_forged, 0);
    assert_int_equal(session->raw_length, 0);
    assert_null(session->login);
    assert_false(session->smtputf8);
    assert_false(session->header_ended);
}

static void test_what_comes_outside_a_message_is_dropped(void **state) {
    Fixture *fixture = *state;

    ov_session_recipient(fixture->session, "<ann@example.net>");
    ov_session_header(fixture->session, "A", " 1", TRUE);
    ov_session_body(fixture->session, "text", 4);
    assert_int_equal(fixture->session->size, 0);
    assert_false(fixture->session->open);
}

static void test_forged_fields_are_counted_by_name(void **state) {
    static const char *const names[] = {"X-Outvet-Score", "x-outvet-score", "X-OUTVET-ID",
                                        "X-Outvet-",      "X-Outvetted",    "Outvet-Score"};
    Fixture *fixture = *state;
    GArray *forged = fixture->session->forged;

    begin(fixture);
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        ov_session_header(fixture->session, names[i], " 1", TRUE);
    assert_int_equal(fixture->session->n_forged, 4);
    assert_int_equal(forged->len, 3);
    assert_int_equal(g_array_index(forged, OvForged, 0).count, 2);
    assert_string_equal(g_array_index(forged, OvForged, 1).name, "X-OUTVET-ID");
}

static void test_a_flood_of_recipients_is_counted_within_bounds(void **state) {
    Fixture *fixture = *state;
    g_autofree char *address = g_strnfill(2000, 'a');

    begin(fixture);
    for (guint i = 0; i < 10000; i++)
        ov_session_recipient(fixture->session, address);
    assert_int_equal(fixture->session->n_recipients, 10000);
    assert_true(ov_arena_used(fixture->session->arena) < 2 * OV_ENVELOPE_LIMIT);
    assert_true(fixture->session->recipients->len > 1000);
}

static void test_large_buffers_are_given_back(void **state) {
    Fixture *fixture = *state;
    g_autofree char *block = g_strnfill(100 * 1000, 'x');

    begin(fixture);
    ov_session_body(fixture->session, block, 100 * 1000);
    ov_session_reset(fixture->session, fixture->daemon);
    assert_true(fixture->session->raw_capacity <= 64 * 1024);
}

static void test_a_message_that_begins_while_going_down_is_not_in_hand(void **state) {
    Fixture *fixture = *state;

    begin(fixture);
    assert_true(fixture->session->in_hand);
    assert_int_equal(ov_daemon_stop(fixture->daemon, 1000), 1);
    ov_session_reset(fixture->session, fixture->daemon);
    assert_int_equal(ov_daemon_stop(fixture->daemon, 1000), 0);
    begin(fixture);
    assert_false(fixture->session->in_hand);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_header_values_keep_every_byte),
        TEST(test_a_body_keeps_every_byte),
        TEST(test_a_body_without_end_of_header_is_no_header),
        TEST(test_a_message_over_the_limit_is_cut_and_counted),
        TEST(test_a_message_whose_rest_was_skipped_has_its_declared_size),
        TEST(test_the_envelope_is_what_the_dialogue_said),
        TEST(test_a_client_without_a_verified_name_has_none),
        TEST(test_the_next_message_has_nothing_of_the_last),
        TEST(test_what_comes_outside_a_message_is_dropped),
        TEST(test_forged_fields_are_counted_by_name),
        TEST(test_a_flood_of_recipients_is_counted_within_bounds),
        TEST(test_large_buffers_are_given_back),
        TEST(test_a_message_that_begins_while_going_down_is_not_in_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
