/* What the ledger keeps of blocks by the provider, and their timelines: policy/ledger/incident.h.
 */
#include "tests/unit/incident_place.h"

static void test_a_block_is_opened_once(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    g_autoptr(OvLedger) reader = open_reader(place);
    gboolean opened = FALSE;
    gint64 id = open_block(ledger, "192.0.2.1", NOW, &opened);
    assert_true(opened);
    assert_int_equal(id, 1);
    assert_int_equal(open_block(ledger, "192.0.2.1", NOW, &opened), id);
    assert_false(opened);
    assert_int_equal(open_block(reader, "192.0.2.1", NOW + 999999, &opened), id);
    assert_false(opened);
    assert_int_equal(open_block(reader, "192.0.2.1", NOW + SECOND, &opened), 2);
    assert_true(opened);
    assert_int_equal(open_block(ledger, "192.0.2.2", NOW, NULL), 3);
    assert_int_equal(ask(place->path, "SELECT count(*) FROM incidents"), 3);
}

static void test_an_incident_is_read_as_it_was_written(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    gint64 id = open_block(ledger, "192.0.2.1", NOW, NULL);
    const OvIncident *incident = read_incident(ledger, place, id);
    assert_string_equal(incident->hosting, "ovh");
    assert_string_equal(incident->network, "192.0.2.0/28");
    assert_string_equal(incident->address, "192.0.2.1");
    assert_string_equal(incident->state, "blocked");
    assert_int_equal(incident->since, NOW);
    assert_int_equal(incident->duration, 3600);
    assert_int_equal(incident->phase, OV_INCIDENT_OPEN);
    assert_int_equal(incident->opened, NOW);
    assert_int_equal(incident->unblocked, 0);
    assert_int_equal(incident->closed, 0);
    assert_int_equal(incident->wake, NOW + SECOND);
    assert_int_equal(incident->total, 1000);
    assert_int_equal(incident->spams, -1);
    assert_int_equal(incident->average, 412);
    assert_int_equal(incident->detections, 0);
    assert_null(read_incident(ledger, place, id + 1));
}

static void test_a_change_takes_effect_from_its_phase_alone(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    g_autoptr(OvLedger) reader = open_reader(place);
    gint64 id = open_block(ledger, "192.0.2.1", NOW, NULL);
    OvIncident asked = {.id = id,
                        .network = "192.0.2.0/24",
                        .address = "203.0.113.9",
                        .duration = 7200,
                        .state = "unblocking",
                        .phase = OV_INCIDENT_ASKED,
                        .unblocked = 1,
                        .closed = 2,
                        .wake = 3,
                        .total = 4,
                        .spams = 5,
                        .average = 6};
    gboolean changed = FALSE;
    assert_true(ov_ledger_change_incident(ledger, &asked, OV_INCIDENT_OPEN, &changed, NULL));
    assert_true(changed);
    OvIncident late = asked;
    late.phase = OV_INCIDENT_CLOSED;
    assert_true(ov_ledger_change_incident(reader, &late, OV_INCIDENT_OPEN, &changed, NULL));
    assert_false(changed);
    const OvIncident *incident = read_incident(reader, place, id);
    assert_int_equal(incident->phase, OV_INCIDENT_ASKED);
    assert_string_equal(incident->network, "192.0.2.0/24");
    assert_string_equal(incident->address, "192.0.2.1"); /* what it is of stays */
    assert_string_equal(incident->state, "unblocking");
    assert_int_equal(incident->duration, 7200);
    assert_int_equal(incident->unblocked, 1);
    assert_int_equal(incident->closed, 2);
    assert_int_equal(incident->wake, 3);
    assert_int_equal(incident->total, 4);
    assert_int_equal(incident->spams, 5);
    assert_int_equal(incident->average, 6);
    late.id = id + 1;
    assert_true(ov_ledger_change_incident(ledger, &late, OV_INCIDENT_OPEN, &changed, NULL));
    assert_false(changed);
}

static void test_incidents_come_newest_first_and_can_be_chosen(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    gint64 middle = open_block(ledger, "192.0.2.1", NOW + 10 * SECOND, NULL);
    gint64 newest = open_block(ledger, "192.0.2.2", NOW + 20 * SECOND, NULL);
    gint64 oldest = open_block(ledger, "192.0.2.1", NOW, NULL);
    OvIncident closed = {.id = middle, .phase = OV_INCIDENT_CLOSED};
    gboolean changed;
    assert_true(ov_ledger_change_incident(ledger, &closed, OV_INCIDENT_OPEN, &changed, NULL));
    const struct {
        const char *address;
        gboolean open;
        guint limit, n;
        gint64 first, last;
    } CASES[] = {
        {NULL, FALSE, 10, 3, newest, oldest},       {NULL, FALSE, 2, 2, newest, middle},
        {NULL, TRUE, 10, 2, newest, oldest},        {"192.0.2.1", FALSE, 10, 2, middle, oldest},
        {"192.0.2.1", TRUE, 10, 1, oldest, oldest},
    };
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++) {
        guint n = 0;
        const OvIncident *found = ov_ledger_incidents(ledger, CASES[i].address, CASES[i].open,
                                                      CASES[i].limit, place->arena, &n, NULL);
        assert_int_equal(n, CASES[i].n);
        assert_int_equal(found[0].id, CASES[i].first);
        assert_int_equal(found[n - 1].id, CASES[i].last);
    }
    guint n = 1;
    assert_non_null(ov_ledger_incidents(ledger, "'; DROP TABLE incidents; --", FALSE, 10,
                                        place->arena, &n, NULL));
    assert_int_equal(n, 0);
}

