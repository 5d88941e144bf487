/* What is done at once about a block: opened once, tied to accounts, suspended as the settings say.
 */
#include "tests/unit/ledger_place.h"

#include "policy/provider/response.h"
#include "rules/init.h"

static const gint64 SECOND = G_USEC_PER_SEC;

typedef struct {
    Place *place;
    OvResponder responder;
    OvBlock block;
    GArray *detected; /* OvDetected */
    gint64 incident;
} Story;

static Story begin(Place *place, const char *settings) {
    settle(place, settings);
    Story story = {.place = place, .detected = g_array_new(FALSE, TRUE, sizeof(OvDetected))};
    story.responder.ledger = open_ledger(place);
    story.responder.settings = place->settings;
    story.responder.suspensions = ov_suspensions_start(story.responder.ledger);
    story.block = (OvBlock){
        .network = "192.0.2.0/28",
        .address = "192.0.2.1",
        .state = OV_BLOCK_BLOCKED,
        .since = g_get_real_time() / SECOND * SECOND - 60 * SECOND,
        .duration = 3600,
    };
    return story;
}

static void end(const Story *story) {
    ov_suspensions_stop(story->responder.suspensions);
    ov_ledger_close(story->responder.ledger);
    g_array_unref(story->detected);
}

/* A message of the account in the ledger, which the provider names. */
static void detect(const Story *story, const char *account, const char *message_id) {
    if (account) {
        OvLedgerRecord record = example(story->place);
        record.account = record.login = account;
        record.message_id = ov_arena_printf(story->place->arena, "<%s>", message_id);
        record.verdict = record.computed = "accept";
        add(story->responder.ledger, &record);
    }
    OvDetected detected = {
        .message_id = ov_arena_printf(story->place->arena, "%s", message_id),
        .destination = "198.51.100.7",
        .time = g_get_real_time() / SECOND * SECOND,
        .score = 300,
    };
    g_array_append_val(story->detected, detected);
}

static void take(Story *story) {
    g_autoptr(GError) error = NULL;
    OvSight sight = {
        .hosting = "ovh",
        .block = &story->block,
        .detected = (const OvDetected *)(gpointer)story->detected->data,
        .n_detected = story->detected->len,
    };
    if (!ov_response_take(&story->responder, &sight, &story->incident, &error))
        fail_msg("%s", error->message);
}

static gboolean is_suspended(const Story *story, const char *text) {
    g_autoptr(OvSuspensionList) list = ov_suspensions_list(story->responder.suspensions);
    OvSubject subject;
    assert_true(ov_subject_parse(&subject, text, story->place->arena, NULL));
    return ov_suspension_list_get(list, &subject) != NULL;
}

static void resume(const Story *story, const char *subject) {
    OvSuspensionRow row = {
        .time = g_get_real_time(), .subject = subject, .ended = TRUE, .operator_name = "olga"};
    assert_true(ov_ledger_add_suspension(story->responder.ledger, &row, NULL));
    assert_true(ov_suspensions_refresh(story->responder.suspensions, NULL));
}

static guint count_events(const Story *story, const char *kind) {
    guint n, found = 0;
    const OvIncidentEvent *events = ov_ledger_incident_events(
        story->responder.ledger, story->incident, 0, story->place->arena, &n, NULL);
    assert_non_null(events);
    for (guint i = 0; i < n; i++)
        found += strcmp(events[i].kind, kind) == 0;
    return found;
}

static const OvIncident *incident(const Story *story, gint64 id) {
    const OvIncident *found =
        ov_ledger_incident(story->responder.ledger, id, story->place->arena, NULL);
    assert_non_null(found);
    return found;
}

static void test_who_sent_what_is_named_is_suspended_and_nobody_else(void **state) {
    Story story = begin(*state, "");
    detect(&story, "shop", "a1@shop.example");
    OvLedgerRecord innocent = example(story.place);
    innocent.account = innocent.login = "other";
    add(story.responder.ledger, &innocent);
    take(&story);
    assert_true(is_suspended(&story, "account:shop"));
    assert_false(is_suspended(&story, "account:other"));
    assert_false(is_suspended(&story, "egress:192.0.2.1"));
    assert_int_equal(count_events(&story, "opened"), 1);
    assert_int_equal(count_events(&story, "detections"), 1);
    assert_int_equal(count_events(&story, "suspended"), 1);
    end(&story);
}

static void test_the_same_sight_again_changes_nothing(void **state) {
    Story story = begin(*state, "");
    detect(&story, "shop", "a1@shop.example");
    take(&story);
    gint64 first = story.incident;
    take(&story);
    take(&story);
    assert_int_equal(story.incident, first);
    assert_int_equal(incident(&story, first)->detections, 1);
    assert_int_equal(count_events(&story, "opened"), 1);
    assert_int_equal(count_events(&story, "detections"), 1);
    assert_int_equal(count_events(&story, "suspended"), 1);
    end(&story);
}

