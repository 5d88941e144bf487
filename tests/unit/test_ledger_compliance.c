/* What the ledger counts by day of how mail met the providers' requirements, who sends so much that
 * he is a bulk sender, and what it keeps of authentication. */
#include "tests/unit/ledger_place.h"

#include "policy/ledger/ledger_sqlite.h"
#include "policy/ledger/volumes.h"

static const gint64 HOUR = G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC;
static const gint64 DAY = G_GINT64_CONSTANT(24) * 3600 * G_USEC_PER_SEC;

enum { MET = 0x5, OTHER = 0x9 };

static OvLedgerRecord counted(const Place *place, const char *organisation) {
    OvLedgerRecord record = example(place);
    record.organisation = organisation;
    record.requirements = MET;
    record.departed = TRUE;
    record.copies[OV_PROVIDER_GMAIL] = 2;
    record.copies[OV_PROVIDER_MICROSOFT] = 1;
    return record;
}

static void set_time(OvLedgerRecord *record, gint64 time) {
    record->time = time;
    record->id = ov_id_first_at(time) + (record->id & 0xff) + 1;
}

/* All that is counted, a line a row. */
static void append_day(const OvLedgerDay *day, gpointer data) {
    g_string_append_printf(
        data, "%s%+d %s %s %x: %d gmail %d yahoo %d microsoft %d",
        ((GString *)data)->len > 0 ? "\n" : "", (int)(day->day - g_get_real_time() / DAY),
        day->domain, day->departed ? "left" : "held", (guint)day->requirements, (int)day->messages,
        (int)day->copies[OV_PROVIDER_GMAIL], (int)day->copies[OV_PROVIDER_YAHOO],
        (int)day->copies[OV_PROVIDER_MICROSOFT]);
}

static void assert_days(OvLedger *ledger, gint64 days, const char *domain, const char *wanted) {
    g_autoptr(GString) found = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    gint64 today = g_get_real_time() / DAY;
    if (!ov_ledger_days(ledger, today - days, today, domain, append_day, found, &error))
        fail_msg("%s", error->message);
    assert_string_equal(found->str, wanted);
}

static void test_messages_with_one_outcome_are_one_row(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    for (guint i = 0; i < 3; i++) {
        OvLedgerRecord record = counted(place, "shop.example");
        add(ledger, &record);
    }
    assert_days(ledger, 0, NULL, "+0 shop.example left 5: 3 gmail 6 yahoo 0 microsoft 3");
    assert_int_equal(ask(place->path, "SELECT count(*) FROM compliance"), 1);
}

static void test_other_outcomes_domains_and_held_mail_are_told_apart(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    OvLedgerRecord record = counted(place, "shop.example");
    add(ledger, &record);
    record = counted(place, "shop.example");
    record.requirements = OTHER;
    add(ledger, &record);
    record = counted(place, "shop.example");
    record.departed = FALSE;
    add(ledger, &record);
    record = counted(place, "club.example");
    add(ledger, &record);
    assert_days(ledger, 0, "shop.example",
                "+0 shop.example held 5: 1 gmail 2 yahoo 0 microsoft 1\n"
                "+0 shop.example left 5: 1 gmail 2 yahoo 0 microsoft 1\n"
                "+0 shop.example left 9: 1 gmail 2 yahoo 0 microsoft 1");
    assert_days(ledger, 0, "club.example", "+0 club.example left 5: 1 gmail 2 yahoo 0 microsoft 1");
    assert_days(ledger, 0, "nobody.example", "");
}

static void test_what_is_not_counted_makes_no_row(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    OvLedgerRecord record = counted(place, NULL);
    add(ledger, &record);
    assert_days(ledger, 0, NULL, "");
}

static void test_a_message_handed_over_again_is_counted_once(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    OvLedgerRecord record = counted(place, "shop.example");
    add(ledger, &record);
    add(ledger, &record);
    assert_days(ledger, 0, NULL, "+0 shop.example left 5: 1 gmail 2 yahoo 0 microsoft 1");
}

