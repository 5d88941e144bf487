/* From an alert to an incident, beside what the provider's API told. */
#include "policy/review/incident_import.h"
#include "tests/unit/ledger_place.h"

static const OvDetection ALERT[] = {
    {.message_id = "Abc.1@shop.example",
     .destination = "198.51.100.1",
     .score = 300,
     .origin = "mail"},
    {.message_id = "gone@shop.example",
     .destination = "198.51.100.2",
     .score = 301,
     .origin = "mail"},
    {.message_id = "", .destination = "198.51.100.3", .score = 302, .origin = "mail"},
};
static const char *const ADDRESS[] = {"192.0.2.41"};

static OvIncidentImport import_with(const Place *place, OvLedger *ledger, const OvDetection *told,
                                    guint n, const char *log) {
    const OvAlertMail alert = {ADDRESS, 1, told, n, 0};
    const OvIncidentImportWish wish = {
        .address = ADDRESS[0],
        .operator_name = "ann",
        .source = "alert.eml",
        .logs = &log,
        .n_logs = log != NULL,
        .now = g_get_real_time(),
    };
    OvIncidentImport result;
    g_autoptr(GError) error = NULL;
    if (!ov_incident_import(ledger, place->settings, &alert, &wish, place->arena, &result, &error))
        fail_msg("%s", error->message);
    return result;
}

static void test_an_alert_is_explained_by_the_ledger(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    OvLedgerRecord record = example(place);
    record.verdict = record.computed = "accept";
    add(ledger, &record);
    OvIncidentImport result = import_with(place, ledger, ALERT, G_N_ELEMENTS(ALERT), NULL);
    assert_true(result.opened);
    assert_int_equal(result.n_new, 3);
    assert_int_equal(result.findings[OV_DETECTION_NEW], 0);
    assert_int_equal(result.findings[OV_DETECTION_FOUND], 1);
    assert_int_equal(result.findings[OV_DETECTION_UNKNOWN], 2);
    assert_null(result.search);
    guint shop = 0;
    for (guint i = 0; i < result.n_culprits; i++)
        if (g_str_equal(result.culprits[i].account, "shop"))
            shop = (guint)result.culprits[i].detections;
    assert_int_equal(shop, 1);
    OvIncidentImport again = import_with(place, ledger, ALERT, G_N_ELEMENTS(ALERT), NULL);
    assert_false(again.opened);
    assert_int_equal(again.incident, result.incident);
    assert_int_equal(again.n_new, 0);
    assert_memory_equal(again.findings, result.findings, sizeof result.findings);
}

/* The API tells times, a mail none, and a list not even where it went. */
static void test_what_the_api_told_is_not_told_again(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    gint64 now = g_get_real_time(), id = 0;
    const OvIncident incident = {
        .hosting = "ovh",
        .network = "192.0.2.0/24",
        .address = ADDRESS[0],
        .since = now - 60 * G_USEC_PER_SEC,
        .state = "blocked",
        .opened = now,
    };
    assert_true(ov_ledger_open_incident(ledger, &incident, &id, NULL, NULL));
    OvDetection timed[] = {ALERT[0], ALERT[1]};
    for (guint i = 0; i < G_N_ELEMENTS(timed); i++) {
        timed[i].time = now - G_USEC_PER_SEC;
        timed[i].origin = "api";
    }
    timed[1].destination = "198.51.100.99";
    assert_true(ov_ledger_add_detections(ledger, id, timed, G_N_ELEMENTS(timed), NULL, NULL));
    OvIncidentImport result = import_with(place, ledger, ALERT, G_N_ELEMENTS(ALERT), NULL);
    assert_false(result.opened);
    assert_int_equal(result.incident, id);
    assert_int_equal(result.n_new, 2); /* another destination, and the one without Message-ID */
    assert_int_equal(import_with(place, ledger, ALERT, G_N_ELEMENTS(ALERT), NULL).n_new, 0);
    const OvDetection list[] = {
        {.message_id = "gone@SHOP.example", .score = G_MININT64, .origin = "list"},
        {.message_id = "more@shop.example", .score = G_MININT64, .origin = "list"},
    };
    assert_int_equal(import_with(place, ledger, list, G_N_ELEMENTS(list), NULL).n_new, 1);
}

static void test_logs_explain_the_rest_by_the_order_of_accounts(void **state) {
    Place *place = *state;
    settle(place, "[accounts]\norder = script login sender client\n");
    g_autoptr(OvLedger) ledger = open_ledger(place);
    g_autofree char *log = g_build_filename(place->directory, "mail.log", NULL);
    assert_true(g_file_set_contents(
        log,
        "2026-11-28T10:00:00Z mx1 postfix/pickup[5]: A1B2C3D4E5: uid=4294967000 from=<web@x>\n"
        "2026-11-28T10:00:00Z mx1 postfix/cleanup[2]: A1B2C3D4E5: message-id=<gone@shop.example>\n"
        "2026-11-28T10:00:01Z mx1 postfix/smtpd[5]: B1B2C3D4E5: client=localhost[127.0.0.1]\n"
        "2026-11-28T10:00:01Z mx1 postfix/cleanup[2]: B1B2C3D4E5: message-id=<gone@shop.example>\n"
        "2026-11-28T10:00:02Z mx1 postfix/smtp[4]: B1B2C3D4E5: to=<ann@y>, relay=r[192.0.2.8]:25, "
        "delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 Ok)\n",
        -1, NULL));
    OvIncidentImport result = import_with(place, ledger, ALERT, G_N_ELEMENTS(ALERT), log);
    assert_non_null(result.search);
    assert_int_equal(result.findings[OV_DETECTION_LOGS], 1);
    assert_int_equal(result.findings[OV_DETECTION_UNKNOWN], 2);
    guint n = 0;
    const OvDetection *found = ov_ledger_detections(ledger, result.incident, OV_DETECTION_LOGS, 0,
                                                    10, place->arena, &n, NULL);
    assert_int_equal(n, 1);
    assert_string_equal(found[0].account, "uid 4294967000");
    assert_non_null(strstr(found[0].text, "A1B2C3D4E5 on mx1"));
    assert_string_equal(found[0].operator_name, "ann");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_an_alert_is_explained_by_the_ledger),
        TEST(test_what_the_api_told_is_not_told_again),
        TEST(test_logs_explain_the_rest_by_the_order_of_accounts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