static void test_whom_an_operator_let_go_stays_free_until_there_is_something_new(void **state) {
    Story story = begin(*state, "");
    detect(&story, "shop", "a1@shop.example");
    take(&story);
    resume(&story, "account:shop");
    take(&story);
    assert_false(is_suspended(&story, "account:shop"));
    detect(&story, "shop", "a2@shop.example");
    take(&story);
    assert_true(is_suspended(&story, "account:shop"));
    end(&story);
}

/* As the operator olga did before the block. */
static void suspend_before(const Story *story, gint64 until) {
    OvSuspensionRow row = {
        .time = g_get_real_time(),
        .subject = "account:shop",
        .until = until,
        .operator_name = "olga",
        .reason = "stolen password",
        .queue = TRUE,
    };
    assert_true(ov_ledger_add_suspension(story->responder.ledger, &row, NULL));
    assert_true(ov_suspensions_refresh(story->responder.suspensions, NULL));
}

static guint step_of(const Story *story, const char *subject) {
    guint n;
    const OvIncidentSubject *subjects = ov_ledger_incident_subjects(
        story->responder.ledger, story->incident, story->place->arena, &n, NULL);
    for (guint i = 0; subjects && i < n; i++)
        if (strcmp(subjects[i].subject, subject) == 0)
            return subjects[i].step;
    fail_msg("%s is none of it", subject);
    return 0;
}

static void test_whom_an_operator_suspended_before_is_his_to_let_go(void **state) {
    Story story = begin(*state, "");
    suspend_before(&story, G_MAXINT64);
    detect(&story, "shop", "a1@shop.example");
    take(&story);
    assert_int_equal(step_of(&story, "account:shop"), 2);
    assert_int_equal(count_events(&story, "suspended"), 0);
    resume(&story, "account:shop");
    take(&story);
    assert_false(is_suspended(&story, "account:shop"));
    end(&story);
}

static void test_an_operators_suspension_that_ends_becomes_one_that_does_not(void **state) {
    Story story = begin(*state, "");
    guint n, told = 0;
    suspend_before(&story, g_get_real_time() + 3600 * SECOND);
    detect(&story, "shop", "a1@shop.example");
    take(&story);
    assert_int_equal(step_of(&story, "account:shop"), 0);
    const OvIncidentEvent *events = ov_ledger_incident_events(
        story.responder.ledger, story.incident, 0, story.place->arena, &n, NULL);
    for (guint i = 0; events && i < n; i++)
        told += strcmp(events[i].text, "account:shop, until it is resumed") == 0;
    assert_int_equal(told, 1);
    end(&story);
}

static void test_a_few_among_many_are_no_culprit(void **state) {
    Story story = begin(*state, "");
    for (guint i = 0; i < 40; i++) {
        g_autofree char *id = g_strdup_printf("a%u@shop.example", i);
        detect(&story, "shop", id);
    }
    detect(&story, "invoices", "1@invoices.example");
    take(&story);
    assert_true(is_suspended(&story, "account:shop"));
    assert_false(is_suspended(&story, "account:invoices"));
    assert_int_equal(incident(&story, story.incident)->explained, 41);
    end(&story);
}

static void test_the_settings_say_who_is_suspended(void **state) {
    static const struct {
        const char *act;
        gboolean account, address, everything;
    } CASES[] = {
        {"nothing", FALSE, FALSE, FALSE},
        {"accounts", TRUE, FALSE, FALSE},
        {"address", TRUE, TRUE, FALSE},
        {"everything", TRUE, FALSE, TRUE},
    };
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++) {
        Place *place = *state;
        g_autofree char *settings = g_strdup_printf("[provider]\nact = %s\n", CASES[i].act);
        Story story = begin(place, settings);
        detect(&story, "shop", "a1@shop.example");
        take(&story);
        assert_int_equal(is_suspended(&story, "account:shop"), CASES[i].account);
        assert_int_equal(is_suspended(&story, "egress:192.0.2.1"), CASES[i].address);
        assert_int_equal(is_suspended(&story, "everything"), CASES[i].everything);
        end(&story);
        remove_all(place->directory);
        g_mkdir(place->directory, 0700);
    }
}

static void test_a_block_without_messages_is_told_and_nobody_suspended(void **state) {
    Story story = begin(*state, "");
    detect(&story, NULL, "foreign@elsewhere.example");
    detect(&story, NULL, "");
    take(&story);
    const OvIncident *opened = incident(&story, story.incident);
    assert_int_equal(opened->detections, 2);
    assert_int_equal(opened->explained, 0);
    assert_int_equal(count_events(&story, "suspended"), 0);
    end(&story);
}

static void test_what_the_provider_says_later_is_kept(void **state) {
    Story story = begin(*state, "");
    story.block.duration = 0;
    take(&story);
    story.block.duration = 7200;
    take(&story);
    assert_int_equal(incident(&story, story.incident)->duration, 7200);
    story.block.duration = 0; /* not told again */
    take(&story);
    assert_int_equal(incident(&story, story.incident)->duration, 7200);
    end(&story);
}

/* As unblock.c leaves it. */
static void ease(const Story *story) {
    OvIncident eased = *incident(story, story->incident);
    gboolean changed;
    OvIncidentPhase from = eased.phase;
    eased.phase = OV_INCIDENT_EASING;
    eased.state = "unblocked";
    eased.unblocked = g_get_real_time();
    assert_true(ov_ledger_change_incident(story->responder.ledger, &eased, from, &changed, NULL));
    assert_true(changed);
    resume(story, "account:shop");
}

