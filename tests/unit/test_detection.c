/* What the ledger keeps of mail that the provider took for spam: policy/ledger/incident.h. */
#include "tests/unit/incident_place.h"

static void test_a_detection_told_again_is_not_added_again(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    g_autoptr(OvLedger) reader = open_reader(place);
    const OvDetection told[] = {
        detection("a@x.example", "198.51.100.7", NOW, 500),
        detection("a@x.example", "198.51.100.7", NOW, 500), /* two messages, told alike */
        detection("a@x.example", "198.51.100.8", NOW, 500),
        detection("a@x.example", "198.51.100.7", NOW + 1, 500),
        detection("a@x.example", "198.51.100.7", NOW, 501),
        detection("", NULL, 0, G_MININT64),
        detection("", NULL, 0, G_MININT64),
    };
    assert_int_equal(add_detections(ledger, 1, told, G_N_ELEMENTS(told)), 7);
    assert_int_equal(add_detections(ledger, 1, told, G_N_ELEMENTS(told)), 0);
    assert_int_equal(add_detections(reader, 1, told, G_N_ELEMENTS(told)), 0);
    assert_int_equal(add_detections(ledger, 1, told, 1), 0);
    assert_int_equal(add_detections(ledger, 1, &told[5], 1), 0);
    const OvDetection three[] = {told[0], told[0], told[0]};
    assert_int_equal(add_detections(reader, 1, three, 3), 1);
    assert_int_equal(add_detections(ledger, 2, told, 1), 1); /* of another incident */
    assert_int_equal(add_detections(ledger, 2, NULL, 0), 0);
    assert_int_equal(ask(place->path, "SELECT count(*) FROM detections"), 9);
}

/* A mail tells no time, the provider's interface does. */
static void test_a_detection_told_without_time_is_one_told_with_it(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    OvDetection mail = detection("a@x.example", "198.51.100.7", 0, 500);
    const OvDetection twice[] = {mail, mail};
    const OvDetection timed[] = {detection("a@x.example", "198.51.100.7", NOW, 500),
                                 detection("a@x.example", "198.51.100.7", NOW + 1, 500)};
    mail.origin = "mail";
    assert_int_equal(add_detections(ledger, 1, &mail, 1), 1);
    guint n;
    OvDetection *found = detections_of(ledger, place, 1, OV_DETECTION_NEW, &n);
    found->finding = OV_DETECTION_SEVERAL;
    assert_true(ov_ledger_explain_detections(ledger, found, 1, NULL));
    assert_int_equal(add_detections(ledger, 1, timed, 2), 1);      /* one of both was known */
    found = detections_of(ledger, place, 1, OV_DETECTION_NEW, &n); /* to be looked for anew */
    assert_int_equal(n, 2);
    assert_int_equal(found[0].time + found[1].time, 2 * NOW + 1);
    assert_int_equal(add_detections(ledger, 1, timed, 2), 0);
    assert_int_equal(add_detections(ledger, 1, &mail, 1), 0);
    assert_int_equal(add_detections(ledger, 1, twice, 2), 0);
    const OvDetection thrice[] = {mail, mail, mail};
    assert_int_equal(add_detections(ledger, 1, thrice, 3), 1);
    assert_int_equal(add_detections(ledger, 1, thrice, 3), 0);
    assert_int_equal(add_detections(ledger, 1, timed, 2), 0); /* the third stays without */
    mail.score = 501;
    assert_int_equal(add_detections(ledger, 1, &mail, 1), 1);
    assert_int_equal(add_detections(ledger, 2, &mail, 1), 1);
    assert_int_equal(ask(place->path, "SELECT count(*) FROM detections"), 5);
}

static void test_a_detection_is_read_as_it_was_told(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    OvDetection told[] = {detection("a@x.example", "198.51.100.7", NOW, -3),
                          detection("", NULL, 0, G_MININT64)};
    told[1].origin = "mail";
    add_detections(ledger, 1, told, 2);
    guint n;
    const OvDetection *found = detections_of(ledger, place, 1, OV_N_DETECTION_FINDINGS, &n);
    assert_int_equal(n, 2);
    assert_string_equal(found[0].message_id, "a@x.example");
    assert_string_equal(found[0].destination, "198.51.100.7");
    assert_int_equal(found[0].time, NOW);
    assert_int_equal(found[0].score, -3);
    assert_string_equal(found[0].origin, "api");
    assert_int_equal(found[0].finding, OV_DETECTION_NEW);
    assert_int_equal(found[0].message, 0);
    assert_null(found[0].account);
    assert_null(found[0].text);
    assert_null(found[0].operator_name);
    assert_string_equal(found[1].message_id, "");
    assert_null(found[1].destination);
    assert_int_equal(found[1].time, 0);
    assert_true(found[1].score == G_MININT64);
    assert_string_equal(found[1].origin, "mail");
}

