/* Complaints: which message of ours one is about, who complained, and what comes of it. */
#include "tests/unit/ledger_place.h"

#include "policy/feedback/take_in.h"
#include "policy/ledger/recipient_key.h"

#include <stdlib.h>

/* 2026-11-29 at 10:00 UTC, when the reports' message was sent. */
static const gint64 TEN = G_GINT64_CONSTANT(1795946400) * G_USEC_PER_SEC;

static gint64 add_sent(OvLedger *ledger, const Place *place, const char *message_id,
                       const char *const *recipients, guint n) {
    OvLedgerRecord record = example(place);
    record.message_id = message_id;
    record.time = TEN;
    record.verdict = record.computed = "accept";
    record.from = "M\u00fcller, The Shop <news@Shop.example>"; /* as people read it */
    record.recipients = recipients;
    record.n_recipients = n;
    add(ledger, &record);
    return record.id;
}

static OvTakenIn take_text(OvLedger *ledger, const Place *place, const char *text) {
    OvTakenIn taken;
    g_autoptr(GError) error = NULL;
    char *kept = ov_arena_strndup(place->arena, text, strlen(text));
    if (!ov_feedback_take_in(ledger, kept, strlen(kept), "olga", place->arena, &taken, &error))
        fail_msg("%s", error->message);
    return taken;
}

static OvTakenIn take_file(OvLedger *ledger, const Place *place, const char *name) {
    const char *source = getenv("OUTVET_SOURCE");
    g_autofree char *path =
        g_build_filename(source ? source : ".", "tests", "data", "feedback", name, NULL);
    g_autofree char *text = NULL;
    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    return take_text(ledger, place, text);
}

static OvTakenIn take(OvLedger *ledger, const Place *place, const char *type, const char *recipient,
                      const char *header) {
    g_autofree char *text = g_strdup_printf(
        "From: fbl@loop.example\nContent-Type: multipart/report; boundary=b\n\n--b\n"
        "Content-Type: message/feedback-report\n\nFeedback-Type: %s\nOriginal-Rcpt-To: %s\n"
        "\n--b\nContent-Type: text/rfc822-headers\n\n%s\n--b--\n",
        type, recipient, header);
    return take_text(ledger, place, text);
}

static guint suppressed(OvLedger *ledger, const Place *place, const char *recipient) {
    guint n = 99;
    assert_non_null(ov_ledger_suppressions(ledger, recipient, place->arena, &n, NULL));
    return n;
}

static OvComplaint *complaints(OvLedger *ledger, const Place *place, const char *account,
                               guint *n) {
    OvComplaint *found = ov_ledger_complaints(ledger, account, 0, place->arena, n, NULL);
    assert_non_null(found);
    return found;
}

/* With the account that they are of, and the sender. */
static OvUncounted *uncounted(OvLedger *ledger, const Place *place, guint *n) {
    OvUncounted *taken = ov_ledger_take_uncounted(ledger, 100, place->arena, n, NULL);
    assert_non_null(taken);
    return taken;
}

static void test_a_complaint_is_recorded_and_its_recipient_left_in_peace(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    g_autoptr(OvLedger) reader = open_reader(place);
    gint64 id = add_sent(ledger, place, "<Abc.1@Shop.example>", RECIPIENTS, 3);
    OvTakenIn taken =
        take(reader, place, "abuse", "<BOB@two.example>", "Message-ID: <abc.1@shop.example>\n");
    assert_int_equal(taken.tie, OV_TIE_MESSAGE_ID);
    assert_true(taken.record && taken.record->id == id);
    assert_string_equal(taken.domain, "shop.example");
    assert_true(taken.done.suppressed && taken.done.recipient && !taken.done.known);

    guint n = 0;
    const OvComplaint *all = complaints(reader, place, "shop", &n);
    assert_int_equal(n, 1);
    assert_string_equal(all->type, "abuse");
    assert_string_equal(all->reporter, "loop.example");
    assert_string_equal(all->account, "shop");
    assert_string_equal(all->operator_name, "olga");
    assert_true(all->message == id && all->suppressed == all->time);
    assert_int_equal(ov_ledger_complaints_about(reader, id, place->arena, &n, NULL)->id, all->id);
    assert_int_equal(n, 1);
    assert_non_null(ov_ledger_complaints_about(reader, 0, place->arena, &n, NULL));
    assert_int_equal(n, 0);
    complaints(reader, place, "another", &n);
    assert_int_equal(n, 0);

    OvSuppression *peace =
        ov_ledger_suppressions(reader, "bob@two.example", place->arena, &n, NULL);
    assert_int_equal(n, 1);
    assert_string_equal(peace->sender, "shop.example");
    assert_string_equal(peace->recipient, all->recipient);
    assert_int_equal(peace->complaint, all->id);
    assert_int_equal(suppressed(reader, place, NULL), 1);
}

