/* Who is kept from sending: in the ledger, in memory, and for a message. */
#include "tests/unit/ledger_place.h"

#include "policy/limits/suspension.h"
#include "rules/init.h"

static const gint64 NOW = G_GINT64_CONSTANT(1795435200) * G_USEC_PER_SEC; /* 2026-11-23 12:00 UTC */
static const gint64 HOUR = G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC;

/* --- One message against a list --- */

typedef struct {
    const char *account, *script, *sender, *client, *recipient, *egress;
} Mail;

/* What is found for a message, in the subject's text form; "" for nothing. */
static const char *found(const Place *place, const OvSuspensionList *list, const Mail *mail,
                         gint64 now, OvVerdictKind *answer) {
    OvAccount account = {.name = mail->account ? mail->account : "unknown", .script = mail->script};
    const char *recipients[] = {mail->recipient};
    OvEgressPoint point = {.helo = NULL};
    OvEgress egress = {.points = &point, .n_points = 1};
    if (mail->egress)
        assert_true(ov_ip_address_parse(ov_slice(mail->egress), &point.address));
    OvEnvelope envelope = {
        .sender = mail->sender ? mail->sender : "",
        .client_address = mail->client,
        .recipients = recipients,
        .n_recipients = mail->recipient ? 1 : 0,
        .egress = mail->egress ? &egress : NULL,
        .now = now,
    };
    const OvSuspension *suspension =
        ov_suspension_find(list, place->settings, &account, &envelope, place->arena, answer);
    return suspension ? ov_subject_format(&suspension->subject, place->arena) : "";
}

static void test_a_suspension_stops_its_subject_and_nobody_else(void **state) {
    static const struct {
        const char *subject;
        Mail stopped, passes;
    } CASES[] = {
        {"account:shop", {.account = "shop"}, {.account = "shop2"}},
        {"account:192.0.2.7", {.account = "192.0.2.7"}, {.client = "192.0.2.7"}},
        {"script:33:form.php", {.script = "33:form.php"}, {.script = "33:Form.php"}},
        {"sender_domain:b\xc3\xbc"
         "cher.example",
         {.sender = "x@B\xc3\xbc"
                    "cher.example."},
         {.sender = "x@www.b\xc3\xbc"
                    "cher.example"}},
        {"client:192.0.2.7", {.client = "192.0.2.7"}, {.client = "192.0.2.8"}},
        {"client:2001:db8::/32", {.client = "IPv6:2001:db8:1::7"}, {.client = "2001:db9::1"}},
        {"client:192.0.2.0/24", {.client = "::ffff:192.0.2.200"}, {.egress = "192.0.2.200"}},
        {"egress:192.0.2.0/24", {.egress = "192.0.2.200"}, {.client = "192.0.2.200"}},
        {"egress:2001:db8::25", {.egress = "2001:db8:0::25"}, {.egress = "2001:db8::26"}},
        {"provider:gmail", {.recipient = "ann@Gmail.com"}, {.recipient = "ann@yahoo.com"}},
        {"everything", {.account = "any"}, {NULL}},
        {"account:a/b'\"; drop table--", {.account = "a/b'\"; drop table--"}, {.account = "a/b"}},
        {"account:a\\x0ab", {.account = "a\\x0ab"}, {.account = "ab"}},
    };
    const Place *place = *state;
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++) {
        OvSuspensionRow row = {.time = NOW, .subject = CASES[i].subject, .until = G_MAXINT64};
        g_autoptr(OvSuspensionList) list = ov_suspension_list_new(&row, 1);
        OvVerdictKind answer;
        OvArena *arena = place->arena;
        OvSubject subject;
        assert_true(ov_subject_parse(&subject, CASES[i].subject, arena, NULL));
        assert_string_equal(found(place, list, &CASES[i].stopped, NOW, &answer),
                            ov_subject_format(&subject, arena));
        assert_int_equal(answer, OV_VERDICT_DEFER);
        if (subject.kind != OV_SUBJECT_EVERYTHING)
            assert_string_equal(found(place, list, &CASES[i].passes, NOW, &answer), "");
    }
    assert_string_equal(found(place, NULL, &CASES[0].stopped, NOW, NULL), "");
}

