/* What stands in the way of an unblock: each refusal by itself, and none where all is well. */
#include "tests/unit/ledger_place.h"

#include "policy/ledger/delivery.h"
#include "policy/ledger/suspension.h"
#include "policy/provider/interlock.h"
#include "rules/init.h"

static const gint64 SECOND = G_USEC_PER_SEC;

/* An incident of 192.0.2.1 with one detection of account shop, which is suspended; one node that
 * knows it and whose queue is still. */
typedef struct {
    Place *place;
    OvLedger *ledger;
    OvIncident *incident;
    gint64 now, message;
} Story;

static void suspend(const Story *story, const char *subject, gboolean ended) {
    OvSuspensionRow row = {
        .time = story->now - 60 * SECOND,
        .subject = subject,
        .ended = ended,
        .until = G_MAXINT64,
        .operator_name = "olga",
        .reason = "spam",
    };
    assert_true(ov_ledger_add_suspension(story->ledger, &row, NULL));
}

static OvNodeReport still_node(const Story *story) {
    gint64 last;
    assert_true(ov_ledger_last_suspension(story->ledger, &last, NULL));
    return (OvNodeReport){
        .node = "mx1",
        .seen = story->now,
        .suspension = last,
        .egress = "192.0.2.1 192.0.2.2",
        .looked = story->now - 5 * SECOND,
        .trouble = "",
    };
}

static void report(const Story *story, const OvNodeReport *node) {
    assert_true(ov_ledger_put_node(story->ledger, node, NULL));
}

static void reread(Story *story) {
    story->incident =
        ov_ledger_incident(story->ledger, story->incident->id, story->place->arena, NULL);
    assert_non_null(story->incident);
}

/* All those that nobody explained yet. */
static void explain(Story *story, OvDetectionFinding finding, const char *account) {
    guint n;
    OvDetection *all = ov_ledger_detections(story->ledger, story->incident->id, OV_DETECTION_NEW, 0,
                                            100, story->place->arena, &n, NULL);
    assert_non_null(all);
    for (guint i = 0; i < n; i++) {
        all[i].finding = finding;
        all[i].message = finding == OV_DETECTION_FOUND ? story->message : 0;
        all[i].account = account;
        all[i].text = finding == OV_DETECTION_MARKED ? "a newsletter" : NULL;
        all[i].operator_name = finding == OV_DETECTION_MARKED ? "olga" : NULL;
    }
    assert_true(ov_ledger_explain_detections(story->ledger, all, n, NULL));
    reread(story);
}

static Story begin_unexplained(Place *place, const char *settings) {
    settle(place, settings);
    Story story = {.place = place, .ledger = open_ledger(place), .now = g_get_real_time()};
    OvLedgerRecord record = example(place);
    story.message = record.id;
    record.verdict = record.computed = "accept";
    add(story.ledger, &record);
    OvIncident incident = {
        .hosting = "ovh",
        .network = "192.0.2.0/28",
        .address = "192.0.2.1",
        .since = story.now - 3600 * SECOND,
        .duration = 1800,
        .state = "blocked",
        .opened = story.now - 3500 * SECOND,
        .total = -1,
        .spams = -1,
        .average = -1,
    };
    gboolean opened;
    assert_true(ov_ledger_open_incident(story.ledger, &incident, &incident.id, &opened, NULL));
    OvDetection detection = {
        .message_id = "abc.1@shop.example", .score = 300, .origin = "api", .account = "shop"};
    assert_true(ov_ledger_add_detections(story.ledger, incident.id, &detection, 1, NULL, NULL));
    story.incident = ov_ledger_incident(story.ledger, incident.id, place->arena, NULL);
    return story;
}

static Story begin(Place *place, const char *settings) {
    Story story = begin_unexplained(place, settings);
    explain(&story, OV_DETECTION_FOUND, "shop");
    return story;
}

static Story begin_safe(Place *place) {
    Story story = begin(place, "[egress]\naddresses = 192.0.2.1\n");
    suspend(&story, "account:shop", FALSE);
    OvNodeReport node = still_node(&story);
    report(&story, &node);
    return story;
}

static OvObstacle *obstacles(const Story *story, guint *n) {
    g_autoptr(GError) error = NULL;
    OvObstacle *found = ov_interlock(story->ledger, story->place->settings, story->incident,
                                     story->now, story->place->arena, n, &error);
    if (error)
        fail_msg("%s", error->message);
    return found;
}