static void test_the_same_report_counts_once(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    add_sent(ledger, place, "<Abc.1@Shop.example>", RECIPIENTS, 3);
    for (guint i = 0; i < 3; i++)
        assert_true(
            take(ledger, place, "abuse", "bob@two.example", "Message-ID: <Abc.1@shop.example>\n")
                .done.known == (i > 0));
    assert_false(
        take(ledger, place, "abuse", "cy@one.example", "Message-ID: <Abc.1@shop.example>\n")
            .done.known);
    guint n;
    const OvUncounted *fresh = uncounted(ledger, place, &n);
    assert_int_equal(n, 2);
    assert_string_equal(fresh[0].complaint.account, "shop");
    assert_string_equal(fresh[0].sender, "news@shop.example");
    uncounted(ledger, place, &n);
    assert_int_equal(n, 0);
    assert_false(take_file(ledger, place, "cfbl.eml").done.known);
    assert_true(take_file(ledger, place, "cfbl.eml").done.known);
    fresh = uncounted(ledger, place, &n);
    assert_int_equal(n, 1);
    assert_int_equal(fresh[0].complaint.message, 0); /* not ours */
}

/* Whatever a report says, nobody is suppressed but a recipient of the message. */
static void test_who_complained_is_one_of_the_recipients(void **state) {
    const Place *place = *state;
    static const char *const ONE[] = {"dora@three.example"};
    static const struct {
        const char *told, *suppressed; /* NULL: nobody */
    } CASES[] = {
        {"redacted@two.example", "bob@two.example"}, /* the only one there */
        {"redacted@one.example", NULL},              /* one of two */
        {"victim@bank.example", NULL},
        {"", NULL},
        {"Ann@one.example", "ann@one.example"},
    };
    g_autoptr(OvLedger) ledger = open_ledger(place);
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autofree char *header = g_strdup_printf("Message-ID: <case.%u@shop.example>\n", i);
        g_autofree char *id = g_strdup_printf("<case.%u@shop.example>", i);
        guint before = suppressed(ledger, place, NULL);
        add_sent(ledger, place, id, RECIPIENTS, 3);
        OvTakenIn taken = take(ledger, place, "abuse", CASES[i].told, header);
        assert_true(taken.done.suppressed == (CASES[i].suppressed != NULL));
        assert_int_equal(suppressed(ledger, place, NULL), before + (CASES[i].suppressed ? 1 : 0));
        if (CASES[i].suppressed)
            assert_int_equal(suppressed(ledger, place, CASES[i].suppressed), 1);
    }
    add_sent(ledger, place, "<one@shop.example>", ONE, 1);
    assert_true(
        take(ledger, place, "abuse", "victim@bank.example", "Message-ID: <one@shop.example>\n")
            .done.suppressed);
    assert_int_equal(suppressed(ledger, place, "dora@three.example"), 1);
    assert_int_equal(suppressed(ledger, place, "victim@bank.example"), 0);
}

static void test_reports_of_real_forms_find_their_message(void **state) {
    const Place *place = *state;
    static const char *const BOB[] = {"bob@hotmail.example"}, *const CY[] = {"cy@box.example"};
    g_autoptr(OvLedger) ledger = open_ledger(place);
    add_sent(ledger, place, "<Abc.1@Shop.example>", CY, 1);
    assert_true(take_file(ledger, place, "yahoo.eml").done.suppressed);
    assert_int_equal(take_file(ledger, place, "redacted.eml").tie, OV_TIE_QUEUE_ID);
    add_sent(ledger, place, "<jmrp.original@shop.example>", BOB, 1);
    assert_true(take_file(ledger, place, "jmrp.eml").done.suppressed);
    assert_int_equal(suppressed(ledger, place, "bob@hotmail.example"), 1);
    add_sent(ledger, place, "<cfbl.original@shop.example>", CY, 1);
    assert_int_equal(take_file(ledger, place, "cfbl.eml").tie, OV_TIE_MESSAGE_ID);
    assert_int_equal(suppressed(ledger, place, "cy@box.example"), 1);
}

