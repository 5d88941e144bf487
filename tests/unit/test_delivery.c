/* What became of messages, from log lines into the ledger and back. */
#include "policy/delivery/intake.h"
#include "tests/unit/ledger_place.h"

typedef struct {
    OvLedger *ledger;
    OvIntake *intake;
    gint64 message;
    guint told;     /* by the listener */
    char *accounts; /* that it was told */
} Scene;

static void listen(const OvDelivery *delivery, gpointer data) {
    Scene *scene = data;
    scene->told++;
    g_free(scene->accounts);
    scene->accounts = g_strdup(delivery->account);
}

/* A ledger with one message, and an intake. */
static void begin(Scene *scene, const Place *place) {
    *scene = (Scene){.ledger = open_ledger(place)};
    OvLedgerRecord record = example(place);
    record.time -= G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC;
    add(scene->ledger, &record);
    scene->message = record.id;
    scene->intake = ov_intake_new(scene->ledger, "mx1", listen, scene);
}

static void end(Scene *scene) {
    ov_intake_free(scene->intake);
    ov_ledger_close(scene->ledger);
    g_free(scene->accounts);
}

static void entry_at(Scene *scene, gint64 seconds, const char *program, const char *text) {
    ov_intake_entry(scene->intake, g_get_real_time() + seconds * G_USEC_PER_SEC, ov_slice(program),
                    ov_slice(text));
}

static void flush(Scene *scene) {
    g_autoptr(GError) error = NULL;
    if (!ov_intake_flush(scene->intake, NULL, &error))
        fail_msg("%s", error->message);
}

static const OvDelivered *delivered(Scene *scene, const Place *place, guint *n) {
    g_autoptr(GError) error = NULL;
    const OvDelivered *rows =
        ov_ledger_delivered(scene->ledger, scene->message, place->arena, n, &error);
    assert_non_null(rows);
    return rows;
}

#define TRY(to, dsn, status, text)                                                                 \
    "4XyZ12abcd: to=<" to                                                                          \
    ">, relay=mx.one.example[192.0.2.1]:25, delay=1, delays=0/0/0/1, dsn=" dsn ", status=" status  \
    " (" text ")"

static void test_the_last_outcome_holds_and_tries_are_counted(void **state) {
    const Place *place = *state;
    Scene scene;
    begin(&scene, place);
    entry_at(&scene, 10, "postfix/smtp",
             TRY("Ann@One.example", "4.4.1", "deferred",
                 "connect to "
                 "mx.one.example[192.0.2.1]:25: Connection refused"));
    entry_at(&scene, 310, "out7/smtp", TRY("ann@one.example", "2.0.0", "sent", "250 2.0.0 Ok"));
    flush(&scene);
    guint n;
    const OvDelivered *row = delivered(&scene, place, &n);
    assert_int_equal(n, 1);
    assert_int_equal(row->outcome, OV_OUTCOME_DELIVERED);
    assert_int_equal(row->attempts, 2);
    assert_int_equal((row->last - row->first) / G_USEC_PER_SEC, 300);
    assert_int_equal(row->code, 250);
    assert_string_equal(row->transport, "out7");
    assert_string_equal(row->domain, "one.example");
    assert_null(row->reason);
    assert_null(row->address);
    assert_null(row->queue_id);
    assert_int_equal(scene.told, 2);
    assert_string_equal(scene.accounts, "shop");
    end(&scene);
}