static void test_of_several_the_gravest_answer_holds(void **state) {
    Place *place = *state;
    settle(place, "[suspension]\nanswer = hold\n");
    const OvSuspensionRow rows[] = {
        {.time = NOW, .subject = "account:shop", .until = G_MAXINT64},
        {.time = NOW, .subject = "client:192.0.2.0/24", .until = G_MAXINT64, .answer = "reject"},
        {.time = NOW, .subject = "everything", .until = G_MAXINT64, .answer = "defer"},
        {.time = NOW, .subject = "no:subject", .until = G_MAXINT64},
    };
    OvVerdictKind answer;
    g_autoptr(OvSuspensionList) all = ov_suspension_list_new(rows, G_N_ELEMENTS(rows));
    assert_int_equal(ov_suspension_list_length(all), 3);
    Mail mail = {.account = "shop", .client = "192.0.2.7"};
    assert_string_equal(found(place, all, &mail, NOW, &answer), "client:192.0.2.0/24");
    assert_int_equal(answer, OV_VERDICT_REJECT);
    mail.client = "198.51.100.1";
    assert_string_equal(found(place, all, &mail, NOW, &answer), "everything");
    assert_int_equal(answer, OV_VERDICT_DEFER);
    g_autoptr(OvSuspensionList) first = ov_suspension_list_new(rows, 1);
    assert_string_equal(found(place, first, &mail, NOW, &answer), "account:shop");
    assert_int_equal(answer, OV_VERDICT_HOLD);
}

static void test_it_ends_by_itself_whatever_the_clock_does(void **state) {
    const Place *place = *state;
    OvSuspensionRow row = {.time = NOW, .subject = "account:shop", .until = NOW + HOUR};
    g_autoptr(OvSuspensionList) list = ov_suspension_list_new(&row, 1);
    const Mail mail = {.account = "shop"};
    const struct {
        gint64 now;
        const char *found;
    } STEPS[] = {
        {NOW, "account:shop"},
        {NOW + HOUR - 1, "account:shop"},
        {NOW + HOUR, ""},
        {NOW + 1000 * HOUR, ""},
        {NOW - 1000 * HOUR, "account:shop"}, /* set back: not begun is not over */
        {NOW + HOUR / 2, "account:shop"},
    };
    OvVerdictKind answer;
    for (guint i = 0; i < G_N_ELEMENTS(STEPS); i++)
        assert_string_equal(found(place, list, &mail, STEPS[i].now, &answer), STEPS[i].found);
}

static void test_who_sends_is_told_in_one_plain_line(void **state) {
    const Place *place = *state;
    const OvSuspensionRow rows[] = {
        {.time = NOW,
         .subject = "account:sh\xc3\xb6p",
         .until = NOW + 1,
         .operator_name = "olga",
         .reason = "stolen\r\n250 OK \xe2\x82\xac"},
        {.time = NOW, .subject = "everything", .until = G_MAXINT64},
    };
    g_autoptr(OvSuspensionList) list = ov_suspension_list_new(rows, 2);
    OvSubject everything = {OV_SUBJECT_EVERYTHING, ""}, shop = {OV_SUBJECT_ACCOUNT, "sh\xc3\xb6p"};
    const OvSuspension *suspension = ov_suspension_list_get(list, &shop);
    assert_string_equal(ov_suspension_sentence(suspension, place->arena),
                        "Sending is suspended for account shop until 2026-11-23 12:01 UTC: "
                        "stolen  250 OK EUR");
    assert_true(g_str_has_prefix(ov_suspension_evidence(suspension, place->arena),
                                 "account:sh\xc3\xb6p since 2026-11-23T12:00:00Z until "
                                 "2026-11-23T12:00:00Z, by olga: stolen"));
    suspension = ov_suspension_list_get(list, &everything);
    assert_string_equal(ov_suspension_sentence(suspension, place->arena),
                        "Sending is suspended on this server");
    g_autofree char *name = g_strnfill(10000, 'a'), *reason = g_strnfill(10000, 'b');
    OvSuspension large = {.subject = {OV_SUBJECT_ACCOUNT, name}, .until = NOW, .reason = reason};
    assert_true(strlen(ov_suspension_sentence(&large, place->arena)) < 450);
}

/* --- The ledger --- */

static void record(OvLedger *ledger, const char *subject, gboolean ended, gint64 until) {
    g_autoptr(GError) error = NULL;
    OvSuspensionRow row = {
        .time = g_get_real_time(),
        .subject = subject,
        .ended = ended,
        .until = until,
        .answer = "hold",
        .operator_name = "olga",
        .reason = "a 'reason'",
    };
    if (!ov_ledger_add_suspension(ledger, &row, &error))
        fail_msg("%s", error->message);
}

static guint n_in_force(const Place *place, OvLedger *ledger, gint64 now) {
    guint n = 99;
    assert_non_null(ov_ledger_suspensions_in_force(ledger, now, place->arena, &n, NULL));
    return n;
}

