/* From an operator's wish to an address that sends again: each answer of the provider, and what
 * happens to who was suspended. */
#include "tests/unit/ledger_place.h"

#include "policy/ledger/allowance.h"
#include "policy/ledger/suspension.h"
#include "policy/provider/unblock.h"
#include "rules/init.h"

#define SHOP "account:shop"

static const gint64 SECOND = G_USEC_PER_SEC;

/* An incident of 192.0.2.1 for account shop, suspended; the time of the block is over and nothing
 * stands in the way. The provider is a script: the file of a verb's name is its answer, NAME.code
 * what it ends with, and the file asked has all that it was asked. */
typedef struct {
    Place *place;
    OvResponder responder;
    OvHosting *hosting;
    gint64 id;
} Story;

static char *file_of(const Story *story, const char *name, const char *suffix) {
    g_autofree char *file = g_strconcat(name, suffix, NULL);
    return g_build_filename(story->place->directory, file, NULL);
}

static void put(const Story *story, const char *name, const char *suffix, const char *text) {
    g_autofree char *path = file_of(story, name, suffix);
    assert_true(g_file_set_contents(path, text, -1, NULL));
}

/* What the provider answers to a verb from now on. */
static void answer(const Story *story, const char *verb, const char *body, int code) {
    g_autofree char *number = g_strdup_printf("%d", code);
    put(story, verb, "", body);
    put(story, verb, ".code", number);
}

static guint asked(const Story *story, const char *verb) {
    g_autofree char *path = file_of(story, "asked", ""), *text = NULL;
    g_autofree char *line = g_strdup_printf("%s 192.0.2.0/28 192.0.2.1", verb);
    guint n = 0;
    if (!g_file_get_contents(path, &text, NULL, NULL))
        return 0;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **each = lines; *each; each++)
        n += strcmp(*each, line) == 0;
    return n;
}

static void write_script(const Story *story) {
    g_autofree char *path = file_of(story, "ask", "");
    g_autofree char *script = g_strdup_printf("#!/bin/sh\ncd %s || exit 1\necho \"$*\" >>asked\n"
                                              "cat \"$1\" || exit 1\nexit \"$(cat \"$1.code\")\"\n",
                                              story->place->directory);
    assert_true(
        g_file_set_contents_full(path, script, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0700, NULL));
}

static void run_sql(const Story *story, const char *sql) {
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(story->place->path, &db), SQLITE_OK);
    sqlite3_busy_timeout(db, 5000);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void suspend(const Story *story, const char *text) {
    OvSubject subject;
    OvSuspension suspension = {
        .until = G_MAXINT64, .operator_name = "outvet", .reason = "spam", .queue = TRUE};
    assert_true(ov_subject_parse(&subject, text, story->place->arena, NULL));
    suspension.subject = subject;
    assert_true(ov_suspensions_add(story->responder.suspensions, &suspension, NULL, NULL));
    assert_true(ov_ledger_put_incident_subject(story->responder.ledger, story->id, text, 0, NULL));
}

static gboolean is_suspended(const Story *story, const char *text) {
    g_autoptr(OvSuspensionList) list = ov_suspensions_list(story->responder.suspensions);
    OvSubject subject;
    assert_true(ov_subject_parse(&subject, text, story->place->arena, NULL));
    return ov_suspension_list_get(list, &subject) != NULL;
}

/* The one node has seen what is suspended, and its queue is still. */
static void report_node(const Story *story) {
    gint64 last;
    assert_true(ov_ledger_last_suspension(story->responder.ledger, &last, NULL));
    OvNodeReport node = {
        .node = "mx1",
        .seen = g_get_real_time(),
        .suspension = last,
        .egress = "192.0.2.1",
        .looked = g_get_real_time(),
        .trouble = "",
    };
    assert_true(ov_ledger_put_node(story->responder.ledger, &node, NULL));
}

static void detect(const Story *story) {
    guint n;
    OvDetection detection = {.message_id = "abc.1@shop.example", .score = 300, .origin = "api"};
    OvLedger *ledger = story->responder.ledger;
    assert_true(ov_ledger_add_detections(ledger, story->id, &detection, 1, NULL, NULL));
    OvDetection *all = ov_ledger_detections(ledger, story->id, OV_DETECTION_NEW, 0, 10,
                                            story->place->arena, &n, NULL);
    assert_int_equal(n, 1);
    all->finding = OV_DETECTION_FOUND;
    all->account = "shop";
    assert_true(ov_ledger_explain_detections(ledger, all, 1, NULL));
}