static void test_the_same_lines_again_change_nothing(void **state) {
    const Place *place = *state;
    Scene scene;
    begin(&scene, place);
    gint64 now = g_get_real_time() / G_USEC_PER_SEC * G_USEC_PER_SEC;
    const struct {
        gint64 time;
        const char *program, *text;
    } lines[] = {
        {10, "postfix/smtp", TRY("ann@one.example", "4.7.1", "deferred", "x")},
        {10, "postfix/smtp", TRY("bob@two.example", "4.7.1", "deferred", "x")},
        {310, "postfix/smtp", TRY("ann@one.example", "4.7.1", "deferred", "x")},
        {311, "postfix/postsuper", "4XyZ12abcd: placed on hold"},
        {611, "postfix/smtp", TRY("ann@one.example", "4.7.1", "deferred", "x")},
        {611, "postfix/smtp", TRY("ann@one.example", "5.1.1", "bounced", "y")},
        {900, "postfix/qmgr", "4XyZ12abcd: from=<a@b>, status=expired, returned to sender"},
        {900, "postfix/bounce", "4XyZ12abcd: sender non-delivery notification: 4XyZ12abce"},
    };
    guint told = 0;
    for (guint round = 0; round < 4; round++) {
        /* In the last round as a log without fractions tells them, in the one before backwards. */
        for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
            guint line = round == 2 ? (guint)G_N_ELEMENTS(lines) - 1 - i : i;
            ov_intake_entry(scene.intake,
                            now + lines[line].time * G_USEC_PER_SEC + (round < 3 ? 123456 : 0),
                            ov_slice(lines[line].program), ov_slice(lines[line].text));
        }
        flush(&scene);
        told = round == 0 ? scene.told : told;
        assert_int_equal(scene.told, told);
        guint n;
        const OvDelivered *rows = delivered(&scene, place, &n);
        assert_int_equal(n, 2);
        assert_int_equal(rows[0].outcome, OV_OUTCOME_BOUNCED);
        assert_int_equal(rows[0].attempts, 4);
        assert_int_equal(rows[1].outcome, OV_OUTCOME_EXPIRED);
        assert_int_equal(rows[1].attempts, 1);
        g_autoptr(GError) error = NULL;
        const OvQueueEvent *events =
            ov_ledger_queue_events(scene.ledger, scene.message, place->arena, &n, &error);
        assert_int_equal(n, 3);
        assert_string_equal(events[0].event, "held");
    }
    end(&scene);
}

static void test_older_tries_are_counted_when_they_are_read_later(void **state) {
    const Place *place = *state;
    Scene scene;
    begin(&scene, place);
    entry_at(&scene, 400, "postfix/smtp", TRY("ann@one.example", "2.0.0", "sent", "250 Ok"));
    flush(&scene);
    entry_at(&scene, 10, "postfix/smtp", TRY("ann@one.example", "4.7.1", "deferred", "x"));
    flush(&scene);
    guint n;
    const OvDelivered *row = delivered(&scene, place, &n);
    assert_int_equal(row->outcome, OV_OUTCOME_DELIVERED);
    assert_int_equal(row->attempts, 2);
    end(&scene);
}

/* The clock was set back while the message was in the queue. */
static void test_a_clock_that_steps_back_hides_no_outcome(void **state) {
    const Place *place = *state;
    Scene scene;
    begin(&scene, place);
    entry_at(&scene, -1, "postfix/cleanup", "4XyZ12abcd: message-id=<abc.1@SHOP.example>");
    entry_at(&scene, 0, "postfix/smtp", TRY("ann@one.example", "4.7.1", "deferred", "x"));
    entry_at(&scene, 0, "postfix/smtp", TRY("bob@two.example", "4.7.1", "deferred", "x"));
    flush(&scene);
    for (guint i = 0; i < 2; i++) { /* the same again changes nothing */
        entry_at(&scene, -40 * 24 * 3600, "postfix/smtp",
                 TRY("ann@one.example", "2.0.0", "sent", "250 Ok"));
        entry_at(&scene, -40 * 24 * 3600, "postfix/qmgr",
                 "4XyZ12abcd: from=<a@b>, status=expired, returned to sender");
        flush(&scene);
    }
    guint n;
    const OvDelivered *rows = delivered(&scene, place, &n);
    assert_int_equal(n, 2);
    assert_int_equal(rows[0].outcome, OV_OUTCOME_DELIVERED);
    assert_int_equal(rows[0].attempts, 2);
    assert_int_equal(rows[1].outcome, OV_OUTCOME_EXPIRED);
    assert_int_equal(rows[1].attempts, 1);
    end(&scene);
}

