/* From the status to Prometheus's text format. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "milter/latency.h"
#include "milter/metrics_text.h"

/* status: JSON with ' for ". */
static char *text_of(const char *status) {
    g_autofree char *json = g_strdelimit(g_strdup(status), "'", '"');
    json_t *parsed = json_loads(json, 0, NULL);
    assert_non_null(parsed);
    char *text = ov_metrics_text(parsed);
    json_decref(parsed);
    return text;
}

/* All lines but those of outvet_info, which is always there. */
static void expect(const char *status, const char *wanted) {
    g_autofree char *text = text_of(status);
    char *rest = strstr(text, "} 1\n");
    assert_non_null(rest);
    assert_string_equal(rest + strlen("} 1\n"), wanted);
}

static void test_a_figure_has_its_help_and_type(void **state) {
    (void)state;
    expect("{'errors': 7}",
           "# HELP outvet_message_errors_total Messages that could not be judged, for a fault of "
           "Outvet or its machine.\n"
           "# TYPE outvet_message_errors_total counter\n"
           "outvet_message_errors_total 7\n");
    expect("{'errors': 9007199254740993, 'shadow': true}",
           "# HELP outvet_shadow 1 in shadow mode: all mail passes untouched.\n"
           "# TYPE outvet_shadow gauge\n"
           "outvet_shadow 1\n"
           "# HELP outvet_message_errors_total Messages that could not be judged, for a fault of "
           "Outvet or its machine.\n"
           "# TYPE outvet_message_errors_total counter\n"
           "outvet_message_errors_total 9007199254740993\n");
}

static void test_what_is_not_there_or_of_another_type_is_left_out(void **state) {
    (void)state;
    expect("{}", "");
    expect("{'errors': null}", "");
    expect("{'errors': 'many', 'messages': 3, 'egress': {}, 'alerts': []}", "");
}

static void contains(const char *status, const char *line) {
    g_autofree char *text = text_of(status);
    if (!strstr(text, line))
        fail_msg("no %s in %s", line, text);
}

static void lacks(const char *status, const char *part) {
    g_autofree char *text = text_of(status);
    if (strstr(text, part))
        fail_msg("%s in %s", part, text);
}

static void test_times_are_seconds_and_never_is_zero(void **state) {
    (void)state;
    contains("{'provider': {'state': 'asking', 'last_success': '2026-11-23T20:02:53Z'}}",
             "\noutvet_provider_last_success_timestamp_seconds 1795464173\n");
    contains("{'provider': {'state': 'failing', 'last_success': null}}",
             "\noutvet_provider_last_success_timestamp_seconds 0\n");
}

static void test_a_state_is_one_of_all_that_there_are(void **state) {
    (void)state;
    contains("{'ledger': 'failing'}",
             "outvet_ledger_state{state=\"ok\"} 0\noutvet_ledger_state{state=\"failing\"} 1\n");
}

static void test_of_what_is_off_only_that_is_told(void **state) {
    const char *off = "{'provider': {'state': 'off', 'last_success': null, 'blocked': 0}}";
    (void)state;
    contains(off, "outvet_provider_state{state=\"off\"} 1\n");
    lacks(off, "outvet_provider_last");
    lacks(off, "outvet_provider_blocked");
}

static void test_entries_are_counted_and_not_named(void **state) {
    const char *status =
        "{'egress': ["
        "{'address': '192.0.2.1', 'reverse': 'confirmed', 'helo_state': 'matches', 'lists': "
        "[{'list': 'a', 'state': 'listed'}, {'list': 'b', 'state': 'not listed'}]}, "
        "{'address': '192.0.2.2', 'reverse': 'none', 'helo_state': 'matches', 'lists': "
        "[{'list': 'a', 'state': 'listed'}]}]}";
    (void)state;
    contains(status, "outvet_egress_reverse{state=\"confirmed\"} 1\n");
    contains(status, "outvet_egress_helo{state=\"matches\"} 2\n");
    contains(status, "outvet_egress_block_lists{state=\"listed\"} 2\n");
    contains(status, "outvet_egress_block_lists{state=\"not listed\"} 1\n");
    lacks(status, "192.0.2.1");
}

static void test_channels_are_told_apart(void **state) {
    (void)state;
    contains("{'alerts': {'channels': [{'channel': 'mail', 'sent': 3}, {'channel': 'command', "
             "'sent': 4}]}}",
             "outvet_alert_notices_sent_total{channel=\"mail\"} 3\n"
             "outvet_alert_notices_sent_total{channel=\"command\"} 4\n");
}

static void test_a_label_can_not_end_its_line(void **state) {
    json_t *status =
        json_pack("{s:s, s:{s:i}}", "version", "1\"} 2\nevil \\", "messages", "a\"b\\c\nd", 5);
    g_autofree char *text = ov_metrics_text(status);
    (void)state;
    json_decref(status);
    assert_non_null(strstr(text, "outvet_info{version=\"1\\\"} 2\\nevil \\\\\",ruleset=\"\"} 1\n"));
    assert_non_null(strstr(text, "outvet_messages_total{verdict=\"a\\\"b\\\\c\\nd\"} 5\n"));
}

static void test_latency_is_a_histogram(void **state) {
    OvLatency latency = {.sum = 0};
    static const gint64 took[] = {0, 5000, 5001, 99999, 5000000, 5000001, 60 * G_USEC_PER_SEC};
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(took); i++)
        ov_latency_count(&latency, took[i]);
    json_t *status = json_pack("{s:o}", "latency", ov_latency_json(&latency));
    g_autofree char *text = ov_metrics_text(status);
    json_decref(status);
    char *lines = strstr(text, "# TYPE outvet_message_duration_seconds histogram\n");
    assert_non_null(lines);
    assert_string_equal(strchr(lines, '\n') + 1,
                        "outvet_message_duration_seconds_bucket{le=\"0.005\"} 2\n"
                        "outvet_message_duration_seconds_bucket{le=\"0.01\"} 3\n"
                        "outvet_message_duration_seconds_bucket{le=\"0.025\"} 3\n"
                        "outvet_message_duration_seconds_bucket{le=\"0.05\"} 3\n"
                        "outvet_message_duration_seconds_bucket{le=\"0.1\"} 4\n"
                        "outvet_message_duration_seconds_bucket{le=\"0.25\"} 4\n"
                        "outvet_message_duration_seconds_bucket{le=\"0.5\"} 4\n"
                        "outvet_message_duration_seconds_bucket{le=\"1\"} 4\n"
                        "outvet_message_duration_seconds_bucket{le=\"2.5\"} 4\n"
                        "outvet_message_duration_seconds_bucket{le=\"5\"} 5\n"
                        "outvet_message_duration_seconds_bucket{le=\"+Inf\"} 7\n"
                        "outvet_message_duration_seconds_sum 70.110001\n"
                        "outvet_message_duration_seconds_count 7\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_figure_has_its_help_and_type),
        cmocka_unit_test(test_what_is_not_there_or_of_another_type_is_left_out),
        cmocka_unit_test(test_times_are_seconds_and_never_is_zero),
        cmocka_unit_test(test_a_state_is_one_of_all_that_there_are),
        cmocka_unit_test(test_of_what_is_off_only_that_is_told),
        cmocka_unit_test(test_entries_are_counted_and_not_named),
        cmocka_unit_test(test_channels_are_told_apart),
        cmocka_unit_test(test_a_label_can_not_end_its_line),
        cmocka_unit_test(test_latency_is_a_histogram),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
