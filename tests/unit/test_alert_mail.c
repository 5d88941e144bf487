/* The provider's mail about a block, in the languages and forms that it comes in. */
#include "policy/provider/alert_mail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

static int set_up(void **state) {
    *state = ov_arena_new();
    return 0;
}

static int tear_down(void **state) {
    ov_arena_free(*state);
    return 0;
}

static OvAlertMail read_text(OvArena *arena, const char *text) {
    OvAlertMail alert;
    g_autoptr(GError) error = NULL;
    if (!ov_alert_mail_read(text, strlen(text), arena, &alert, &error))
        fail_msg("%s", error->message);
    return alert;
}

static OvAlertMail read_file(OvArena *arena, const char *name) {
    const char *source = getenv("OUTVET_SOURCE");
    g_autofree char *path =
        g_build_filename(source ? source : ".", "tests", "data", "alert", name, NULL);
    g_autofree char *text = NULL;
    gsize length = 0;
    OvAlertMail alert;
    g_autoptr(GError) error = NULL;
    assert_true(g_file_get_contents(path, &text, &length, &error));
    /* The alert does not refer to what was read. */
    if (!ov_alert_mail_read(text, length, arena, &alert, &error))
        fail_msg("%s: %s", name, error->message);
    return alert;
}

#define A40 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct {
    const char *file, *address;
    const char *ids[3];
    gint64 scores[3];
} MAILS[] = {
    {"en.eml",
     "192.0.2.41",
     {"plain-1@shop.example", "20261129010000." A40 "." A40 "." A40 "@shop.example", ""},
     {300, 410, 303}},
    {"fr.eml", "192.0.2.42", {"un@boutique.example", "deux@boutique.example"}, {300, 553}},
    {"de.eml", "192.0.2.43", {"eins@laden.example", "zwei.teil@laden.example"}, {300, 521}},
    {"es.eml", "192.0.2.44", {"uno@tienda.example", "dos@tienda.example"}, {300, 301}},
    {"it.eml", "192.0.2.45", {"uno@negozio.example", "due@negozio.example"}, {300, 302}},
    {"pl.eml", "192.0.2.46", {"raz@sklep.example", "dwa@sklep.example"}, {300, 304}},
    {"pt.eml", "192.0.2.47", {"um@loja.example", "dois@loja.example"}, {300, 305}},
};

static void test_a_mail_of_each_language_tells_address_and_detections(void **state) {
    for (guint i = 0; i < G_N_ELEMENTS(MAILS); i++) {
        OvAlertMail alert = read_file(*state, MAILS[i].file);
        guint n = MAILS[i].ids[2] ? 3 : 2;
        if (alert.n_addresses != 1 || alert.n_detections != n)
            fail_msg("%s: %u addresses, %u detections", MAILS[i].file, alert.n_addresses,
                     alert.n_detections);
        assert_string_equal(alert.addresses[0], MAILS[i].address);
        for (guint j = 0; j < n; j++) {
            const OvDetection *detection = &alert.detections[j];
            g_autofree char *destination = g_strdup_printf("198.51.100.%u", j + 1);
            assert_string_equal(detection->message_id, MAILS[i].ids[j]);
            assert_string_equal(detection->destination, destination);
            assert_int_equal(detection->score, MAILS[i].scores[j]);
            assert_string_equal(detection->origin, "mail");
            assert_int_equal(detection->finding, OV_DETECTION_NEW);
            assert_int_equal(detection->time, 0);
        }
    }
}

static void test_a_pasted_and_quoted_text_is_read(void **state) {
    OvAlertMail alert = read_file(*state, "pasted.txt");
    assert_int_equal(alert.n_addresses, 1);
    assert_string_equal(alert.addresses[0], "192.0.2.48");
    assert_int_equal(alert.n_detections, 2);
    assert_string_equal(alert.detections[0].message_id, "abc.def@shop.example");
    assert_string_equal(alert.detections[1].message_id, "six@shop.example");
    assert_string_equal(alert.detections[1].destination, "2001:db8::7");
    assert_int_equal(alert.detections[1].score, -5);
}

static void test_a_list_of_message_ids_is_read(void **state) {
    static const char *const IDS[] = {"one@shop.example", "two@shop.example", "three@shop.example",
                                      "four@shop.example"};
    OvAlertMail alert = read_file(*state, "list.txt");
    assert_int_equal(alert.n_addresses, 0);
    assert_int_equal(alert.n_detections, G_N_ELEMENTS(IDS));
    for (guint i = 0; i < G_N_ELEMENTS(IDS); i++) {
        assert_string_equal(alert.detections[i].message_id, IDS[i]);
        assert_string_equal(alert.detections[i].origin, "list");
        assert_null(alert.detections[i].destination);
        assert_true(alert.detections[i].score == G_MININT64);
    }
    assert_int_equal(alert.n_unread, 1);
    alert = read_text(*state, "Message-ID: <a@x.example>\r\nMessage-ID: <b@x.example>\r\n");
    assert_int_equal(alert.n_detections, 2);
    assert_string_equal(alert.detections[1].message_id, "b@x.example");
}