static void test_what_is_not_ours_is_not_kept(void **state) {
    const Place *place = *state;
    Scene scene;
    begin(&scene, place);
    /* an unknown queue id; a time before the message; the id used again for another message */
    entry_at(&scene, 1, "postfix/smtp",
             "5XyZ12abcd: to=<a@b>, relay=x, dsn=2.0.0, status=sent (250 Ok)");
    entry_at(&scene, -7200, "postfix/smtp", TRY("ann@one.example", "2.0.0", "sent", "250 Ok"));
    entry_at(&scene, 5, "postfix/cleanup", "4XyZ12abcd: message-id=<other@x.example>");
    entry_at(&scene, 6, "postfix/smtp", TRY("ann@one.example", "2.0.0", "sent", "250 Ok"));
    flush(&scene);
    guint n;
    delivered(&scene, place, &n);
    assert_int_equal(n, 0);
    OvIntakeCounts counts = ov_intake_counts(scene.intake);
    assert_int_equal(counts.unknown, 3);
    assert_int_equal(counts.fresh, 0);
    /* nor what another machine's log tells of the same queue id */
    g_autoptr(OvIntake) other = ov_intake_new(scene.ledger, "mx2", NULL, NULL);
    ov_intake_entry(other, g_get_real_time(), OV_SLICE_LITERAL("postfix/smtp"),
                    ov_slice(TRY("ann@one.example", "2.0.0", "sent", "250 Ok")));
    assert_true(ov_intake_flush(other, NULL, NULL));
    assert_int_equal(ov_intake_counts(other).unknown, 1);
    end(&scene);
}

static void test_a_message_is_followed_through_a_content_filter(void **state) {
    const Place *place = *state;
    Scene scene;
    begin(&scene, place);
    entry_at(&scene, 1, "postfix/smtp",
             "4XyZ12abcd: to=<ann@one.example>, relay=127.0.0.1[127.0.0.1]:10024, dsn=2.0.0, "
             "status=sent (250 2.0.0 Ok: queued as 4XyZ12abcf)");
    entry_at(&scene, 1, "postfix/cleanup", "4XyZ12abcf: message-id=<abc.1@SHOP.example>");
    entry_at(&scene, 1, "postfix/qmgr", "4XyZ12abcf: from=<a@b>, size=1, nrcpt=1 (queue active)");
    flush(&scene);
    end(&scene);
    /* The rest comes after a restart: what was found out is in the ledger. */
    scene.ledger = open_ledger(place);
    scene.intake = ov_intake_new(scene.ledger, "mx1", NULL, NULL);
    scene.accounts = NULL;
    entry_at(&scene, 1, "postfix/smtp",
             "4XyZ12abcf: to=<ann@one.example>, relay=mx[192.0.2.1]:25, dsn=5.1.1, status=bounced "
             "(host mx[192.0.2.1] said: 550 5.1.1 no)");
    flush(&scene);
    guint n;
    const OvDelivered *rows = delivered(&scene, place, &n);
    assert_int_equal(n, 2);
    const OvDelivered *second = rows[0].queue_id ? &rows[0] : &rows[1];
    assert_string_equal(second->queue_id, "4XyZ12abcf");
    assert_int_equal(second->outcome, OV_OUTCOME_BOUNCED);
    /* It is found by that queue id, too. */
    OvLedgerRecord **found =
        find(scene.ledger, place, OV_LEDGER_BY_OTHER_QUEUE_ID, "4XyZ12abcf", &n);
    assert_int_equal(n, 1);
    assert_string_equal(found[0]->queue_id, "4XyZ12abcd");
    end(&scene);
}

static void test_strange_octets_are_kept_as_text(void **state) {
    const Place *place = *state;
    Scene scene;
    begin(&scene, place);
    const char text[] = "4XyZ12abcd: to=<\"a\0b\"@\xff.example>, relay=\xfe[\x1b], dsn=5.0.0, "
                        "status=bounced (\xff\0\x07)";
    ov_intake_entry(scene.intake, g_get_real_time(), OV_SLICE_LITERAL("postfix/smtp"),
                    (OvSlice){text, sizeof text - 1});
    flush(&scene);
    guint n;
    const OvDelivered *row = delivered(&scene, place, &n);
    assert_int_equal(n, 1);
    assert_true(g_utf8_validate(row->domain, -1, NULL) && g_utf8_validate(row->relay, -1, NULL) &&
                g_utf8_validate(row->text, -1, NULL));
    end(&scene);
}