static void test_the_next_block_suspends_who_was_eased(void **state) {
    Story story = begin(*state, "");
    detect(&story, "shop", "a1@shop.example");
    take(&story);
    gint64 first = story.incident;
    ease(&story);
    g_array_set_size(story.detected, 0);
    story.block.since += 60 * SECOND;
    story.block.duration = 7200;
    take(&story);
    assert_int_not_equal(story.incident, first);
    assert_true(is_suspended(&story, "account:shop"));
    assert_int_equal(incident(&story, first)->phase, OV_INCIDENT_CLOSED);
    assert_int_equal(incident(&story, story.incident)->phase, OV_INCIDENT_OPEN);
    end(&story);
}

static void wait_a_second(const Story *story) {
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(story->place->path, &db), SQLITE_OK);
    sqlite3_busy_timeout(db, 5000);
    assert_int_equal(sqlite3_exec(db,
                                  "UPDATE incidents SET since = since - 2000000,"
                                  " unblocked = unblocked - 2000000 * (unblocked > 0)",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(db);
}

static void test_a_block_of_unknown_begin_is_one_incident(void **state) {
    Story story = begin(*state, "");
    story.block.since = 0;
    take(&story);
    gint64 first = story.incident;
    wait_a_second(&story);
    take(&story);
    assert_int_equal(story.incident, first);
    ease(&story);
    wait_a_second(&story);
    take(&story); /* it blocks again */
    assert_int_not_equal(story.incident, first);
    end(&story);
}

/* Sets the time of the last one. */
static void sent_at(const Story *story, gint64 time) {
    g_array_index(story->detected, OvDetected, story->detected->len - 1).time = time;
}

static void test_spam_of_before_the_unblock_suspends_nobody_again(void **state) {
    Story story = begin(*state, "");
    detect(&story, "shop", "a1@shop.example");
    take(&story);
    ease(&story);
    detect(&story, "shop", "a2@shop.example"); /* told late */
    sent_at(&story, story.block.since);
    take(&story);
    assert_false(is_suspended(&story, "account:shop"));
    assert_int_equal(incident(&story, story.incident)->detections, 2);
    end(&story);
}

static void test_spam_of_after_the_unblock_suspends_again_once(void **state) {
    Story story = begin(*state, "");
    detect(&story, "shop", "a1@shop.example");
    take(&story);
    ease(&story);
    assert_true(ov_ledger_put_incident_subject(story.responder.ledger, story.incident,
                                               "account:shop", 1, NULL)); /* as unblock.c does */
    detect(&story, "shop", "a2@shop.example");
    sent_at(&story, g_get_real_time() + 10 * SECOND);
    take(&story);
    assert_true(is_suspended(&story, "account:shop"));
    resume(&story, "account:shop");
    take(&story);
    assert_false(is_suspended(&story, "account:shop"));
    detect(&story, "shop", "a3@shop.example");
    sent_at(&story, g_get_real_time() + 11 * SECOND);
    take(&story);
    assert_true(is_suspended(&story, "account:shop"));
    end(&story);
}

static void test_the_providers_report_takes_over_from_a_mail(void **state) {
    Story story = begin(*state, "");
    gboolean opened;
    gint64 imported;
    OvIncident mail = {
        .hosting = OV_HOSTING_IMPORT,
        .network = "",
        .address = "192.0.2.1",
        .since = story.block.since + 30 * SECOND,
        .state = "blocked",
        .opened = g_get_real_time(),
        .total = -1,
        .spams = -1,
        .average = -1,
    };
    assert_true(ov_ledger_open_incident(story.responder.ledger, &mail, &imported, &opened, NULL));
    detect(&story, "shop", "a1@shop.example");
    take(&story);
    assert_int_not_equal(story.incident, imported);
    assert_int_equal(incident(&story, imported)->phase, OV_INCIDENT_CLOSED);
    end(&story);
}

int main(void) {
    ov_rules_init();
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(test_who_sent_what_is_named_is_suspended_and_nobody_else),
        TEST(test_the_same_sight_again_changes_nothing),
        TEST(test_whom_an_operator_let_go_stays_free_until_there_is_something_new),
        TEST(test_whom_an_operator_suspended_before_is_his_to_let_go),
        TEST(test_an_operators_suspension_that_ends_becomes_one_that_does_not),
        TEST(test_a_few_among_many_are_no_culprit),
        TEST(test_the_settings_say_who_is_suspended),
        TEST(test_a_block_without_messages_is_told_and_nobody_suspended),
        TEST(test_what_the_provider_says_later_is_kept),
        TEST(test_the_next_block_suspends_who_was_eased),
        TEST(test_a_block_of_unknown_begin_is_one_incident),
        TEST(test_spam_of_before_the_unblock_suspends_nobody_again),
        TEST(test_spam_of_after_the_unblock_suspends_again_once),
        TEST(test_the_providers_report_takes_over_from_a_mail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
