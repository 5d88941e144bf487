/* After the unblock: who was suspended for it sends at a small rate, then as he likes. */
#include "tests/unit/unblock_story.h"

static Story begin_easing(Place *place) {
    Story story = begin(place);
    answer(&story, "unblock", "{\"state\": \"unblocked\"}", 0);
    ask_unblock(&story, FALSE);
    step(&story);
    assert_phase(&story, OV_INCIDENT_EASING);
    return story;
}

static guint step_of(const Story *story, const char *subject) {
    guint n;
    const OvIncidentSubject *subjects = ov_ledger_incident_subjects(
        story->responder.ledger, story->id, story->place->arena, &n, NULL);
    for (guint i = 0; subjects && i < n; i++)
        if (strcmp(subjects[i].subject, subject) == 0)
            return subjects[i].step;
    fail_msg("%s is none of it", subject);
    return 0;
}

static void test_the_small_rate_is_known_before_anybody_is_let_go(void **state) {
    guint n;
    Story story = begin_easing(*state);
    assert_true(is_suspended(&story, SHOP));
    const OvAllowanceRow *rows = ov_ledger_allowances_in_force(
        story.responder.ledger, g_get_real_time(), story.place->arena, &n, NULL);
    assert_int_equal(n, 1);
    assert_string_equal(rows[0].subject, SHOP);
    assert_int_equal(rows[0].kind, OV_ALLOWANCE_EASING);
    assert_int_equal(rows[0].recipients, 7);
    assert_string_equal(rows[0].span, "hour");
    assert_int_equal(rows[0].until, incident(&story)->unblocked + 3600 * SECOND);
    wake_and_step(&story);
    assert_false(is_suspended(&story, SHOP));
    assert_int_equal(step_of(&story, SHOP), 1);
    assert_int_equal(count_events(&story, "eased"), 1);
    end(&story);
}

static void test_what_is_on_hold_is_not_released_with_its_sender(void **state) {
    guint n;
    Story story = begin_easing(*state);
    OvSuspendedMail mail[] = {{.queue_id = "4XyZ12abcd", .sender = "a@shop.example"},
                              {.queue_id = "4XyZ12abce", .sender = "a@shop.example"}};
    assert_true(ov_ledger_keep_suspended(story.responder.ledger, SHOP, "mx1", mail, 2, NULL));
    wake_and_step(&story);
    assert_non_null(ov_ledger_suspended_mail(story.responder.ledger, SHOP, "mx1",
                                             story.place->arena, &n, NULL));
    assert_int_equal(n, 0);
    assert_false(is_suspended(&story, SHOP));
    end(&story);
}

static void test_whom_an_operator_let_go_keeps_his_rate(void **state) {
    guint n;
    Story story = begin(*state);
    OvSuspensionRow row = {
        .time = g_get_real_time(), .subject = SHOP, .ended = TRUE, .operator_name = "olga"};
    answer(&story, "unblock", "{\"state\": \"unblocked\"}", 0);
    ask_unblock(&story, TRUE);
    assert_true(ov_ledger_add_suspension(story.responder.ledger, &row, NULL));
    assert_true(ov_suspensions_refresh(story.responder.suspensions, NULL));
    step(&story);
    wake_and_step(&story);
    assert_non_null(ov_ledger_allowances_in_force(story.responder.ledger, g_get_real_time(),
                                                  story.place->arena, &n, NULL));
    assert_int_equal(n, 0);
    assert_int_equal(step_of(&story, SHOP), 2);
    end(&story);
}

static void test_what_is_an_operators_to_resume_stays_suspended(void **state) {
    Story story = begin(*state);
    answer(&story, "unblock", "{\"state\": \"unblocked\"}", 0);
    assert_true(ov_ledger_put_incident_subject(story.responder.ledger, story.id, SHOP, 2, NULL));
    ask_unblock(&story, FALSE);
    step(&story);
    assert_phase(&story, OV_INCIDENT_EASING);
    wake_and_step(&story);
    assert_true(is_suspended(&story, SHOP));
    assert_int_equal(count_events(&story, "eased"), 0);
    end(&story);
}

static void make_quiet_time_pass(const Story *story) {
    run_sql(story, "UPDATE incidents SET unblocked = unblocked - 3601000000");
}

static void test_the_quiet_time_closes_it(void **state) {
    Story story = begin_easing(*state);
    wake_and_step(&story);
    assert_true(incident(&story)->wake > g_get_real_time() + 3500 * SECOND);
    wake_and_step(&story);
    assert_phase(&story, OV_INCIDENT_EASING);
    make_quiet_time_pass(&story);
    wake_and_step(&story);
    assert_phase(&story, OV_INCIDENT_CLOSED);
    assert_int_equal(step_of(&story, SHOP), 2);
    assert_int_equal(count_events(&story, "resumed"), 1);
    assert_int_equal(asked(&story, "unblock"), 1);
    end(&story);
}

/* outvetd was down for longer than the quiet time. */
static void test_who_was_not_let_go_before_the_quiet_time_ended_is_let_go_then(void **state) {
    Story story = begin_easing(*state);
    make_quiet_time_pass(&story);
    run_sql(&story, "UPDATE suspensions SET time = time - 7200000000");
    assert_true(ov_suspensions_refresh(story.responder.suspensions, NULL));
    ov_suspensions_stop(story.responder.suspensions);
    story.responder.suspensions = ov_suspensions_start(story.responder.ledger);
    wake_and_step(&story);
    assert_false(is_suspended(&story, SHOP));
    wake_and_step(&story);
    assert_phase(&story, OV_INCIDENT_CLOSED);
    assert_false(is_suspended(&story, SHOP));
    end(&story);
}

static void test_who_is_suspended_again_stays_so(void **state) {
    Story story = begin_easing(*state);
    wake_and_step(&story);
    assert_false(is_suspended(&story, SHOP));
    suspend(&story, SHOP); /* as response.c does for spam that was seen again */
    wake_and_step(&story);
    assert_true(is_suspended(&story, SHOP));
    make_quiet_time_pass(&story);
    wake_and_step(&story);
    assert_phase(&story, OV_INCIDENT_CLOSED);
    assert_true(is_suspended(&story, SHOP));
    assert_int_equal(count_events(&story, "resumed"), 0);
    end(&story);
}

static void test_a_block_that_ends_by_itself_leaves_all_suspended(void **state) {
    Story story = begin(*state);
    g_autoptr(GError) error = NULL;
    assert_true(ov_unblock_ended(&story.responder, incident(&story), &error));
    assert_phase(&story, OV_INCIDENT_CLOSED);
    assert_true(is_suspended(&story, SHOP));
    assert_int_equal(count_events(&story, "closed"), 1);
    end(&story);
}

int main(void) {
    ov_rules_init();
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(test_the_small_rate_is_known_before_anybody_is_let_go),
        TEST(test_what_is_on_hold_is_not_released_with_its_sender),
        TEST(test_whom_an_operator_let_go_keeps_his_rate),
        TEST(test_what_is_an_operators_to_resume_stays_suspended),
        TEST(test_the_quiet_time_closes_it),
        TEST(test_who_was_not_let_go_before_the_quiet_time_ended_is_let_go_then),
        TEST(test_who_is_suspended_again_stays_so),
        TEST(test_a_block_that_ends_by_itself_leaves_all_suspended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