static void test_detections_are_read_in_parts_and_by_finding(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    OvDetection told[10];
    for (guint i = 0; i < G_N_ELEMENTS(told); i++)
        told[i] = detection("a@x.example", NULL, NOW + i, 0);
    add_detections(ledger, 1, told, 5);
    add_detections(ledger, 2, told, 10);
    add_detections(ledger, 1, told, 10);
    gint64 after = 0;
    guint n, read = 0;
    do {
        const OvDetection *part = ov_ledger_detections(ledger, 1, OV_N_DETECTION_FINDINGS, after, 4,
                                                       place->arena, &n, NULL);
        for (guint i = 0; i < n; i++, read++) {
            assert_int_equal(part[i].time, NOW + read);
            assert_true(part[i].id > after);
            after = part[i].id;
        }
    } while (n == 4);
    assert_int_equal(read, 10);
    OvDetection *all = detections_of(ledger, place, 1, OV_N_DETECTION_FINDINGS, &n);
    all[3].finding = all[7].finding = OV_DETECTION_UNKNOWN;
    assert_true(ov_ledger_explain_detections(ledger, all, 10, NULL));
    const OvDetection *found = detections_of(ledger, place, 1, OV_DETECTION_UNKNOWN, &n);
    assert_int_equal(n, 2);
    assert_int_equal(found[0].id, all[3].id);
    assert_int_equal(found[1].id, all[7].id);
    found = ov_ledger_detections(ledger, 1, OV_DETECTION_UNKNOWN, all[3].id, 10, place->arena, &n,
                                 NULL);
    assert_int_equal(n, 1);
    assert_int_equal(found[0].id, all[7].id);
}

static void test_what_is_explained_is_counted(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    gint64 id = open_block(ledger, "192.0.2.1", NOW, NULL);
    OvDetection told[OV_N_DETECTION_FINDINGS];
    for (guint i = 0; i < G_N_ELEMENTS(told); i++)
        told[i] = detection("a@x.example", NULL, NOW + i, 0);
    add_detections(ledger, id, told, G_N_ELEMENTS(told));
    guint n;
    OvDetection *all = detections_of(ledger, place, id, OV_N_DETECTION_FINDINGS, &n);
    for (guint i = 0; i < n; i++)
        all[i].finding = (OvDetectionFinding)i;
    all[OV_DETECTION_FOUND].message = 77;
    all[OV_DETECTION_FOUND].account = "shop";
    all[OV_DETECTION_MARKED].text = "a test of ours";
    all[OV_DETECTION_MARKED].operator_name = "ann";
    assert_true(ov_ledger_explain_detections(ledger, all, n, NULL));
    const OvIncident *incident = read_incident(ledger, place, id);
    assert_int_equal(incident->detections, OV_N_DETECTION_FINDINGS);
    assert_int_equal(incident->explained, 4);
    all = detections_of(ledger, place, id, OV_N_DETECTION_FINDINGS, &n);
    assert_int_equal(all[OV_DETECTION_FOUND].message, 77);
    assert_string_equal(all[OV_DETECTION_FOUND].account, "shop");
    assert_string_equal(all[OV_DETECTION_MARKED].text, "a test of ours");
    assert_string_equal(all[OV_DETECTION_MARKED].operator_name, "ann");
}

static void test_an_operators_mark_outlasts_a_finding(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    OvDetection told = detection("a@x.example", NULL, NOW, 0);
    add_detections(ledger, 1, &told, 1);
    guint n;
    OvDetection *found = detections_of(ledger, place, 1, OV_DETECTION_NEW, &n);
    OvDetection marked = *found, unknown = *found;
    marked.finding = OV_DETECTION_MARKED;
    marked.text = "a test";
    unknown.finding = OV_DETECTION_UNKNOWN;
    assert_true(ov_ledger_explain_detections(ledger, &marked, 1, NULL));
    assert_true(ov_ledger_explain_detections(ledger, &unknown, 1, NULL));
    found = detections_of(ledger, place, 1, OV_DETECTION_MARKED, &n);
    assert_int_equal(n, 1);
    assert_string_equal(found->text, "a test");
    marked.text = "a test, to our own mailbox";
    assert_true(ov_ledger_explain_detections(ledger, &marked, 1, NULL));
    found = detections_of(ledger, place, 1, OV_DETECTION_MARKED, &n);
    assert_string_equal(found->text, "a test, to our own mailbox");
}

