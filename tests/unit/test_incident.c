/* What the ledger keeps of blocks by the provider: policy/ledger/incident.h. */
#include "tests/unit/ledger_place.h"

#include "policy/ledger/incident.h"

#include <sys/wait.h>
#include <unistd.h>

static const gint64 NOW = G_GINT64_CONSTANT(1795435200) * G_USEC_PER_SEC; /* 2026-11-23 12:00 UTC */
static const gint64 SECOND = G_USEC_PER_SEC;
static const gint64 DAY = G_GINT64_CONSTANT(24) * 3600 * G_USEC_PER_SEC;

static OvIncident block_of(const char *address, gint64 since) {
    return (OvIncident){
        .hosting = "ovh",
        .network = "192.0.2.0/28",
        .address = address,
        .since = since,
        .duration = 3600,
        .state = "blocked",
        .opened = NOW,
        .wake = NOW + SECOND,
        .total = 1000,
        .spams = -1,
        .average = 412,
    };
}

static gint64 open_block(OvLedger *ledger, const char *address, gint64 since, gboolean *opened) {
    OvIncident incident = block_of(address, since);
    gint64 id = 0;
    g_autoptr(GError) error = NULL;
    if (!ov_ledger_open_incident(ledger, &incident, &id, opened, &error))
        fail_msg("%s", error->message);
    return id;
}

static const OvIncident *read_incident(OvLedger *ledger, const Place *place, gint64 id) {
    g_autoptr(GError) error = NULL;
    const OvIncident *incident = ov_ledger_incident(ledger, id, place->arena, &error);
    assert_null(error);
    return incident;
}

/* A reader beside the writer, as the command has it. */
static OvLedger *open_reader(const Place *place) {
    g_autoptr(GError) error = NULL;
    OvLedger *reader = ov_ledger_open_reader(place->settings, &error);
    if (error)
        fail_msg("%s", error->message);
    return reader;
}

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

static OvDetection detection(const char *message_id, const char *destination, gint64 time,
                             gint64 score) {
    return (OvDetection){.message_id = message_id,
                         .destination = destination,
                         .time = time,
                         .score = score,
                         .origin = "api"};
}

static guint add_detections(OvLedger *ledger, gint64 incident, const OvDetection *detections,
                            guint n) {
    guint n_new = 12345;
    g_autoptr(GError) error = NULL;
    if (!ov_ledger_add_detections(ledger, incident, detections, n, &n_new, &error))
        fail_msg("%s", error->message);
    return n_new;
}

static OvDetection *detections_of(OvLedger *ledger, const Place *place, gint64 incident,
                                  OvDetectionFinding finding, guint *n) {
    OvDetection *found =
        ov_ledger_detections(ledger, incident, finding, 0, 100000, place->arena, n, NULL);
    assert_non_null(found);
    return found;
}

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

static gboolean take(OvLedger *ledger, const char *holder, gint64 now, gint64 until) {
    gboolean taken = FALSE;
    g_autoptr(GError) error = NULL;
    if (!ov_ledger_take_lease(ledger, "poll", holder, now, until, &taken, &error))
        fail_msg("%s", error->message);
    return taken;
}

static void test_a_lease_has_one_holder_until_its_time_is_over(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    g_autoptr(OvLedger) reader = open_reader(place);
    assert_true(take(ledger, "mx1", NOW, NOW + 10));
    assert_false(take(reader, "mx2", NOW, NOW + 10));
    assert_false(take(reader, "mx2", NOW + 9, NOW + 20));
    assert_true(take(ledger, "mx1", NOW + 1, NOW + 15));
    assert_true(take(ledger, "mx1", NOW + 2, NOW + 5)); /* never shorter */
    assert_false(take(reader, "mx2", NOW + 14, NOW + 20));
    assert_true(take(reader, "mx2", NOW + 15, NOW + 20));
    assert_false(take(ledger, "mx1", NOW + 16, NOW + 30));
    assert_true(ov_ledger_give_lease(ledger, "poll", "mx1", NULL)); /* not its own */
    assert_false(take(ledger, "mx1", NOW + 16, NOW + 30));
    assert_true(ov_ledger_give_lease(reader, "poll", "mx2", NULL));
    assert_true(take(ledger, "mx1", NOW + 16, NOW + 30));
    assert_int_equal(ask(place->path, "SELECT count(*) FROM leases"), 1);
}

