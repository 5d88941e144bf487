/* A round of questions: which of the provider's reports are of a block, and which of the one
 * before. */
#include "tests/unit/unblock_story.h"

#include "policy/provider/round.h"

static const gint64 MINUTE = 60 * G_USEC_PER_SEC;

static gboolean never(gpointer data) {
    (void)data;
    return FALSE;
}

static void run_round(const Story *story) {
    g_autoptr(GError) error = NULL;
    OvRound *round = ov_round_new();
    gboolean done = ov_round_run(round, &story->responder, story->hosting, never, NULL, &error);
    ov_round_free(round);
    if (!done)
        fail_msg("%s", error->message);
}

/* Seconds since 1970, as the program may tell times. */
static gint64 seconds(gint64 time) {
    return time / SECOND;
}

/* The address is blocked since then, and there is a report of each of the two times, with a
 * Message-ID of its own. */
static void tell(const Story *story, gint64 since, gint64 first, gint64 second) {
    g_autofree char *block = g_strdup_printf("{\"state\": \"blocked\", \"since\": %" G_GINT64_FORMAT
                                             ", \"duration\": 3600}",
                                             seconds(since));
    g_autofree char *detected =
        g_strdup_printf("[{\"period\": %" G_GINT64_FORMAT ", \"spams\": 1, \"detections\": "
                        "[{\"message_id\": \"first@shop.example\", \"score\": 400}]},"
                        " {\"period\": %" G_GINT64_FORMAT ", \"spams\": 2, \"detections\": "
                        "[{\"message_id\": \"second@shop.example\", \"score\": 400}]}]",
                        seconds(first), seconds(second));
    answer(story, "networks", "[\"192.0.2.0/28\"]", 0);
    answer(story, "blocked", "[\"192.0.2.1\"]", 0);
    answer(story, "block", block, 0);
    answer(story, "detected", detected, 0);
}

/* The incident that began last. */
static const OvIncident *newest(const Story *story) {
    guint n;
    const OvIncident *found = ov_ledger_incidents(story->responder.ledger, "192.0.2.1", FALSE, 1,
                                                  story->place->arena, &n, NULL);
    assert_non_null(found);
    assert_int_equal(n, 1);
    return found;
}

static void test_a_block_within_the_hour_has_its_own_report_alone(void **state) {
    Story story = begin(*state);
    gint64 before = incident(&story)->since, since = before + 50 * MINUTE;
    guint n;
    tell(&story, since, before + MINUTE, since - MINUTE);
    run_round(&story);
    const OvIncident *block = newest(&story);
    assert_int_not_equal(block->id, story.id);
    const OvDetection *detections =
        ov_ledger_detections(story.responder.ledger, block->id, OV_N_DETECTION_FINDINGS, 0, 10,
                             story.place->arena, &n, NULL);
    assert_int_equal(n, 1);
    assert_string_equal(detections[0].message_id, "second@shop.example");
    assert_int_equal(block->spams, 2);
    end(&story);
}

static void test_a_report_may_be_dated_before_its_block(void **state) {
    Story story = begin(*state);
    gint64 since = incident(&story)->since;
    run_sql(&story, "DELETE FROM detections; DELETE FROM incidents");
    tell(&story, since, since - 61 * MINUTE, since - 40 * MINUTE);
    run_round(&story);
    assert_int_equal(newest(&story)->detections, 1);
    assert_int_equal(newest(&story)->spams, 2);
    end(&story);
}

int main(void) {
    ov_rules_init();
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(test_a_block_within_the_hour_has_its_own_report_alone),
        TEST(test_a_report_may_be_dated_before_its_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
