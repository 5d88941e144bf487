/* What the provider's detections say of our rules. */
#include "tests/unit/ledger_place.h"

#include "policy/provider/report.h"

static const gint64 MINUTE = G_GINT64_CONSTANT(60) * G_USEC_PER_SEC;

typedef struct {
    double score;
    const char *verdict, *computed, *account;
    guint n_hits; /* HITS' first */
    gboolean detected;
} Mail;

static const Mail ALL[] = {
    {0.0, "accept", "accept", "shop", 0, TRUE},
    {0.2, "accept", "accept", "shop", 0, FALSE},
    {2.0, "accept", "accept", "shop", 1, TRUE},
    {2.4, "accept", "accept", "blog", 1, FALSE},
    {2.5, "tag", "tag", "blog", 2, TRUE},
    {4.0, "accept", "hold", NULL, 2, TRUE}, /* by shadow mode */
    {4.1, "accept", "accept", "blog", 1, FALSE},
    {6.0, "hold", "hold", "shop", 2, TRUE}, /* and released */
    {6.0, "hold", "hold", "shop", 2, FALSE},
    {-2.3, "accept", "accept", "blog", 0, FALSE},
    {-99.0, "accept", "accept", "blog", 0, FALSE},
};

enum { N_ALL = G_N_ELEMENTS(ALL) };

typedef struct {
    OvLedger *ledger;
    gint64 from, to;
} Scene;

/* Each message with its detections, and some more that count for nothing. */
static Scene begin(const Place *place) {
    Scene scene = {.ledger = open_ledger(place), .from = g_get_real_time() - 60 * MINUTE};
    scene.to = scene.from + 30 * MINUTE;
    g_autoptr(GArray) detections = g_array_new(FALSE, FALSE, sizeof(OvDetection));
    for (guint i = 0; i < N_ALL + 2; i++) {
        const Mail *mail = &ALL[i % N_ALL];
        OvLedgerRecord record = example(place);
        record.id = i < N_ALL    ? ov_id_first_at(scene.from + i * MINUTE)
                    : i == N_ALL ? ov_id_first_at(scene.from) - 1 /* of another time */
                                 : ov_id_first_at(scene.to);
        record.time = ov_id_time(record.id);
        record.score = mail->score;
        record.verdict = mail->verdict;
        record.computed = mail->computed;
        record.account = mail->account;
        record.n_hits = mail->n_hits;
        add(scene.ledger, &record);
        OvDetection told = {.message_id = "", .time = i, .origin = "api", .message = record.id};
        told.score = i < 2 ? 300 + (gint64)i : i == 2 ? 410 : G_MININT64;
        told.finding = mail->detected ? OV_DETECTION_FOUND : OV_DETECTION_SEVERAL;
        g_array_append_val(detections, told);
        told.time += 1000; /* of another recipient */
        g_array_append_val(detections, told);
    }
    OvDetection unknown = {.message_id = "", .origin = "api", .finding = OV_DETECTION_UNKNOWN};
    g_array_append_val(detections, unknown);
    assert_true(ov_ledger_add_detections(scene.ledger, 1,
                                         (const OvDetection *)(void *)detections->data,
                                         detections->len, NULL, NULL));
    return scene;
}

static const OvProviderReport *report_of(const Scene *scene, const Place *place, guint limit) {
    g_autoptr(GError) error = NULL;
    const OvProviderReport *report =
        ov_provider_report(scene->ledger, scene->from, scene->to, limit, place->arena, &error);
    if (!report)
        fail_msg("%s", error->message);
    return report;
}

static void test_a_message_counts_once_and_by_what_became_of_it(void **state) {
    const Place *place = *state;
    Scene scene = begin(place);
    const OvProviderReport *report = report_of(&scene, place, 10);
    assert_int_equal(report->totals.detected, 5);
    assert_int_equal(report->totals.missed, 4);
    assert_int_equal(report->totals.shadowed, 1);
    assert_int_equal(report->totals.bare, 1);
    assert_int_equal(report->passed, 9);
    ov_ledger_close(scene.ledger);
}