static void test_the_last_row_of_a_subject_tells_how_it_stands(void **state) {
    const Place *place = *state;
    gint64 now = g_get_real_time(), last = -1;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    assert_true(ov_ledger_last_suspension(ledger, &last, NULL));
    assert_int_equal(last, 0);
    record(ledger, "account:shop", FALSE, G_MAXINT64);
    record(ledger, "account:shop", FALSE, now + HOUR);
    record(ledger, "account:'; drop table suspensions; --", FALSE, G_MAXINT64);
    record(ledger, "everything", FALSE, G_MAXINT64);
    record(ledger, "everything", TRUE, 0);
    assert_int_equal(n_in_force(place, ledger, now), 2);
    assert_int_equal(n_in_force(place, ledger, now + HOUR), 1);
    assert_true(ov_ledger_last_suspension(ledger, &last, NULL));
    assert_int_equal(last, 5);

    guint n = 0;
    const OvSuspensionRow *rows =
        ov_ledger_suspension_rows(ledger, "account:shop", 0, 10, place->arena, &n, NULL);
    assert_int_equal(n, 2);
    assert_int_equal(rows[0].until, G_MAXINT64);
    assert_int_equal(rows[1].until, now + HOUR);
    assert_string_equal(rows[1].operator_name, "olga");
    assert_string_equal(rows[1].reason, "a 'reason'");
    assert_string_equal(rows[1].answer, "hold");
    rows = ov_ledger_suspension_rows(ledger, NULL, 3, 1, place->arena, &n, NULL);
    assert_int_equal(n, 1);
    assert_string_equal(rows[0].subject, "everything");
}

