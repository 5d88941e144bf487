/* From an operator's wish to an address that is unblocked: each answer of the provider has its
 * phase, and nothing is sent twice. */
#include "tests/unit/unblock_story.h"

/* --- asking --- */

static void test_of_two_who_ask_at_once_one_wins(void **state) {
    Story story = begin(*state);
    OvLedger *other = open_ledger(story.place);
    const OvIncident *seen = incident(&story); /* by both, before either asks */
    assert_true(ask_for_it(story.responder.ledger, seen, "olga", FALSE));
    assert_false(ask_for_it(other, seen, "otto", FALSE));
    assert_phase(&story, OV_INCIDENT_ASKED);
    assert_int_equal(count_events(&story, "asked"), 1);
    step(&story);
    wake_and_step(&story);
    assert_int_equal(asked(&story, "unblock"), 1);
    ov_ledger_close(other);
    end(&story);
}

static void test_who_loses_changes_nothing_of_how_it_was_asked(void **state) {
    for (guint forced = 0; forced <= 1; forced++) {
        Story story = begin(*state);
        const OvIncident *seen = incident(&story);
        assert_true(ask_for_it(story.responder.ledger, seen, "olga", forced == 1));
        assert_false(ask_for_it(story.responder.ledger, seen, "otto", forced == 0));
        run_sql(&story, "DELETE FROM nodes"); /* which the interlock refuses */
        wake_and_step(&story);
        assert_phase(&story, forced == 1 ? OV_INCIDENT_UNBLOCKING : OV_INCIDENT_OPEN);
        end(&story);
        remove_all(story.place->directory);
        g_mkdir(story.place->directory, 0700);
    }
}

static void test_nothing_is_done_before_its_time(void **state) {
    Story story = begin(*state);
    ask_unblock(&story, FALSE);
    run_sql(&story, "UPDATE incidents SET wake = 9000000000000000");
    step(&story);
    assert_phase(&story, OV_INCIDENT_ASKED);
    assert_int_equal(asked(&story, "unblock"), 0);
    end(&story);
}

static void test_the_interlock_is_held_at_the_last_moment(void **state) {
    Story story = begin(*state);
    ask_unblock(&story, FALSE);
    OvSuspensionRow row = {
        .time = g_get_real_time(), .subject = SHOP, .ended = TRUE, .operator_name = "olga"};
    assert_true(ov_ledger_add_suspension(story.responder.ledger, &row, NULL));
    step(&story);
    assert_phase(&story, OV_INCIDENT_OPEN);
    assert_int_equal(count_events(&story, "refused"), 1);
    assert_int_equal(asked(&story, "unblock"), 0);
    end(&story);
}

static void test_force_sends_whatever_the_interlock_says(void **state) {
    Story story = begin(*state);
    run_sql(&story, "DELETE FROM nodes");
    ask_unblock(&story, TRUE);
    step(&story);
    assert_phase(&story, OV_INCIDENT_UNBLOCKING);
    assert_int_equal(asked(&story, "unblock"), 1);
    assert_int_equal(count_events(&story, "forced"), 1);
    end(&story);
}

static void test_the_time_of_the_block_is_waited_out(void **state) {
    Story story = begin_blocked(*state, 7200);
    ask_unblock(&story, FALSE);
    for (guint i = 0; i < 3; i++) {
        wake_and_step(&story);
        assert_phase(&story, OV_INCIDENT_ASKED);
        assert_true(incident(&story)->wake > g_get_real_time());
    }
    assert_int_equal(count_events(&story, "still_blocked"), 1);
    assert_int_equal(asked(&story, "unblock"), 0);
    run_sql(&story, "UPDATE incidents SET duration = 60");
    wake_and_step(&story);
    assert_phase(&story, OV_INCIDENT_UNBLOCKING);
    end(&story);
}

static void test_who_changed_the_phase_meanwhile_stops_the_request(void **state) {
    Story story = begin(*state);
    ask_unblock(&story, FALSE);
    /* As if another had been faster: phase 2 is sending. */
    run_sql(&story, "CREATE TRIGGER faster BEFORE UPDATE ON incidents WHEN new.phase = 2"
                    " BEGIN SELECT raise(IGNORE); END");
    wake_and_step(&story);
    assert_phase(&story, OV_INCIDENT_ASKED);
    assert_int_equal(asked(&story, "unblock"), 0);
    assert_int_equal(count_events(&story, "sent"), 0);
    end(&story);
}