static void test_addresses_are_kept_where_that_is_wanted(void **state) {
    Place *place = *state;
    settle(place, "keep_recipients = yes\n");
    Scene scene;
    begin(&scene, place);
    entry_at(&scene, 1, "postfix/smtp", TRY("Ann@One.example", "2.0.0", "sent", "250 Ok"));
    flush(&scene);
    guint n;
    assert_string_equal(delivered(&scene, place, &n)->address, "Ann@One.example");
    end(&scene);
}

static void test_a_mark_is_kept_with_its_deliveries(void **state) {
    const Place *place = *state;
    Scene scene;
    begin(&scene, place);
    g_autoptr(GError) error = NULL;
    const char *position = "x";
    assert_true(ov_ledger_log_position(scene.ledger, "log", place->arena, &position, &error));
    assert_null(position);
    for (guint i = 0; i < 2; i++) {
        g_autofree char *text = g_strdup_printf("%u", i);
        OvLogMark mark = {"log", text};
        assert_true(ov_intake_flush(scene.intake, &mark, &error));
        assert_true(ov_ledger_log_position(scene.ledger, "log", place->arena, &position, &error));
        assert_string_equal(position, text);
    }
    end(&scene);
}

static void test_deliveries_go_with_their_message(void **state) {
    Place *place = *state;
    Scene scene;
    begin(&scene, place);
    entry_at(&scene, 1, "postfix/smtp", TRY("ann@one.example", "2.0.0", "sent", "250 Ok"));
    entry_at(&scene, 1, "postfix/postsuper", "4XyZ12abcd: removed");
    flush(&scene);
    end(&scene);
    settle(place, "retention = 1ms\n");
    g_usleep(5000);
    OvLedger *ledger = open_ledger(place);
    for (guint i = 0; i < 500 && ask(place->path, "SELECT count(*) FROM message_rows") > 0; i++)
        g_usleep(10000);
    assert_int_equal(ask(place->path, "SELECT count(*) FROM delivery_rows"), 0);
    assert_int_equal(ask(place->path, "SELECT count(*) FROM queue_events"), 0);
    ov_ledger_close(ledger);
}

static void test_outcomes_are_counted_by_transport_domain_and_reason(void **state) {
    const Place *place = *state;
    Scene scene;
    begin(&scene, place);
    entry_at(&scene, 1, "a/smtp", TRY("ann@one.example", "2.0.0", "sent", "250 Ok"));
    entry_at(&scene, 1, "a/smtp", TRY("bob@one.example", "2.0.0", "sent", "250 Ok"));
    entry_at(
        &scene, 1, "b/smtp",
        TRY("cy@one.example", "4.7.0", "deferred", "host x[192.0.2.1] said: 421 4.7.0 [TSS04] x"));
    flush(&scene);
    guint n;
    g_autoptr(GError) error = NULL;
    const OvDeliveryCount *counts =
        ov_ledger_count_deliveries(scene.ledger, 0, 100, place->arena, &n, &error);
    assert_int_equal(n, 2);
    assert_string_equal(counts[0].transport, "a");
    assert_int_equal(counts[0].recipients, 2);
    assert_string_equal(counts[1].reason, "blocked");
    assert_non_null(strstr(counts[1].text, "[TSS04]"));
    counts = ov_ledger_count_deliveries(
        scene.ledger, g_get_real_time() + G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC, 100,
        place->arena, &n, &error);
    assert_non_null(counts);
    assert_int_equal(n, 0);
    end(&scene);
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(test_the_last_outcome_holds_and_tries_are_counted),
        TEST(test_the_same_lines_again_change_nothing),
        TEST(test_older_tries_are_counted_when_they_are_read_later),
        TEST(test_a_clock_that_steps_back_hides_no_outcome),
        TEST(test_what_is_not_ours_is_not_kept),
        TEST(test_a_message_is_followed_through_a_content_filter),
        TEST(test_strange_octets_are_kept_as_text),
        TEST(test_addresses_are_kept_where_that_is_wanted),
        TEST(test_a_mark_is_kept_with_its_deliveries),
        TEST(test_deliveries_go_with_their_message),
        TEST(test_outcomes_are_counted_by_transport_domain_and_reason),
#undef TEST
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