static void test_an_alert_without_sample_tells_the_address(void **state) {
    OvAlertMail alert = read_text(*state, "Hello,\nyour IP 192.0.2.1/32 is sending spam.\n"
                                          "Write to us:\nsupport@provider.example\n");
    assert_int_equal(alert.n_addresses, 1);
    assert_string_equal(alert.addresses[0], "192.0.2.1");
    assert_int_equal(alert.n_detections, 0);
    alert = read_text(*state, "IP: [192.0.2.1], IP:192.0.2.2; 192.0.2.1. and 192.0.2.3.");
    assert_int_equal(alert.n_addresses, 3);
}

static void test_what_is_a_part_of_something_else_is_no_address(void **state) {
    OvAlertMail alert = read_text(
        *state, "192.0.2.1 https://x.example/192.0.2.2/ 192.0.2.3.rev.example 192.0.2.0/28 "
                "a@[192.0.2.4] v192.0.2.5 192.0.2.6.7 10.0.0.1 127.0.0.1 192.0.2.300 2001:db8::1");
    assert_int_equal(alert.n_addresses, 1);
    assert_string_equal(alert.addresses[0], "192.0.2.1");
}

static void test_a_line_without_score_ends_its_message_id_at_a_blank(void **state) {
    OvAlertMail alert = read_text(*state, "Destination IP: 198.51.100.1 - Message-ID: a@b.example\n"
                                          "Destination IP: 198.51.100.2 - Message-ID: c-d@b - ");
    assert_int_equal(alert.n_detections, 2);
    assert_string_equal(alert.detections[0].message_id, "a@b.example");
    assert_true(alert.detections[0].score == G_MININT64);
    assert_string_equal(alert.detections[1].message_id, "c-d@b");
}

static void test_the_same_line_told_twice_is_two_messages(void **state) {
    static const char LINE[] =
        "Destination IP: 198.51.100.1 - Message-ID: a@b.example - Spam score: 300\n";
    g_autofree char *text = g_strconcat(LINE, LINE, NULL);
    assert_int_equal(read_text(*state, text).n_detections, 2);
}

static void assert_refused(OvArena *arena, const char *data, gsize length, OvAlertMailError code) {
    OvAlertMail alert;
    g_autoptr(GError) error = NULL;
    assert_false(ov_alert_mail_read(data, length, arena, &alert, &error));
    assert_true(g_error_matches(error, OV_ALERT_MAIL_ERROR, (gint)code));
}

static void test_what_tells_nothing_or_too_much_is_refused(void **state) {
    assert_refused(*state, "", 0, OV_ALERT_MAIL_ERROR_NOTHING);
    assert_refused(*state, "MIME-Version: 1.0\n\n", 19, OV_ALERT_MAIL_ERROR_NOTHING);
    assert_refused(*state, "Hello,\nnothing here\n", 20, OV_ALERT_MAIL_ERROR_NOTHING);
    assert_refused(*state, "\0\xff\xfe\n@", 5, OV_ALERT_MAIL_ERROR_NOTHING);
    gsize length = OV_ALERT_MAIL_MAX_OCTETS + 1;
    g_autofree char *large = g_malloc0(length);
    assert_refused(*state, large, length, OV_ALERT_MAIL_ERROR_SIZE);
    g_autoptr(GString) many = g_string_new(NULL);
    for (guint i = 0; i <= OV_ALERT_MAIL_MAX_DETECTIONS; i++)
        g_string_append_printf(many, "%u@x.example\n", i);
    assert_refused(*state, many->str, many->len, OV_ALERT_MAIL_ERROR_SIZE);
}

/* Quadratic time would last for hours. */
static void test_long_runs_cost_no_more_than_their_length(void **state) {
    static const char *const RUNS[] = {
        ":", "1.1.1.1 - ", "1.1.1.1 - ID:", " ", "1.1.1.1 -ID:x\n", "192.0.2.1 - a ", "f"};
    enum { LENGTH = 4 * 1024 * 1024 };
    for (guint i = 0; i < G_N_ELEMENTS(RUNS); i++) {
        g_autoptr(GString) text = g_string_sized_new(LENGTH);
        while (text->len < LENGTH)
            g_string_append(text, RUNS[i]);
        OvAlertMail alert;
        ov_alert_mail_read(text->str, text->len, *state, &alert, NULL);
        ov_arena_reset(*state);
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_a_mail_of_each_language_tells_address_and_detections),
        TEST(test_a_pasted_and_quoted_text_is_read),
        TEST(test_a_list_of_message_ids_is_read),
        TEST(test_an_alert_without_sample_tells_the_address),
        TEST(test_what_is_a_part_of_something_else_is_no_address),
        TEST(test_a_line_without_score_ends_its_message_id_at_a_blank),
        TEST(test_the_same_line_told_twice_is_two_messages),
        TEST(test_what_tells_nothing_or_too_much_is_refused),
        TEST(test_long_runs_cost_no_more_than_their_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