/* Exactly one, of that kind and with that in its text. */
static void assert_obstacle(const Story *story, OvObstacleKind kind, const char *text) {
    guint n;
    const OvObstacle *found = obstacles(story, &n);
    assert_int_equal(n, 1);
    assert_int_equal(found[0].kind, kind);
    if (!strstr(found[0].text, text))
        fail_msg("\"%s\" does not tell \"%s\"", found[0].text, text);
}

static void assert_none(const Story *story) {
    guint n;
    const OvObstacle *found = obstacles(story, &n);
    if (n > 0)
        fail_msg("%s", found[0].text);
}

static void test_nothing_stands_in_the_way_where_sending_is_stopped(void **state) {
    Story story = begin_safe(*state);
    assert_none(&story);
    ov_ledger_close(story.ledger);
}

static void test_who_sent_the_spam_must_be_suspended(void **state) {
    Story story = begin_safe(*state);
    suspend(&story, "account:shop", TRUE);
    OvNodeReport node = still_node(&story);
    report(&story, &node);
    assert_obstacle(&story, OV_OBSTACLE_SENDING, "account shop");
    guint n;
    assert_string_equal(obstacles(&story, &n)[0].command,
                        "outvet suspend account:shop --queue --reason 'incident 1'");
    ov_ledger_close(story.ledger);
}

static void test_in_shadow_mode_nothing_is_stopped(void **state) {
    Place *place = *state;
    Story story = begin_safe(place);
    settle(place, "[egress]\naddresses = 192.0.2.1\n[verdict]\nshadow = yes\n");
    assert_obstacle(&story, OV_OBSTACLE_SENDING, "shadow mode");
    ov_ledger_close(story.ledger);
}

static void test_what_stops_the_address_or_everything_stops_the_account(void **state) {
    static const char *const SUBJECTS[] = {"everything", "egress:192.0.2.1", "egress:192.0.2.0/28"};
    for (guint i = 0; i < G_N_ELEMENTS(SUBJECTS); i++) {
        Story story = begin(*state, "[egress]\naddresses = 192.0.2.1\n");
        suspend(&story, "account:shop", TRUE);
        suspend(&story, SUBJECTS[i], FALSE);
        OvNodeReport node = still_node(&story);
        report(&story, &node);
        assert_none(&story);
        suspend(&story, SUBJECTS[i], TRUE);
        suspend(&story, "egress:192.0.2.64/28", FALSE);
        node = still_node(&story);
        report(&story, &node);
        assert_obstacle(&story, OV_OBSTACLE_SENDING, "account shop");
        ov_ledger_close(story.ledger);
    }
}

static void test_where_nobody_is_known_the_address_must_be_stopped(void **state) {
    Story story = begin_unexplained(*state, "[egress]\naddresses = 192.0.2.1\n");
    OvNodeReport node = still_node(&story);
    report(&story, &node);
    explain(&story, OV_DETECTION_MARKED, NULL);
    assert_obstacle(&story, OV_OBSTACLE_SENDING, "nobody is known");
    suspend(&story, "egress:192.0.2.1", FALSE);
    node = still_node(&story);
    report(&story, &node);
    assert_none(&story);
    ov_ledger_close(story.ledger);
}

static void test_every_node_that_sends_from_the_address_must_know(void **state) {
    Story story = begin_safe(*state);
    OvNodeReport node = still_node(&story);
    node.node = "mx2";
    node.suspension--;
    report(&story, &node);
    assert_obstacle(&story, OV_OBSTACLE_NODE, "mx2 does not know");
    node.suspension++;
    node.seen -= 120 * SECOND;
    report(&story, &node);
    assert_obstacle(&story, OV_OBSTACLE_NODE, "mx2 has said nothing");
    node.egress = "192.0.2.9";
    report(&story, &node);
    assert_none(&story);
    node.egress = "192.0.2.1";
    node.seen = story.now - G_GINT64_CONSTANT(8) * 86400 * SECOND;
    report(&story, &node);
    assert_none(&story);
    ov_ledger_close(story.ledger);
}

static void test_a_node_must_report(void **state) {
    Story story = begin(*state, "[egress]\naddresses = 192.0.2.1\n");
    suspend(&story, "account:shop", FALSE);
    assert_obstacle(&story, OV_OBSTACLE_NODE, "no outvetd reports");
    ov_ledger_close(story.ledger);
}