static void test_days_are_told_apart_and_chosen(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    for (gint days = 2; days >= 0; days--) {
        OvLedgerRecord record = counted(place, "shop.example");
        set_time(&record, g_get_real_time() - days * DAY);
        add(ledger, &record);
    }
    assert_days(ledger, 1, NULL,
                "-1 shop.example left 5: 1 gmail 2 yahoo 0 microsoft 1\n"
                "+0 shop.example left 5: 1 gmail 2 yahoo 0 microsoft 1");
    assert_days(ledger, 1, "shop.example",
                "-1 shop.example left 5: 1 gmail 2 yahoo 0 microsoft 1\n"
                "+0 shop.example left 5: 1 gmail 2 yahoo 0 microsoft 1");
}

enum { THREADS = 16, EACH = 60 };

static gpointer add_many(gpointer data) {
    gpointer *both = data;
    const Place *place = both[0];
    for (guint i = 0; i < EACH; i++) {
        OvLedgerRecord record = counted(place, i % 2 ? "shop.example" : "club.example");
        add(both[1], &record);
    }
    return NULL;
}

static void test_nothing_is_lost_in_a_crowd(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    gpointer both[] = {(gpointer)place, ledger};
    GThread *threads[THREADS];
    for (guint i = 0; i < THREADS; i++)
        threads[i] = g_thread_new("add", add_many, both);
    for (guint i = 0; i < THREADS; i++)
        g_thread_join(threads[i]);
    assert_int_equal(ask(place->path, "SELECT sum(messages) FROM compliance"), THREADS * EACH);
    assert_days(ledger, 0, "club.example",
                "+0 club.example left 5: 480 gmail 960 yahoo 0 microsoft 480");
}

static void test_old_days_go_with_old_messages(void **state) {
    const Place *place = *state;
    OvLedger *ledger = open_ledger(place);
    for (gint days = 40; days >= 0; days -= 10) {
        OvLedgerRecord record = counted(place, "shop.example");
        set_time(&record, g_get_real_time() - days * DAY);
        add(ledger, &record);
    }
    ov_ledger_close(ledger);
    g_autoptr(GError) error = NULL;
    g_autoptr(OvConnection) connection = ov_connection_open(place->path, TRUE, &error);
    gboolean more = TRUE;
    while (more)
        assert_true(ov_connection_prune(connection, 25 * DAY, g_get_real_time(), &more, &error));
    assert_int_equal(ask(place->path, "SELECT count(*) FROM compliance"), 3);
    /* The names of those that stay are there still. */
    assert_int_equal(ask(place->path, "SELECT count(*) FROM compliance WHERE domain IS NULL"), 0);
}

static OvVolume volume(OvLedger *ledger, const char *domain, OvProvider provider) {
    g_autoptr(GError) error = NULL;
    const OvHistory *history = ov_ledger_history(ledger, &error);
    assert_non_null(history);
    return history->volume(history->data, ov_slice(domain), provider, g_get_real_time());
}

/* Sends copies to Gmail, in messages of 1000 recipients. */
static void send(OvLedger *ledger, const Place *place, guint copies, gboolean departed) {
    for (guint sent = 0; sent < copies;) {
        OvLedgerRecord record = counted(place, "shop.example");
        record.departed = departed;
        record.copies[OV_PROVIDER_MICROSOFT] = 0;
        record.copies[OV_PROVIDER_GMAIL] = MIN(copies - sent, 1000);
        sent += record.copies[OV_PROVIDER_GMAIL];
        add(ledger, &record);
    }
}