static void test_nothing_is_sent_that_is_not_recorded(void **state) {
    Story story = begin(*state);
    g_autoptr(GError) error = NULL;
    ask_unblock(&story, FALSE);
    run_sql(&story, "CREATE TRIGGER full BEFORE INSERT ON incident_events WHEN new.kind = 'sent'"
                    " BEGIN SELECT raise(ABORT, 'full'); END");
    wake(&story);
    assert_false(ov_unblock_step(&story.responder, story.hosting, story.id, &error));
    assert_non_null(error);
    assert_int_equal(asked(&story, "unblock"), 0);
    end(&story);
}

/* --- the provider's answers to the request --- */

typedef struct {
    const char *body;
    int code;
    OvIncidentPhase phase;
    const char *event;
} Answer;

static void test_each_answer_to_the_request_has_its_phase(void **state) {
    static const Answer CASES[] = {
        {"{\"state\": \"unblocking\"}", 0, OV_INCIDENT_UNBLOCKING, "unblocking"},
        {"{\"state\": \"unblocked\"}", 0, OV_INCIDENT_EASING, "unblocked"},
        {"{\"state\": \"blocked\"}", 0, OV_INCIDENT_UNBLOCKING, "unblocking"},
        {"{\"state\": \"other\"}", 0, OV_INCIDENT_UNBLOCKING, "unblocking"},
        {"", 0, OV_INCIDENT_UNBLOCKING, "unblocking"},
        {"<html>", 0, OV_INCIDENT_UNBLOCKING, "unblocking"},
        {"{\"wait\": 129}", 75, OV_INCIDENT_ASKED, "still_blocked"},
        {"", 75, OV_INCIDENT_ASKED, "still_blocked"},
        {"", 69, OV_INCIDENT_SENDING, "trouble"},
        {"", 1, OV_INCIDENT_SENDING, "trouble"},
        {"", 77, OV_INCIDENT_OPEN, "trouble"},
        {"", 78, OV_INCIDENT_OPEN, "trouble"},
        {"", 66, OV_INCIDENT_CLOSED, "closed"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++) {
        Story story = begin(*state);
        answer(&story, "unblock", CASES[i].body, CASES[i].code);
        ask_unblock(&story, FALSE);
        step(&story);
        print_message("# answer %u: %s, code %d\n", i, CASES[i].body, CASES[i].code);
        assert_phase(&story, CASES[i].phase);
        assert_int_equal(count_events(&story, CASES[i].event), 1);
        assert_int_equal(count_events(&story, "sent"), 1);
        assert_int_equal(asked(&story, "unblock"), 1);
        assert_true(is_suspended(&story, SHOP));
        gint64 wait = incident(&story)->wake - g_get_real_time();
        if (CASES[i].phase >= OV_INCIDENT_ASKED && CASES[i].phase <= OV_INCIDENT_EASING)
            assert_true(wait > 0);
        step(&story); /* too early: nothing more is asked */
        assert_int_equal(asked(&story, "unblock"), 1);
        end(&story);
        remove_all(story.place->directory);
        g_mkdir(story.place->directory, 0700);
    }
}

static void test_still_blocked_is_waited_out_and_sent_again(void **state) {
    Story story = begin(*state);
    answer(&story, "unblock", "{\"wait\": 129}", 75);
    ask_unblock(&story, FALSE);
    gint64 before = g_get_real_time();
    step(&story);
    gint64 wait = incident(&story)->wake;
    assert_in_range(wait - before, 129 * SECOND, 200 * SECOND);
    answer(&story, "unblock", "{\"state\": \"unblocking\"}", 0);
    wake_and_step(&story);
    assert_phase(&story, OV_INCIDENT_UNBLOCKING);
    assert_int_equal(asked(&story, "unblock"), 2);
    end(&story);
}

static void test_a_request_that_was_taken_is_not_sent_again_while_it_shows_nothing(void **state) {
    Story story = begin(*state);
    answer(&story, "unblock", "", 0); /* and the state stays blocked */
    ask_unblock(&story, FALSE);
    step(&story);
    for (guint i = 0; i < 3; i++)
        wake_and_step(&story);
    assert_phase(&story, OV_INCIDENT_UNBLOCKING);
    assert_int_equal(asked(&story, "unblock"), 1);
    run_sql(&story, "UPDATE incident_events SET time = time - 3600000000");
    wake_and_step(&story);
    assert_phase(&story, OV_INCIDENT_OPEN);
    assert_int_equal(asked(&story, "unblock"), 1);
    assert_int_equal(count_events(&story, "trouble"), 1);
    end(&story);
}

/* --- how it stands --- */

/* As an outvetd leaves it that died while the answer was on its way. */
static Story begin_sending(Place *place) {
    Story story = begin(place);
    ask_unblock(&story, FALSE);
    answer(&story, "unblock", "", 1);
    step(&story);
    assert_phase(&story, OV_INCIDENT_SENDING);
    return story;
}

static void test_a_request_left_behind_asks_for_the_state_first(void **state) {
    static const Answer CASES[] = {
        {"{\"state\": \"unblocking\"}", 0, OV_INCIDENT_UNBLOCKING, "unblocking"},
        {"{\"state\": \"unblocked\"}", 0, OV_INCIDENT_EASING, "unblocked"},
        {"{\"state\": \"blocked\"}", 0, OV_INCIDENT_ASKED, "still_blocked"},
        {"", 66, OV_INCIDENT_EASING, "unblocked"},
        {"{\"state\": \"other\"}", 0, OV_INCIDENT_SENDING, NULL},
        {"<html>", 0, OV_INCIDENT_SENDING, NULL},
        {"", 69, OV_INCIDENT_SENDING, NULL},
        {"", 75, OV_INCIDENT_SENDING, NULL},
        {"", 77, OV_INCIDENT_SENDING, NULL},
        {"", 78, OV_INCIDENT_SENDING, NULL},
    };
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++) {
        Story story = begin_sending(*state);
        answer(&story, "block", CASES[i].body, CASES[i].code);
        wake_and_step(&story);
        print_message("# state %u: %s, code %d\n", i, CASES[i].body, CASES[i].code);
        assert_phase(&story, CASES[i].phase);
        if (CASES[i].event)
            assert_int_equal(count_events(&story, CASES[i].event), 1);
        assert_int_equal(asked(&story, "block"), 1);
        assert_int_equal(asked(&story, "unblock"), 1); /* that which got no answer */
        assert_true(is_suspended(&story, SHOP));
        end(&story);
        remove_all(story.place->directory);
        g_mkdir(story.place->directory, 0700);
    }
}