/* Ids that anybody can guess bring nobody's complaints upon another. */
static void test_an_id_alone_ties_nothing(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    char id[OV_ID_TEXT_SIZE];
    ov_id_format(add_sent(ledger, place, "<Abc.1@Shop.example>", RECIPIENTS, 1), id);
    static const struct {
        const char *format;
        OvTie tie;
    } CASES[] = {
        {"X-Outvet-Id: %s\n", OV_TIE_NONE},
        {"X-Outvet-Id: %s\nFrom: x@other.example\n", OV_TIE_NONE},
        {"X-Outvet-Id: %s\nFrom: x@SHOP.example\n", OV_TIE_OUTVET_ID},
        {"X-Other: %s\nFrom: x@shop.example\n"
         "Received: by mx1 id 4XyZ12abcd; Sun, 29 Nov 2026 10:00:09 +0000\n",
         OV_TIE_QUEUE_ID},
        {"X-Other: %s\nFrom: x@other.example\n"
         "Received: by mx1 id 4XyZ12abcd; Sun, 29 Nov 2026 10:00:09 +0000\n",
         OV_TIE_NONE},
        {"X-Other: %s\nFrom: x@shop.example\n"
         "Received: by mx1 id 4XyZ12abcd; Fri, 27 Nov 2026 10:00:09 +0000\n",
         OV_TIE_NONE},
        {"X-Other: %s\nFrom: x@shop.example\nReceived: by mx1 id 4XyZ12abcd\n", OV_TIE_NONE},
    };
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autoptr(GString) header = g_string_new(CASES[i].format);
        g_string_replace(header, "%s", id, 0);
        OvTakenIn taken = take(ledger, place, "abuse", "", header->str);
        if (taken.tie != CASES[i].tie)
            fail_msg("%s: %s", CASES[i].format, ov_tie_name(taken.tie));
    }
}

static void test_an_id_of_a_message_without_from_ties_nothing(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    char id[OV_ID_TEXT_SIZE];
    OvLedgerRecord record = example(place);
    record.from = NULL;
    add(ledger, &record);
    ov_id_format(record.id, id);
    g_autofree char *header = g_strdup_printf("X-Outvet-Id: %s\n", id);
    assert_int_equal(take(ledger, place, "abuse", "", header).tie, OV_TIE_NONE);
}

static void test_of_several_with_one_message_id_the_one_that_went_there(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    gint64 ids[3];
    for (guint i = 0; i < 3; i++)
        ids[i] = add_sent(ledger, place, "<split@shop.example>", &RECIPIENTS[i], 1);
    for (guint i = 0; i < 3; i++) {
        OvTakenIn taken =
            take(ledger, place, "abuse", RECIPIENTS[i], "Message-ID: <split@shop.example>\n");
        assert_int_equal(taken.record->id, ids[i]);
    }
}

static void test_held_mail_is_not_complained_about(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    OvLedgerRecord record = example(place);
    add(ledger, &record);
    OvTakenIn taken =
        take(ledger, place, "abuse", "bob@two.example", "Message-ID: <Abc.1@Shop.example>\n");
    assert_null(taken.record);
    assert_false(taken.done.suppressed);
}

static void test_what_a_type_does(void **state) {
    const Place *place = *state;
    static const char *const ANN[] = {"ann@one.example"};
    static const struct {
        const char *type;
        gboolean counts, suppresses;
    } CASES[] = {
        {"abuse", TRUE, TRUE},    {"fraud", TRUE, TRUE},      {"virus", TRUE, FALSE},
        {"opt-out", FALSE, TRUE}, {"not-spam", FALSE, FALSE}, {"auth-failure", FALSE, FALSE},
        {"other", FALSE, FALSE},
    };
    g_autoptr(OvLedger) ledger = open_ledger(place);
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++) {
        guint n;
        g_autofree char *id = g_strdup_printf("<type.%u@shop.example>", i);
        g_autofree char *header = g_strdup_printf("Message-ID: %s\n", id);
        add_sent(ledger, place, id, ANN, 1);
        OvTakenIn taken = take(ledger, place, CASES[i].type, ANN[0], header);
        assert_int_equal(taken.done.suppressed, CASES[i].suppresses);
        uncounted(ledger, place, &n);
        assert_int_equal(n, CASES[i].counts ? 1 : 0);
    }
    guint n;
    complaints(ledger, place, NULL, &n);
    assert_int_equal(n, G_N_ELEMENTS(CASES));
}