static void test_the_queue_must_be_still(void **state) {
    Story story = begin_safe(*state);
    OvNodeReport node = still_node(&story);
    node.moving = 3;
    report(&story, &node);
    assert_obstacle(&story, OV_OBSTACLE_QUEUE, "3 messages of who is suspended still move");
    node.moving = 0;
    node.looked = 0;
    report(&story, &node);
    assert_obstacle(&story, OV_OBSTACLE_QUEUE, "outvet-queue does not run there");
    node.looked = story.now;
    node.trouble = "postqueue failed";
    report(&story, &node);
    assert_obstacle(&story, OV_OBSTACLE_QUEUE, "postqueue failed");
    node.trouble = "";
    node.looked = story.now - 61 * SECOND; /* the suspension is 60 s old */
    report(&story, &node);
    assert_obstacle(&story, OV_OBSTACLE_QUEUE, "before the suspension or too long ago");
    ov_ledger_close(story.ledger);
}

static void deliver(const Story *story, const char *relay, gint64 time) {
    OvDelivery delivery = {
        .kind = OV_DELIVERY_OUTCOME,
        .time = time,
        .queue_id = "4XyZ12abcd",
        .outcome = OV_OUTCOME_DELIVERED,
        .recipient = "ann@one.example",
        .relay = relay,
        .transport = "smtp",
        .code = 250,
    };
    assert_true(ov_ledger_add_deliveries(story->ledger, "mx1", &delivery, 1, NULL,
                                         story->place->arena, NULL));
    assert_int_not_equal(delivery.message, 0);
}

static void test_nothing_may_have_left_through_the_address_lately(void **state) {
    Story story = begin_safe(*state);
    deliver(&story, "mx.one.example[198.51.100.7]:25", story.now + SECOND);
    story.now += 50 * SECOND;
    assert_obstacle(&story, OV_OBSTACLE_DELIVERED, "mx.one.example[198.51.100.7]:25");
    story.now += 600 * SECOND;
    OvNodeReport node = still_node(&story);
    report(&story, &node);
    assert_none(&story);
    ov_ledger_close(story.ledger);
}

static void test_what_left_another_way_is_no_obstacle(void **state) {
    static const char *const RELAYS[] = {"local", "127.0.0.1[127.0.0.1]:10025",
                                         "/var/run/lmtp[/var/run/lmtp]"};
    for (guint i = 0; i < G_N_ELEMENTS(RELAYS); i++) {
        Story story = begin_safe(*state);
        deliver(&story, RELAYS[i], story.now + SECOND);
        assert_none(&story);
        ov_ledger_close(story.ledger);
    }
    Story story = begin(*state, "[egress]\naddresses = 192.0.2.1\n[egress shop]\nsenders = "
                                "shop.example\naddresses = 192.0.2.9\n");
    suspend(&story, "account:shop", FALSE);
    OvNodeReport node = still_node(&story);
    report(&story, &node);
    deliver(&story, "mx.one.example[198.51.100.7]:25", story.now + SECOND);
    assert_none(&story);
    ov_ledger_close(story.ledger);
}

static void test_every_message_must_be_explained(void **state) {
    Story story = begin_safe(*state);
    OvDetection unknown = {.message_id = "else@where.example", .score = 300, .origin = "api"};
    assert_true(
        ov_ledger_add_detections(story.ledger, story.incident->id, &unknown, 1, NULL, NULL));
    reread(&story);
    assert_obstacle(&story, OV_OBSTACLE_UNEXPLAINED, "1 of the 2 messages");
    explain(&story, OV_DETECTION_MARKED, NULL);
    assert_none(&story);
    ov_ledger_close(story.ledger);
}

int main(void) {
    ov_rules_init();
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(test_nothing_stands_in_the_way_where_sending_is_stopped),
        TEST(test_who_sent_the_spam_must_be_suspended),
        TEST(test_in_shadow_mode_nothing_is_stopped),
        TEST(test_what_stops_the_address_or_everything_stops_the_account),
        TEST(test_where_nobody_is_known_the_address_must_be_stopped),
        TEST(test_every_node_that_sends_from_the_address_must_know),
        TEST(test_a_node_must_report),
        TEST(test_the_queue_must_be_still),
        TEST(test_nothing_may_have_left_through_the_address_lately),
        TEST(test_what_left_another_way_is_no_obstacle),
        TEST(test_every_message_must_be_explained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