static void test_what_is_over_leaves_with_the_retention(void **state) {
    Place *place = *state;
    gint64 now = g_get_real_time();
    settle(place, "retention = 1d\n");
    OvLedger *ledger = open_ledger(place);
    const OvSuspensionRow rows[] = {
        {.time = now - 48 * HOUR, .subject = "account:over", .until = now - 47 * HOUR},
        {.time = now - 48 * HOUR, .subject = "account:resumed", .until = G_MAXINT64},
        {.time = now - 47 * HOUR, .subject = "account:resumed", .ended = TRUE},
        {.time = now - 48 * HOUR, .subject = "account:in force", .until = G_MAXINT64},
        {.time = now - HOUR, .subject = "account:just now", .until = now - HOUR / 2},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        assert_true(ov_ledger_add_suspension(ledger, &rows[i], NULL));
    OvLedgerRecord old = example(place);
    old.id = ov_id_first_at(now - 48 * HOUR);
    old.time = now - 48 * HOUR;
    add(ledger, &old);
    gint64 left = 5;
    for (guint i = 0; i < 100 && left > 2; i++) {
        g_usleep(G_USEC_PER_SEC / 10);
        left = ask(place->path, "SELECT count(*) FROM suspensions");
    }
    ov_ledger_close(ledger);
    assert_int_equal(left, 2);
    assert_int_equal(ask(place->path, "SELECT count(*) FROM suspensions WHERE subject IN"
                                      " ('account:in force', 'account:just now')"),
                     2);
}

/* --- The list in force --- */

static gboolean is_suspended(const Place *place, OvSuspensions *suspensions, const char *account) {
    g_autoptr(OvSuspensionList) list = ov_suspensions_list(suspensions);
    OvVerdictKind answer;
    const Mail mail = {.account = account};
    return *found(place, list, &mail, g_get_real_time(), &answer) != '\0';
}

static void test_another_process_suspends_and_resumes(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    OvSuspensions *suspensions = ov_suspensions_start(ledger);
    g_autoptr(OvLedger) other = ov_ledger_open_reader(place->settings, NULL);
    assert_null(ov_suspensions_list(suspensions));
    record(other, "account:shop", FALSE, G_MAXINT64);
    assert_true(ov_suspensions_refresh(suspensions, NULL));
    assert_true(is_suspended(place, suspensions, "shop"));
    assert_false(is_suspended(place, suspensions, "boss"));
    assert_int_equal(logged_lines("state=suspended what=account:shop"), 1);
    record(other, "account:shop", TRUE, 0);
    /* Nobody tells; the thread looks by itself. */
    for (guint i = 0; i < 100 && is_suspended(place, suspensions, "shop"); i++)
        g_usleep(G_USEC_PER_SEC / 10);
    assert_false(is_suspended(place, suspensions, "shop"));
    assert_int_equal(logged_lines("state=resumed what=account:shop"), 1);
    ov_suspensions_stop(suspensions);
}

static void test_one_from_within_acts_at_once_is_recorded_once_and_survives(void **state) {
    const Place *place = *state;
    gint64 now = g_get_real_time();
    OvLedger *ledger = open_ledger(place);
    OvSuspensions *suspensions = ov_suspensions_start(ledger);
    OvSuspension wish = {
        .subject = {OV_SUBJECT_ACCOUNT, "shop"},
        .until = now + HOUR,
        .operator_name = "outvetd",
        .reason = "too much",
    };
    gboolean added = FALSE;
    assert_true(ov_suspensions_add(suspensions, &wish, &added, NULL));
    assert_true(added && is_suspended(place, suspensions, "shop"));
    assert_true(ov_suspensions_add(suspensions, &wish, &added, NULL));
    assert_false(added);
    wish.until = now + 2 * HOUR;
    assert_true(ov_suspensions_add(suspensions, &wish, &added, NULL));
    assert_true(added);
    ov_suspensions_stop(suspensions);
    ov_ledger_close(ledger);
    assert_int_equal(ask(place->path, "SELECT count(*) FROM suspensions"), 2);

    ledger = open_ledger(place);
    suspensions = ov_suspensions_start(ledger);
    assert_true(is_suspended(place, suspensions, "shop"));
    ov_suspensions_stop(suspensions);
    ov_ledger_close(ledger);
}

/* By the ledger and back. */
static gboolean holds_queue(OvSuspensions *suspensions, const OvSubject *subject) {
    g_autoptr(OvSuspensionList) list = ov_suspensions_list(suspensions);
    return ov_suspension_list_get(list, subject)->queue;
}

static void test_who_wants_the_queue_held_gets_it_though_suspended_already(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    OvSuspensions *suspensions = ov_suspensions_start(ledger);
    OvSuspension wish = {
        .subject = {OV_SUBJECT_ACCOUNT, "shop"},
        .until = g_get_real_time() + HOUR,
        .operator_name = "outvetd",
        .reason = "too much",
    };
    gboolean added = FALSE;
    assert_true(ov_suspensions_add(suspensions, &wish, &added, NULL));
    assert_false(holds_queue(suspensions, &wish.subject));
    wish.queue = TRUE;
    assert_true(ov_suspensions_add(suspensions, &wish, &added, NULL));
    assert_true(added && holds_queue(suspensions, &wish.subject));
    wish.queue = FALSE;
    assert_true(ov_suspensions_add(suspensions, &wish, &added, NULL));
    assert_false(added);
    ov_suspensions_stop(suspensions);
}

typedef struct {
    const Place *place;
    OvSuspensions *suspensions;
    gint stop; /* atomic */
} Readers;

static gpointer read_on(gpointer data) {
    Readers *readers = data;
    OvSubject other = {OV_SUBJECT_ACCOUNT, "other"};
    while (!g_atomic_int_get(&readers->stop)) {
        g_autoptr(OvSuspensionList) list = ov_suspensions_list(readers->suspensions);
        if (ov_suspension_list_get(list, &other))
            return GINT_TO_POINTER(1);
    }
    return NULL;
}

static void test_it_is_read_while_it_changes(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    Readers readers = {.place = place, .suspensions = ov_suspensions_start(ledger)};
    GThread *threads[3];
    for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
        threads[i] = g_thread_new("reader", read_on, &readers);
    for (guint i = 0; i < 20; i++) {
        record(ledger, "account:shop", i % 2 == 1, G_MAXINT64);
        assert_true(ov_suspensions_refresh(readers.suspensions, NULL));
    }
    g_atomic_int_set(&readers.stop, 1);
    for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
        assert_null(g_thread_join(threads[i]));
    ov_suspensions_stop(readers.suspensions);
}

int main(void) {
    ov_rules_init();
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(test_a_suspension_stops_its_subject_and_nobody_else),
        TEST(test_of_several_the_gravest_answer_holds),
        TEST(test_it_ends_by_itself_whatever_the_clock_does),
        TEST(test_who_sends_is_told_in_one_plain_line),
        TEST(test_the_last_row_of_a_subject_tells_how_it_stands),
        TEST(test_what_is_over_leaves_with_the_retention),
        TEST(test_another_process_suspends_and_resumes),
        TEST(test_one_from_within_acts_at_once_is_recorded_once_and_survives),
        TEST(test_who_wants_the_queue_held_gets_it_though_suspended_already),
        TEST(test_it_is_read_while_it_changes),
#undef TEST
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