/* As outvetd knows it: who told the sender leaves him two days, who complained none. */
static void test_a_complaint_holds_at_once(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    OvSuppression told = {.sender = "shop.example",
                          .recipient = "ann@one.example",
                          .since = TEN,
                          .operator_name = "root"};
    guint changed;
    assert_true(ov_ledger_suppress(ledger, &told, 1, &changed, NULL));
    add_sent(ledger, place, "<Abc.1@Shop.example>", RECIPIENTS, 3);
    g_autoptr(OvLedger) reader = open_reader(place);
    const OvHistory *before = ov_ledger_history(reader, NULL);
    OvSlice shop = OV_SLICE_LITERAL("shop.example");
    assert_int_equal(before->suppressed(before->data, shop, "ann@one.example"), TEN);
    take(ledger, place, "abuse", "ann@one.example", "Message-ID: <Abc.1@Shop.example>\n");
    take(ledger, place, "abuse", "bob@two.example", "Message-ID: <Abc.1@Shop.example>\n");
    g_autoptr(OvLedger) later = open_reader(place);
    const OvHistory *history = ov_ledger_history(later, NULL);
    assert_int_equal(history->suppressed(history->data, shop, "ann@one.example"), 1);
    assert_int_equal(history->suppressed(history->data, shop, "bob@two.example"), 1);
    assert_int_equal(history->suppressed(history->data, shop, "cy@one.example"), 0);
    /* An auditor still sees since when. */
    guint n;
    assert_true(ov_ledger_suppressions(later, "ann@one.example", place->arena, &n, NULL)->since ==
                TEN);
    /* Taken off by hand, he gets mail again, also when the report comes once more. */
    told.since = 0;
    assert_true(ov_ledger_suppress(ledger, &told, 1, &changed, NULL));
    take(ledger, place, "abuse", "ann@one.example", "Message-ID: <Abc.1@Shop.example>\n");
    assert_int_equal(suppressed(ledger, place, "ann@one.example"), 0);
}

static void test_complaints_leave_with_their_time(void **state) {
    Place *place = *state;
    settle(place, "retention = 1d\n");
    OvLedger *ledger = open_ledger(place);
    OvLedgerRecord old = example(place);
    old.time -= G_GINT64_CONSTANT(5) * 24 * 3600 * G_USEC_PER_SEC;
    old.id = ov_id_first_at(old.time);
    add(ledger, &old);
    take_file(ledger, place, "cfbl.eml");
    take_file(ledger, place, "jmrp.eml");
    ov_ledger_close(ledger);
    ask(place->path, "UPDATE complaints SET time = 1 WHERE id = 1 RETURNING 1");
    ledger = open_ledger(place);
    gint64 deadline = g_get_monotonic_time() + 20 * G_USEC_PER_SEC;
    while (ask(place->path, "SELECT count(*) FROM complaints") > 1 &&
           g_get_monotonic_time() < deadline)
        g_usleep(50000);
    assert_int_equal(ask(place->path, "SELECT min(id) FROM complaints"), 2);
    ov_ledger_close(ledger);
}

static void test_nothing_is_recorded_where_the_ledger_cant_be_written(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    g_autoptr(OvLedger) reader = open_reader(place);
    sqlite3 *other = NULL;
    assert_int_equal(sqlite3_open(place->path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    static const char REPORT[] =
        "Content-Type: multipart/report; boundary=b\n\n--b\n"
        "Content-Type: message/feedback-report\n\nFeedback-Type: abuse\n\n--b--\n";
    OvTakenIn taken;
    g_autoptr(GError) error = NULL;
    assert_false(
        ov_feedback_take_in(reader, REPORT, strlen(REPORT), "olga", place->arena, &taken, &error));
    assert_int_equal(error->domain, OV_LEDGER_ERROR);
    sqlite3_close(other);
    assert_int_equal(ask(place->path, "SELECT count(*) FROM complaints"), 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_a_complaint_is_recorded_and_its_recipient_left_in_peace),
        TEST(test_the_same_report_counts_once),
        TEST(test_who_complained_is_one_of_the_recipients),
        TEST(test_reports_of_real_forms_find_their_message),
        TEST(test_an_id_alone_ties_nothing),
        TEST(test_an_id_of_a_message_without_from_ties_nothing),
        TEST(test_of_several_with_one_message_id_the_one_that_went_there),
        TEST(test_held_mail_is_not_complained_about),
        TEST(test_what_a_type_does),
        TEST(test_a_complaint_holds_at_once),
        TEST(test_complaints_leave_with_their_time),
        TEST(test_nothing_is_recorded_where_the_ledger_cant_be_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