static void test_a_timeline_is_told_in_order_of_time(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    g_autoptr(OvLedger) reader = open_reader(place);
    const OvIncidentEvent told[] = {{NOW + 2, "note", "ann", "form closed"},
                                    {NOW, "opened", "", ""},
                                    {NOW + 2, "asked", "ann", ""},
                                    {NOW + 1, "alert", NULL, NULL}};
    for (guint i = 0; i < G_N_ELEMENTS(told); i++)
        assert_true(ov_ledger_add_incident_event(i % 2 ? ledger : reader, 1, &told[i], NULL));
    assert_true(ov_ledger_add_incident_event(ledger, 2, &told[0], NULL));
    guint n;
    const OvIncidentEvent *events = ov_ledger_incident_events(ledger, 1, 0, place->arena, &n, NULL);
    static const char *const KINDS[] = {"opened", "alert", "note", "asked"};
    assert_int_equal(n, G_N_ELEMENTS(KINDS));
    for (guint i = 0; i < n; i++)
        assert_string_equal(events[i].kind, KINDS[i]);
    assert_int_equal(events[2].time, NOW + 2);
    assert_string_equal(events[1].operator_name, "");
    assert_string_equal(events[1].text, "");
    assert_string_equal(events[2].operator_name, "ann");
    assert_string_equal(events[2].text, "form closed");
    ov_ledger_incident_events(ledger, 1, NOW + 2, place->arena, &n, NULL);
    assert_int_equal(n, 2);
}

static void test_a_subject_of_an_incident_has_one_step(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    assert_true(ov_ledger_put_incident_subject(ledger, 1, "account:shop", 0, NULL));
    assert_true(ov_ledger_put_incident_subject(ledger, 1, "account:blog", 0, NULL));
    assert_true(ov_ledger_put_incident_subject(ledger, 1, "account:shop", 2, NULL));
    assert_true(ov_ledger_put_incident_subject(ledger, 2, "account:shop", 1, NULL));
    guint n;
    const OvIncidentSubject *subjects =
        ov_ledger_incident_subjects(ledger, 1, place->arena, &n, NULL);
    assert_int_equal(n, 2);
    assert_string_equal(subjects[0].subject, "account:blog");
    assert_int_equal(subjects[0].step, 0);
    assert_string_equal(subjects[1].subject, "account:shop");
    assert_int_equal(subjects[1].step, 2);
}

static void test_an_incident_stays_when_its_mail_leaves_the_ledger(void **state) {
    Place *place = *state;
    settle(place, "retention = 1d\n");
    g_autoptr(OvLedger) ledger = open_ledger(place);
    gint64 id = open_block(ledger, "192.0.2.1", NOW - 1000 * DAY, NULL);
    OvDetection told = detection("a@x.example", NULL, NOW - 1000 * DAY, 1);
    add_detections(ledger, id, &told, 1);
    guint n;
    OvDetection *found = detections_of(ledger, place, id, OV_DETECTION_NEW, &n);
    OvLedgerRecord old = example(place);
    old.id = ov_id_first_at(g_get_real_time() - 2 * DAY) + 1;
    old.time = ov_id_time(old.id);
    add(ledger, &old);
    found->finding = OV_DETECTION_FOUND;
    found->message = old.id;
    found->account = "shop";
    assert_true(ov_ledger_explain_detections(ledger, found, 1, NULL));
    for (guint i = 0; i < 300 && find_one(ledger, place, old.id); i++)
        g_usleep(50000);
    assert_null(find_one(ledger, place, old.id));
    assert_int_equal(read_incident(ledger, place, id)->explained, 1);
    const OvCulprit *culprits = ov_ledger_culprits(ledger, id, place->arena, &n, NULL);
    assert_string_equal(culprits->account, "shop");
    assert_int_equal(culprits->first, old.time);
}

static void test_names_are_words_and_read_back(void **state) {
    (void)state;
    for (guint i = 0; i < OV_N_INCIDENT_PHASES; i++) {
        OvIncidentPhase phase = OV_N_INCIDENT_PHASES;
        assert_true(ov_incident_phase_parse(ov_incident_phase_name((OvIncidentPhase)i), &phase));
        assert_int_equal(phase, i);
    }
    OvIncidentPhase phase = OV_INCIDENT_EASING;
    assert_false(ov_incident_phase_parse("Open", &phase));
    assert_false(ov_incident_phase_parse(NULL, &phase));
    assert_int_equal(phase, OV_INCIDENT_EASING);
    static const char *const FINDINGS[] = {"new", "found", "several", "unknown", "logs", "marked"};
    for (guint i = 0; i < OV_N_DETECTION_FINDINGS; i++)
        assert_string_equal(ov_detection_finding_name((OvDetectionFinding)i), FINDINGS[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(test_a_block_is_opened_once),
        TEST(test_an_incident_is_read_as_it_was_written),
        TEST(test_a_change_takes_effect_from_its_phase_alone),
        TEST(test_incidents_come_newest_first_and_can_be_chosen),
        TEST(test_a_timeline_is_told_in_order_of_time),
        TEST(test_a_subject_of_an_incident_has_one_step),
        TEST(test_an_incident_stays_when_its_mail_leaves_the_ledger),
        TEST(test_names_are_words_and_read_back),
#undef TEST
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