static void test_a_request_that_did_not_arrive_is_sent_again(void **state) {
    Story story = begin_sending(*state);
    wake_and_step(&story);
    answer(&story, "unblock", "{\"state\": \"unblocking\"}", 0);
    wake_and_step(&story);
    assert_phase(&story, OV_INCIDENT_UNBLOCKING);
    assert_int_equal(asked(&story, "unblock"), 2);
    end(&story);
}

static void test_trouble_that_lasts_is_told_once(void **state) {
    Story story = begin(*state);
    ask_unblock(&story, FALSE);
    step(&story);
    assert_phase(&story, OV_INCIDENT_UNBLOCKING);
    answer(&story, "block", "", 69);
    for (guint i = 0; i < 5; i++)
        wake_and_step(&story);
    assert_phase(&story, OV_INCIDENT_UNBLOCKING);
    assert_int_equal(count_events(&story, "trouble"), 1);
    answer(&story, "block", "{\"state\": \"unblocked\"}", 0);
    wake_and_step(&story);
    assert_phase(&story, OV_INCIDENT_EASING);
    end(&story);
}

static void test_a_refused_question_does_not_lose_the_request(void **state) {
    Story story = begin(*state);
    ask_unblock(&story, FALSE);
    step(&story);
    answer(&story, "block", "", 77);
    wake_and_step(&story);
    assert_phase(&story, OV_INCIDENT_UNBLOCKING);
    assert_int_equal(count_events(&story, "trouble"), 1);
    end(&story);
}

int main(void) {
    ov_rules_init();
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(test_of_two_who_ask_at_once_one_wins),
        TEST(test_who_loses_changes_nothing_of_how_it_was_asked),
        TEST(test_nothing_is_done_before_its_time),
        TEST(test_the_interlock_is_held_at_the_last_moment),
        TEST(test_force_sends_whatever_the_interlock_says),
        TEST(test_the_time_of_the_block_is_waited_out),
        TEST(test_who_changed_the_phase_meanwhile_stops_the_request),
        TEST(test_nothing_is_sent_that_is_not_recorded),
        TEST(test_each_answer_to_the_request_has_its_phase),
        TEST(test_still_blocked_is_waited_out_and_sent_again),
        TEST(test_a_request_that_was_taken_is_not_sent_again_while_it_shows_nothing),
        TEST(test_a_request_left_behind_asks_for_the_state_first),
        TEST(test_a_request_that_did_not_arrive_is_sent_again),
        TEST(test_trouble_that_lasts_is_told_once),
        TEST(test_a_refused_question_does_not_lose_the_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