enum { THREADS = 8, ROUNDS = 20 };

typedef struct {
    OvLedger *ledger;
    char name[8];
    gint64 incident;
    guint won[2 * ROUNDS];
} Racer;

/* Takes each lease, and asks for the unblock of each incident, as all others do. */
static gpointer race(gpointer data) {
    Racer *racer = data;
    for (guint i = 0; i < ROUNDS; i++) {
        char lease[16];
        g_snprintf(lease, sizeof lease, "lease %u", i);
        OvIncident asked = {.id = (gint64)i + 1, .phase = OV_INCIDENT_ASKED};
        gboolean taken = FALSE, changed = FALSE;
        if (ov_ledger_take_lease(racer->ledger, lease, racer->name, NOW, NOW + DAY, &taken, NULL))
            racer->won[2 * i] = taken != FALSE;
        if (ov_ledger_change_incident(racer->ledger, &asked, OV_INCIDENT_OPEN, &changed, NULL))
            racer->won[2 * i + 1] = changed != FALSE;
    }
    return NULL;
}

static void test_of_many_threads_one_takes_a_lease_and_changes_a_phase(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    g_autoptr(OvLedger) reader = open_reader(place);
    for (guint i = 0; i < ROUNDS; i++)
        open_block(ledger, "192.0.2.1", NOW + i * SECOND, NULL);
    Racer racers[THREADS] = {{.incident = 0}};
    GThread *threads[THREADS];
    for (guint i = 0; i < THREADS; i++) {
        racers[i].ledger = i % 2 ? ledger : reader;
        g_snprintf(racers[i].name, sizeof racers[i].name, "mx%u", i);
    }
    for (guint i = 0; i < THREADS; i++)
        threads[i] = g_thread_new("race", race, &racers[i]);
    for (guint i = 0; i < THREADS; i++)
        g_thread_join(threads[i]);
    for (guint round = 0; round < 2 * ROUNDS; round++) {
        guint winners = 0;
        for (guint i = 0; i < THREADS; i++)
            winners += racers[i].won[round];
        assert_int_equal(winners, 1);
    }
}

/* In a process of its own; tells how many leases it took. */
static void run_apart(const Place *place, const char *name, int start) {
    char byte;
    Racer racer = {.ledger = ov_ledger_open_reader(place->settings, NULL)};
    g_strlcpy(racer.name, name, sizeof racer.name);
    int taken = 0;
    if (read(start, &byte, 1) < 0) /* until the pipe is closed, for all at once */
        _exit(255);
    race(&racer);
    for (guint i = 0; i < ROUNDS; i++)
        taken += (int)racer.won[2 * i];
    _exit(taken);
}

static void test_of_two_processes_one_takes_a_lease(void **state) {
    const Place *place = *state;
    ov_ledger_close(open_ledger(place));
    int start[2];
    assert_int_equal(pipe(start), 0);
    pid_t pids[2];
    for (guint i = 0; i < 2; i++) {
        pids[i] = fork();
        assert_true(pids[i] >= 0);
        if (pids[i] == 0) {
            close(start[1]);
            run_apart(place, i ? "mx2" : "mx1", start[0]);
        }
    }
    close(start[0]);
    close(start[1]);
    int taken = 0;
    for (guint i = 0; i < 2; i++) {
        int status;
        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        assert_true(WIFEXITED(status));
        taken += WEXITSTATUS(status);
    }
    assert_int_equal(taken, ROUNDS);
    assert_int_equal(ask(place->path, "SELECT count(*) FROM leases"), ROUNDS);
}