static void test_each_step_tells_what_a_threshold_there_costs(void **state) {
    static const OvReportStep STEPS[] = {
        {-10, 0, 1, 4, 5}, {-2.5, 0, 1, 4, 4}, {0, 1, 2, 4, 3},
        {2, 1, 2, 3, 2},   {2.5, 1, 1, 2, 1},  {4, 1, 2, 1, 1},
    };
    const Place *place = *state;
    Scene scene = begin(place);
    const OvProviderReport *report = report_of(&scene, place, 10);
    assert_int_equal(report->n_steps, G_N_ELEMENTS(STEPS));
    for (guint i = 0; i < report->n_steps; i++) {
        assert_true(report->steps[i].score == STEPS[i].score);
        assert_int_equal(report->steps[i].missed, STEPS[i].missed);
        assert_int_equal(report->steps[i].passed, STEPS[i].passed);
        assert_int_equal(report->steps[i].caught, STEPS[i].caught);
        assert_int_equal(report->steps[i].price, STEPS[i].price);
    }
    ov_ledger_close(scene.ledger);
}

static void test_the_threshold_for_a_share_is_the_highest(void **state) {
    static const struct {
        double share, score;
    } CASES[] = {{1.0, 0}, {0.76, 0}, {0.75, 2}, {0.5, 2.5}, {0.25, 4}, {0.0, 4}};
    const Place *place = *state;
    Scene scene = begin(place);
    const OvProviderReport *report = report_of(&scene, place, 10);
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++)
        assert_true(ov_provider_report_threshold(report, CASES[i].share)->score == CASES[i].score);
    ov_ledger_close(scene.ledger);
}

static void test_the_providers_score_stands_beside_ours(void **state) {
    const Place *place = *state;
    Scene scene = begin(place);
    const OvProviderReport *report = report_of(&scene, place, 10);
    assert_int_equal(report->n_beside, 2);
    assert_int_equal(report->beside[0].score, 300);
    assert_int_equal(report->beside[0].messages, 1); /* told with and without its time */
    assert_true(report->beside[0].ours == 0.0);
    assert_int_equal(report->beside[1].score, 400);
    assert_int_equal(report->beside[1].messages, 2); /* to two recipients */
    assert_true(report->beside[1].ours == 2.0);
    ov_ledger_close(scene.ledger);
}

static void assert_row(const OvMissesOf *row, const char *name, gint64 missed, gint64 passed) {
    assert_string_equal(row->name, name);
    assert_int_equal(row->missed, missed);
    assert_int_equal(row->passed, passed);
}

static void test_rules_and_accounts_come_with_the_most_missed_first(void **state) {
    const Place *place = *state;
    Scene scene = begin(place);
    const OvProviderReport *report = report_of(&scene, place, 10);
    assert_int_equal(report->n_rules, 2);
    assert_row(&report->rules[0], HITS[0].rule, 3, 5);
    assert_row(&report->rules[1], HITS[1].rule, 2, 2);
    assert_int_equal(report->n_accounts, 3);
    assert_row(&report->accounts[0], "shop", 2, 3);
    assert_row(&report->accounts[1], "", 1, 1);
    assert_row(&report->accounts[2], "blog", 1, 5);
    report = report_of(&scene, place, 1);
    assert_int_equal(report->n_rules, 1);
    assert_int_equal(report->n_accounts, 1);
    assert_string_equal(report->accounts[0].name, "shop");
    ov_ledger_close(scene.ledger);
}

static void test_an_empty_time_is_an_empty_report(void **state) {
    const Place *place = *state;
    Scene scene = {.ledger = open_ledger(place), .from = 0, .to = g_get_real_time()};
    const OvProviderReport *report = report_of(&scene, place, 10);
    assert_int_equal(report->totals.detected, 0);
    assert_int_equal(report->totals.missed, 0);
    assert_int_equal(report->totals.shadowed, 0);
    assert_int_equal(report->totals.bare, 0);
    assert_int_equal(report->passed, 0);
    assert_int_equal(report->n_steps + report->n_rules + report->n_accounts, 0);
    assert_null(ov_provider_report_threshold(report, 1.0));
    ov_ledger_close(scene.ledger);
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(test_a_message_counts_once_and_by_what_became_of_it),
        TEST(test_each_step_tells_what_a_threshold_there_costs),
        TEST(test_the_threshold_for_a_share_is_the_highest),
        TEST(test_the_providers_score_stands_beside_ours),
        TEST(test_rules_and_accounts_come_with_the_most_missed_first),
        TEST(test_an_empty_time_is_an_empty_report),
#undef TEST
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