/* length: of the block, seconds; it began an hour ago. */
static Story begin_blocked(Place *place, gint64 length) {
    g_autofree char *settings =
        g_strdup_printf("[egress]\naddresses = 192.0.2.1\n[provider]\nkind "
                        "= command\ncommand = %s/ask\nquiet = 1h\nease = 7\n",
                        place->directory);
    gint64 now = g_get_real_time();
    gboolean opened;
    settle(place, settings);
    Story story = {.place = place, .responder.settings = place->settings};
    story.responder.ledger = open_ledger(place);
    story.responder.suspensions = ov_suspensions_start(story.responder.ledger);
    story.hosting = ov_hosting_new(place->settings, NULL);
    assert_non_null(story.hosting);
    OvIncident incident = {
        .hosting = "command",
        .network = "192.0.2.0/28",
        .address = "192.0.2.1",
        .since = now - 3600 * SECOND,
        .duration = length,
        .state = "blocked",
        .opened = now - 3500 * SECOND,
        .total = -1,
        .spams = -1,
        .average = -1,
    };
    assert_true(
        ov_ledger_open_incident(story.responder.ledger, &incident, &story.id, &opened, NULL));
    detect(&story);
    suspend(&story, SHOP);
    report_node(&story);
    write_script(&story);
    answer(&story, "block", "{\"state\": \"blocked\"}", 0);
    answer(&story, "unblock", "{\"state\": \"unblocking\"}", 0);
    return story;
}

static Story begin(Place *place) {
    return begin_blocked(place, 1800);
}

static void end(const Story *story) {
    ov_hosting_free(story->hosting);
    ov_suspensions_stop(story->responder.suspensions);
    ov_ledger_close(story->responder.ledger);
}

static const OvIncident *incident(const Story *story) {
    const OvIncident *found =
        ov_ledger_incident(story->responder.ledger, story->id, story->place->arena, NULL);
    assert_non_null(found);
    return found;
}

static gboolean ask_for_it(OvLedger *ledger, const OvIncident *seen, const char *who,
                           gboolean forced) {
    g_autoptr(GError) error = NULL;
    gboolean done = FALSE;
    if (!ov_unblock_ask(ledger, seen, who, forced, "mended", &done, &error))
        fail_msg("%s", error->message);
    return done;
}

static void ask_unblock(const Story *story, gboolean forced) {
    assert_true(ask_for_it(story->responder.ledger, incident(story), "olga", forced));
}

static void step(const Story *story) {
    g_autoptr(GError) error = NULL;
    if (!ov_unblock_step(&story->responder, story->hosting, story->id, &error))
        fail_msg("%s", error ? error->message : "FALSE without error");
    assert_null(error);
}

/* The time that the phase waits for is there. */
static void wake(const Story *story) {
    run_sql(story, "UPDATE incidents SET wake = 0");
}

static void wake_and_step(const Story *story) {
    wake(story);
    step(story);
}

static guint count_events(const Story *story, const char *kind) {
    guint n, found = 0;
    const OvIncidentEvent *events = ov_ledger_incident_events(story->responder.ledger, story->id, 0,
                                                              story->place->arena, &n, NULL);
    assert_non_null(events);
    for (guint i = 0; i < n; i++)
        found += strcmp(events[i].kind, kind) == 0;
    return found;
}

static void assert_phase(const Story *story, OvIncidentPhase phase) {
    assert_string_equal(ov_incident_phase_name(incident(story)->phase),
                        ov_incident_phase_name(phase));
}

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

/* --- afterwards --- */

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
        TEST(test_the_small_rate_is_known_before_anybody_is_let_go),
        TEST(test_what_is_on_hold_is_not_released_with_its_sender),
        TEST(test_whom_an_operator_let_go_keeps_his_rate),
        TEST(test_the_quiet_time_closes_it),
        TEST(test_who_was_not_let_go_before_the_quiet_time_ended_is_let_go_then),
        TEST(test_who_is_suspended_again_stays_so),
        TEST(test_a_block_that_ends_by_itself_leaves_all_suspended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