static const char *mark_of(OvLedger *ledger, const Place *place, const char *name) {
    const char *value = "unset";
    assert_true(ov_ledger_mark(ledger, name, place->arena, &value, NULL));
    return value;
}

static void test_a_mark_is_what_was_put_last(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    assert_null(mark_of(ledger, place, "last"));
    assert_true(ov_ledger_put_mark(ledger, "last", "1", NULL));
    assert_true(ov_ledger_put_mark(ledger, "last", "2", NULL));
    assert_true(ov_ledger_put_mark(ledger, "read 192.0.2.1", "", NULL));
    assert_string_equal(mark_of(ledger, place, "last"), "2");
    assert_string_equal(mark_of(ledger, place, "read 192.0.2.1"), "");
    assert_true(ov_ledger_put_mark(ledger, "last", NULL, NULL));
    assert_null(mark_of(ledger, place, "last"));
}

static void test_a_node_tells_how_it_stands_now(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    OvNodeReport mx2 = {"mx2", NOW, 3, "192.0.2.1 192.0.2.2", NOW - 5, 7, "outvet-queue is away"};
    OvNodeReport mx1 = {.node = "mx1", .seen = NOW - 59 * DAY};
    assert_true(ov_ledger_put_node(ledger, &mx1, NULL));
    assert_true(ov_ledger_put_node(ledger, &mx2, NULL));
    mx2.suspension = 4;
    assert_true(ov_ledger_put_node(ledger, &mx2, NULL));
    guint n;
    const OvNodeReport *nodes = ov_ledger_nodes(ledger, place->arena, &n, NULL);
    assert_int_equal(n, 2);
    assert_string_equal(nodes[0].node, "mx1");
    assert_string_equal(nodes[0].egress, "");
    assert_string_equal(nodes[0].trouble, "");
    assert_string_equal(nodes[1].node, "mx2");
    assert_int_equal(nodes[1].seen, NOW);
    assert_int_equal(nodes[1].suspension, 4);
    assert_string_equal(nodes[1].egress, "192.0.2.1 192.0.2.2");
    assert_int_equal(nodes[1].looked, NOW - 5);
    assert_int_equal(nodes[1].moving, 7);
    assert_string_equal(nodes[1].trouble, "outvet-queue is away");
    mx2.seen = NOW + 2 * DAY; /* mx1 is gone for good by now */
    assert_true(ov_ledger_put_node(ledger, &mx2, NULL));
    nodes = ov_ledger_nodes(ledger, place->arena, &n, NULL);
    assert_int_equal(n, 1);
    assert_string_equal(nodes[0].node, "mx2");
}

static char *repeat(const char *text, guint times) {
    GString *all = g_string_new(NULL);
    for (guint i = 0; i < times; i++)
        g_string_append(all, text);
    return g_string_free(all, FALSE);
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
        TEST(test_a_detection_told_again_is_not_added_again),
        TEST(test_a_detection_told_without_time_is_one_told_with_it),
        TEST(test_a_detection_is_read_as_it_was_told),
        TEST(test_detections_are_read_in_parts_and_by_finding),
        TEST(test_what_is_explained_is_counted),
        TEST(test_an_operators_mark_outlasts_a_finding),
        TEST(test_the_accounts_of_an_incident_come_with_the_most_first),
        TEST(test_a_timeline_is_told_in_order_of_time),
        TEST(test_a_subject_of_an_incident_has_one_step),
        TEST(test_a_lease_has_one_holder_until_its_time_is_over),
        TEST(test_of_many_threads_one_takes_a_lease_and_changes_a_phase),
        TEST(test_of_two_processes_one_takes_a_lease),
        TEST(test_a_mark_is_what_was_put_last),
        TEST(test_a_node_tells_how_it_stands_now),
        TEST(test_texts_are_cut_between_characters_and_made_valid),
        TEST(test_long_message_ids_count_one_by_one),
        TEST(test_an_incident_stays_when_its_mail_leaves_the_ledger),
        TEST(test_names_are_words_and_read_back),
#undef TEST
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