static void test_who_once_sends_5000_is_a_bulk_sender_for_ever(void **state) {
    const Place *place = *state;
    OvLedger *ledger = open_ledger(place);
    send(ledger, place, 3999, TRUE);
    assert_int_equal(logged_lines("event=bulk-sender"), 0);
    send(ledger, place, 1, TRUE);
    assert_int_equal(logged_lines("state=near"), 1);
    send(ledger, place, 999, TRUE);
    OvVolume sent = volume(ledger, "shop.example", OV_PROVIDER_GMAIL);
    assert_int_equal(sent.messages, 4999);
    assert_false(sent.bulk);
    send(ledger, place, 1, TRUE);
    assert_true(volume(ledger, "shop.example", OV_PROVIDER_GMAIL).bulk);
    assert_true(volume(ledger, "Shop.Example", OV_PROVIDER_GMAIL).bulk);
    assert_false(volume(ledger, "shop.example", OV_PROVIDER_YAHOO).bulk);
    assert_false(volume(ledger, "club.example", OV_PROVIDER_GMAIL).bulk);
    send(ledger, place, 1000, TRUE);
    assert_int_equal(logged_lines("state=bulk"), 1);
    ov_ledger_close(ledger);

    /* The next process knows it, a reader too, and of a ledger whose messages are all gone. */
    ledger = open_ledger(place);
    assert_true(volume(ledger, "shop.example", OV_PROVIDER_GMAIL).bulk);
    ov_ledger_close(ledger);
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(place->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "DELETE FROM compliance_rows; DELETE FROM message_rows;",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(db);
    g_autoptr(OvLedger) reader = ov_ledger_open_reader(place->settings, NULL);
    assert_true(volume(reader, "shop.example", OV_PROVIDER_GMAIL).bulk);
    guint n = 0;
    const OvBulkSender *senders = ov_ledger_bulk_senders(reader, place->arena, &n, NULL);
    assert_int_equal(n, 1);
    assert_string_equal(senders[0].domain, "shop.example");
    assert_int_equal(senders[0].provider, OV_PROVIDER_GMAIL);
    assert_in_range(senders[0].since, g_get_real_time() - HOUR, g_get_real_time());
}

static void test_a_restart_forgets_no_volume(void **state) {
    const Place *place = *state;
    OvLedger *ledger = open_ledger(place);
    send(ledger, place, 3000, TRUE);
    ov_ledger_close(ledger);
    ledger = open_ledger(place);
    assert_int_equal(volume(ledger, "shop.example", OV_PROVIDER_GMAIL).messages, 3000);
    send(ledger, place, 2000, TRUE);
    assert_true(volume(ledger, "shop.example", OV_PROVIDER_GMAIL).bulk);
    ov_ledger_close(ledger);
}

static void test_held_mail_makes_no_bulk_sender(void **state) {
    const Place *place = *state;
    OvLedger *ledger = open_ledger(place);
    send(ledger, place, 6000, FALSE);
    assert_int_equal(volume(ledger, "shop.example", OV_PROVIDER_GMAIL).messages, 0);
    ov_ledger_close(ledger);
    g_autoptr(OvLedger) next = open_ledger(place);
    OvVolume sent = volume(next, "shop.example", OV_PROVIDER_GMAIL);
    assert_int_equal(sent.messages, 0);
    assert_false(sent.bulk);
}

static void test_authentication_is_kept(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    OvLedgerRecord record = example(place);
    record.auth =
        (OvAuthResults){"pass", "2001:db8::7", "fail", "mail.shop.example", "s1", "pass", "spf"};
    add(ledger, &record);
    const OvAuthResults *auth = &find_one(ledger, place, record.id)->auth;
    assert_string_equal(auth->spf, "pass");
    assert_string_equal(auth->spf_address, "2001:db8::7");
    assert_string_equal(auth->dkim, "fail");
    assert_string_equal(auth->dkim_domain, "mail.shop.example");
    assert_string_equal(auth->dkim_selector, "s1");
    assert_string_equal(auth->dmarc, "pass");
    assert_string_equal(auth->aligned, "spf");

    OvLedgerRecord unknown = example(place);
    add(ledger, &unknown);
    auth = &find_one(ledger, place, unknown.id)->auth;
    assert_null(auth->spf);
    assert_null(auth->spf_address);
    assert_null(auth->dkim);
    assert_null(auth->dkim_domain);
    assert_null(auth->dmarc);
    assert_null(auth->aligned);
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(test_messages_with_one_outcome_are_one_row),
        TEST(test_other_outcomes_domains_and_held_mail_are_told_apart),
        TEST(test_what_is_not_counted_makes_no_row),
        TEST(test_a_message_handed_over_again_is_counted_once),
        TEST(test_days_are_told_apart_and_chosen),
        TEST(test_nothing_is_lost_in_a_crowd),
        TEST(test_old_days_go_with_old_messages),
        TEST(test_who_once_sends_5000_is_a_bulk_sender_for_ever),
        TEST(test_a_restart_forgets_no_volume),
        TEST(test_held_mail_makes_no_bulk_sender),
        TEST(test_authentication_is_kept),
#undef TEST
    };
    return cmocka_run_group_tests_name("the ledger's compliance", tests, NULL, NULL);
}