static void test_the_accounts_of_an_incident_come_with_the_most_first(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    static const char *const ACCOUNTS[] = {"blog", NULL, "shop", "shop", "shop", NULL};
    OvDetection told[G_N_ELEMENTS(ACCOUNTS)];
    for (guint i = 0; i < G_N_ELEMENTS(told); i++)
        told[i] = detection("a@x.example", NULL, NOW + i, 0);
    add_detections(ledger, 1, told, G_N_ELEMENTS(told));
    guint n;
    OvDetection *all = detections_of(ledger, place, 1, OV_N_DETECTION_FINDINGS, &n);
    for (guint i = 0; i < n; i++) {
        all[i].account = ACCOUNTS[i];
        all[i].finding = ACCOUNTS[i] ? OV_DETECTION_FOUND : OV_DETECTION_UNKNOWN;
        all[i].message = ACCOUNTS[i] ? ov_id_first_at(NOW + i * SECOND) : 0;
    }
    all[2].message = 0; /* known by the logs alone */
    assert_true(ov_ledger_explain_detections(ledger, all, n, NULL));
    const OvCulprit *culprits = ov_ledger_culprits(ledger, 1, place->arena, &n, NULL);
    assert_int_equal(n, 3);
    assert_string_equal(culprits[0].account, "shop");
    assert_int_equal(culprits[0].detections, 3);
    assert_int_equal(culprits[0].first, NOW + 3 * SECOND);
    assert_int_equal(culprits[0].last, NOW + 4 * SECOND);
    assert_string_equal(culprits[1].account, "");
    assert_int_equal(culprits[1].detections, 2);
    assert_int_equal(culprits[1].first, 0);
    assert_int_equal(culprits[1].last, 0);
    assert_string_equal(culprits[2].account, "blog");
    ov_ledger_culprits(ledger, 2, place->arena, &n, NULL);
    assert_int_equal(n, 0);
}

static void test_texts_are_cut_between_characters_and_made_valid(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    g_autofree char *longer = repeat("\xe2\x82\xac", 400);
    g_autofree char *dirty = repeat("\xff", 2000);
    g_autofree char *cut = repeat("\xe2\x82\xac", 333);
    OvIncidentEvent event = {NOW, longer, dirty, "<b>'\"; DROP TABLE incidents; --\x01\n"};
    assert_true(ov_ledger_add_incident_event(ledger, 1, &event, NULL));
    guint n;
    const OvIncidentEvent *read = ov_ledger_incident_events(ledger, 1, 0, place->arena, &n, NULL);
    assert_string_equal(read->kind, cut);
    assert_true(g_utf8_validate(read->operator_name, -1, NULL));
    assert_in_range(strlen(read->operator_name), 990, 1000);
    assert_string_equal(read->text, event.text);
    OvDetection told = detection(longer, dirty, NOW, 1);
    told.text = longer;
    assert_int_equal(add_detections(ledger, 1, &told, 1), 1);
    assert_int_equal(add_detections(ledger, 1, &told, 1), 0);
    const OvDetection *found = detections_of(ledger, place, 1, OV_N_DETECTION_FINDINGS, &n);
    assert_string_equal(found->message_id, cut);
    assert_string_equal(found->text, cut);
    assert_true(g_utf8_validate(found->destination, -1, NULL));
    assert_true(ov_ledger_put_mark(ledger, longer, dirty, NULL));
    assert_true(g_utf8_validate(mark_of(ledger, place, longer), -1, NULL));
}

/* Those that differ beyond what is kept are still two. */
static void test_long_message_ids_count_one_by_one(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    g_autofree char *start = repeat("x", 10000);
    g_autofree char *one = g_strconcat(start, "1@x.example", NULL);
    g_autofree char *other = g_strconcat(start, "2@x.example", NULL);
    OvDetection told[] = {detection(one, NULL, NOW, 1), detection(other, NULL, NOW, 1)};
    assert_int_equal(add_detections(ledger, 1, told, 2), 2);
    assert_int_equal(add_detections(ledger, 1, told, 2), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(test_a_detection_told_again_is_not_added_again),
        TEST(test_a_detection_told_without_time_is_one_told_with_it),
        TEST(test_a_detection_is_read_as_it_was_told),
        TEST(test_detections_are_read_in_parts_and_by_finding),
        TEST(test_what_is_explained_is_counted),
        TEST(test_an_operators_mark_outlasts_a_finding),
        TEST(test_the_accounts_of_an_incident_come_with_the_most_first),
        TEST(test_texts_are_cut_between_characters_and_made_valid),
        TEST(test_long_message_ids_count_one_by_one),
#undef TEST
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
