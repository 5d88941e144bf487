/* Announced mailings and easing, as limits.h holds mail against them. */
#include "tests/unit/ledger_place.h"

#include "policy/limits/limits.h"
#include "rules/init.h"

static const gint64 HOUR = G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC;

typedef struct {
    Place *place;
    OvLedger *ledger;
    OvAllowances *allowances;
    OvLimits *limits;
    OvSettings *settings;
    gint64 now; /* some time after what is announced was recorded */
    guint64 ticket;
    OvPassed passed;
} Fixture;

static void settle_plans(Fixture *fixture, const char *text) {
    g_autoptr(GError) error = NULL;
    ov_settings_unref(fixture->settings);
    fixture->settings = ov_settings_parse(text, strlen(text), "test.conf", &error);
    if (error)
        fail_msg("%s", error->message);
}

static int set_up_limits(void **state) {
    Fixture *fixture = g_new0(Fixture, 1);
    void *place;
    set_up(&place);
    fixture->place = place;
    fixture->ledger = open_ledger(place);
    fixture->allowances = ov_allowances_start(fixture->ledger);
    fixture->limits = ov_limits_new();
    ov_limits_set_allowances(fixture->limits, fixture->allowances);
    fixture->now = g_get_real_time() + HOUR / 60;
    *state = fixture;
    return 0;
}

static int tear_down_limits(void **state) {
    Fixture *fixture = *state;
    ov_limits_free(fixture->limits);
    ov_allowances_stop(fixture->allowances);
    ov_ledger_close(fixture->ledger);
    ov_settings_unref(fixture->settings);
    void *place = fixture->place;
    tear_down(&place);
    g_free(fixture);
    return 0;
}

static void record(Fixture *fixture, const OvAllowanceRow *row) {
    g_autoptr(GError) error = NULL;
    if (!ov_ledger_add_allowance(fixture->ledger, row, &error) ||
        !ov_allowances_refresh(fixture->allowances, &error))
        fail_msg("%s", error->message);
}

static OvAllowanceRow row_of(const char *subject, gint64 recipients) {
    gint64 now = g_get_real_time();
    return (OvAllowanceRow){
        .time = now,
        .subject = subject,
        .until = now + 100 * HOUR,
        .recipients = recipients,
        .operator_name = "olga",
        .reason = "Christmas letter",
    };
}

static void announce(Fixture *fixture, const char *subject, gint64 recipients) {
    OvAllowanceRow row = row_of(subject, recipients);
    record(fixture, &row);
}

static void ease(Fixture *fixture, const char *subject, gint64 recipients) {
    OvAllowanceRow row = row_of(subject, recipients);
    row.kind = OV_ALLOWANCE_EASING;
    row.span = "hour";
    record(fixture, &row);
}

static OvLimitMail mail_of(guint64 recipients) {
    return (OvLimitMail){.account = "shop",
                         .sender = "news@shop.example",
                         .client = "192.0.2.7",
                         .amounts = {{1, recipients, 1000}},
                         .binding = TRUE};
}

static gboolean pass(Fixture *fixture, const OvLimitMail *mail) {
    fixture->ticket++;
    gboolean taken = ov_limits_reserve(fixture->limits, fixture->settings, fixture->ticket, mail,
                                       fixture->now, fixture->place->arena, &fixture->passed);
    if (taken)
        ov_limits_keep(fixture->limits, fixture->ticket, fixture->now);
    return taken;
}

static gboolean passes(Fixture *fixture, guint64 recipients) {
    OvLimitMail mail = mail_of(recipients);
    return pass(fixture, &mail);
}

static guint64 counted(Fixture *fixture, OvSubjectKind kind, const char *name, OvAmount amount) {
    OvActivity activity;
    OvSubject subject = {kind, name};
    ov_counters_read(ov_limits_counters(fixture->limits), &subject, 0, fixture->now, &activity);
    return activity.sums[OV_SPAN_MONTH].of[amount];
}

static guint64 drawn(Fixture *fixture) {
    return counted(fixture, OV_SUBJECT_ACCOUNT, "shop", OV_AMOUNT_DRAWN);
}

static void test_an_announcement_raises_the_plan_by_so_many_and_is_used_up(void **state) {
    Fixture *fixture = *state;
    settle_plans(fixture, "[plan shop]\nrecipients = 40/hour\n");
    announce(fixture, "account:shop", 100);
    assert_true(passes(fixture, 40)); /* the usual mail, which the plan has room for */
    assert_null(fixture->passed.announced);
    assert_int_equal(drawn(fixture), 0);
    assert_true(passes(fixture, 60));
    assert_null(fixture->passed.plan);
    assert_non_null(strstr(fixture->passed.announced,
                           "100 recipients in an hour, and plan shop allows 40; announced for "
                           "account:shop: 100 recipients more until "));
    assert_true(
        g_str_has_suffix(fixture->passed.announced, "UTC, by olga: Christmas letter; 60 used"));
    assert_true(passes(fixture, 40));
    assert_true(g_str_has_suffix(fixture->passed.announced, "; 100 used"));
    assert_int_equal(drawn(fixture), 100);
    assert_false(passes(fixture, 1));
    assert_non_null(fixture->passed.plan);
    assert_int_equal(fixture->passed.bound.used, 41);
    assert_int_equal(counted(fixture, OV_SUBJECT_ACCOUNT, "shop", OV_AMOUNT_RECIPIENTS), 140);
}

static void test_an_announcement_is_used_up_also_when_the_clock_is_set_back(void **state) {
    Fixture *fixture = *state;
    settle_plans(fixture, "[plan shop]\nrecipients = 40/hour\n");
    announce(fixture, "account:shop", 100);
    assert_true(passes(fixture, 40));
    assert_true(passes(fixture, 30));
    static const gint64 STEPS[] = {2, 40 * 24};
    for (guint i = 0; i < G_N_ELEMENTS(STEPS); i++) {
        fixture->now -= STEPS[i] * HOUR;
        assert_true(passes(fixture, 30));
        assert_false(passes(fixture, 80));
    }
    assert_int_equal(drawn(fixture), 90);
    assert_false(passes(fixture, 11));
    assert_true(passes(fixture, 10));
}

static void test_the_plan_still_holds_for_the_usual_mail_afterwards(void **state) {
    Fixture *fixture = *state;
    settle_plans(fixture, "[plan shop]\nrecipients = 40/hour\nmessages = 3/day\n");
    OvAllowanceRow row = row_of("account:shop", 1000);
    record(fixture, &row);
    assert_true(passes(fixture, 30));
    assert_true(passes(fixture, 500));
    assert_int_equal(drawn(fixture), 500);
    row.ended = TRUE;
    record(fixture, &row);
    assert_true(passes(fixture, 10)); /* with what was announced it would be 540, and 4 */
    assert_false(passes(fixture, 1));
    fixture->now += HOUR + HOUR / 50;
    assert_true(passes(fixture, 1));
    assert_false(passes(fixture, 1)); /* messages */
}

static void test_a_mailing_has_room_for_the_whole_of_a_message_or_none(void **state) {
    Fixture *fixture = *state;
    settle_plans(fixture, "[plan shop]\nrecipients = 0/hour\n");
    OvAllowanceRow row = row_of("account:shop", 100);
    row.messages = 2;
    record(fixture, &row);
    assert_false(passes(fixture, 101));
    assert_int_equal(drawn(fixture), 0);
    assert_true(passes(fixture, 1));
    assert_true(passes(fixture, 98));
    assert_false(passes(fixture, 1)); /* of recipients there is one left, of messages none */
    fixture->now += HOUR;
    row.time = fixture->now; /* a new one, from which nothing is used */
    row.messages = 1;
    record(fixture, &row);
    assert_true(passes(fixture, 1));
    assert_false(passes(fixture, 1));
}

static void test_usual_warm_up_and_domains_do_not_stop_it(void **state) {
    Fixture *fixture = *state;
    static const char *const plans[] = {
        "[plan shop]\nusual = 2 above 10\n",
        "[plan shop]\nwarm_up = 50 x2\n",
        "[plan shop]\ndomains = 2/day\n",
        "[plan shop]\nmessages = 1/day\n",
        "[plan shop]\nmessages = 1/day\nover = suspend\n",
        "",
    };
    settle_plans(fixture, "");
    gint64 end = fixture->now;
    for (guint day = 4; day > 0; day--) { /* so that something is usual */
        fixture->now = end - (gint64)day * 24 * HOUR;
        assert_true(passes(fixture, 20));
    }
    fixture->now = end;
    announce(fixture, "account:shop", 1000);
    for (guint i = 0; i < G_N_ELEMENTS(plans); i++) {
        settle_plans(fixture, plans[i]);
        const char *recipients[] = {"a@a.example", "b@b.example", "c@c.example"};
        OvLimitMail mail = mail_of(100);
        mail.domains = ov_limits_domains(recipients, 3, fixture->place->arena);
        guint64 before = drawn(fixture);
        assert_true(pass(fixture, &mail));
        assert_null(fixture->passed.plan);
        assert_non_null(fixture->passed.announced);
        assert_int_equal(drawn(fixture), before + 100);
    }
    assert_true(g_str_has_prefix(fixture->passed.announced, "more than usual; announced for "));
}

static void test_other_bounds_and_other_subjects_hold(void **state) {
    Fixture *fixture = *state;
    announce(fixture, "account:shop", 1000);
    settle_plans(fixture, "[plan shop]\nsize = 1500/day\n");
    assert_true(passes(fixture, 100));
    assert_false(passes(fixture, 100));
    settle_plans(fixture, "[plan domain]\nof = sender_domain\nrecipients = 100/day\n");
    assert_false(passes(fixture, 1));
    assert_string_equal(fixture->passed.plan->name, "domain");
    settle_plans(fixture, "[plan shop]\ndetections = 2/day\n");
    assert_true(passes(fixture, 1));
    ov_limits_detected(fixture->limits, "shop", 3, fixture->now, fixture->place->arena);
    assert_false(passes(fixture, 1));
    g_autofree char *text = ov_bound_text(&fixture->passed.bound);
    assert_string_equal(text, "3 of 2 messages that the provider reported as spam in a day");
    OvLimitMail boss = mail_of(1);
    boss.account = "boss";
    assert_true(pass(fixture, &boss));
}

static void test_each_kind_of_subject_can_be_announced(void **state) {
    static const struct {
        const char *subject, *kind;
    } CASES[] = {
        {"sender_domain:shop.example", "sender_domain"},
        {"script:33:mail.php", "script"},
        {"client:192.0.2.7", "client"},
        {"egress:198.51.100.25", "egress"},
        {"provider:gmail", "provider"},
    };
    Fixture *fixture = *state;
    guint providers[OV_N_PROVIDERS + 1] = {[OV_PROVIDER_GMAIL] = 5};
    OvEgressPoint point = {.helo = NULL};
    OvEgress egress = {.points = &point, .n_points = 1};
    assert_true(ov_ip_address_parse(ov_slice("198.51.100.25"), &point.address));
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autofree char *text =
            g_strdup_printf("[plan it]\nof = %s\nrecipients = 0/day\n", CASES[i].kind);
        OvLimitMail mail = mail_of(5);
        mail.script = "33:mail.php";
        mail.providers = providers;
        mail.egress = &egress;
        settle_plans(fixture, text);
        assert_false(pass(fixture, &mail));
        announce(fixture, CASES[i].subject, 5);
        assert_true(pass(fixture, &mail));
        assert_non_null(strstr(fixture->passed.announced, CASES[i].subject));
        assert_false(pass(fixture, &mail));
    }
}

static void test_the_rules_are_not_told_of_announced_mail(void **state) {
    Fixture *fixture = *state;
    settle_plans(fixture, "");
    announce(fixture, "account:shop", 20000);
    OvLimitMail mail = mail_of(1);
    mail.script = "33:mail.php";
    for (guint i = 0; i < 5000; i++)
        assert_true(pass(fixture, &mail));
    OvRecent recent;
    ov_limits_recent(fixture->limits, 0, &mail, fixture->now, fixture->place->arena, &recent);
    assert_int_equal(recent.hour, 50); /* of which VOL_HOUR_SENDER says nothing */
    assert_int_equal(recent.day, 50);
    assert_int_equal(recent.domain_day, 50);
    assert_int_equal(recent.script_burst, 50);
    assert_int_equal(recent.messages, 5000);
    assert_int_equal(drawn(fixture), 4950);
}

static void test_an_announcement_waits_for_its_time_and_ends_with_it(void **state) {
    Fixture *fixture = *state;
    settle_plans(fixture, "[plan shop]\nrecipients = 0/day\n");
    announce(fixture, "account:shop", 100);
    assert_true(passes(fixture, 1));
    fixture->now += 100 * HOUR;
    assert_false(passes(fixture, 1));
}

static void test_what_the_policy_service_sees_is_drawn_once(void **state) {
    Fixture *fixture = *state;
    settle_plans(fixture, "[plan shop]\nrecipients = 0/day\n");
    announce(fixture, "account:shop", 10);
    guint64 tickets[] = {ov_limits_ticket("192.0.2.7", "4000"),
                         ov_limits_ticket("192.0.2.7", "4001")};
    ov_limits_attend(fixture->limits, tickets[0]);
    for (guint way = 0; way < 2; way++) {
        OvLimitStep step = {
            .ticket = tickets[way], .instance = "a.1", .mail = mail_of(0), .now = fixture->now};
        OvLimitStep *steps[] = {&step};
        for (guint i = 0; i < 5; i++) {
            step.recipients = i == 4 ? 4 : 0;
            step.octets = i == 4 ? 100 : 0;
            ov_limits_step(fixture->limits, fixture->settings, steps, 1, fixture->place->arena);
            assert_true(step.taken);
        }
        gboolean attended = step.attended;
        assert_int_equal(attended, way == 0);
        OvLimitMail whole = mail_of(4);
        if (attended)
            assert_true(ov_limits_reserve(fixture->limits, fixture->settings, tickets[way], &whole,
                                          fixture->now, fixture->place->arena, &fixture->passed));
        ov_limits_keep(fixture->limits, tickets[way], fixture->now);
        assert_int_equal(drawn(fixture), 4 * (way + 1));
    }
    assert_int_equal(counted(fixture, OV_SUBJECT_ACCOUNT, "shop", OV_AMOUNT_DRAWN_MESSAGES), 2);
    assert_true(passes(fixture, 2));
    assert_false(passes(fixture, 1));
}

static gpointer hammer(gpointer data) {
    Fixture *fixture = data;
    static gint tickets;
    guint taken = 0;
    g_autoptr(OvArena) arena = ov_arena_new();
    for (guint i = 0; i < 500; i++) {
        OvLimitMail mail = mail_of(1);
        OvPassed passed;
        guint64 ticket = (guint64)g_atomic_int_add(&tickets, 1) + 5000;
        if (!ov_limits_reserve(fixture->limits, fixture->settings, ticket, &mail, fixture->now,
                               arena, &passed))
            continue;
        if (i % 3 == 0) {
            ov_limits_drop(fixture->limits, ticket);
        } else {
            ov_limits_keep(fixture->limits, ticket, fixture->now);
            taken++;
        }
    }
    return GUINT_TO_POINTER(taken);
}

static void test_no_more_than_was_announced_passes_across_threads(void **state) {
    Fixture *fixture = *state;
    settle_plans(fixture, "[plan shop]\nrecipients = 100/day\n");
    announce(fixture, "account:shop", 400);
    GThread *threads[4];
    guint taken = 0;
    for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
        threads[i] = g_thread_new("hammer", hammer, fixture);
    for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
        taken += GPOINTER_TO_UINT(g_thread_join(threads[i]));
    for (guint i = 0; i < 500 && passes(fixture, 1); i++)
        taken++;
    assert_int_equal(taken, 500);
    assert_int_equal(drawn(fixture), 400);
}

static void test_an_easing_bounds_its_subject_whatever_is_announced(void **state) {
    Fixture *fixture = *state;
    settle_plans(fixture, "[plan shop]\nrecipients = 1000/hour\n");
    announce(fixture, "account:shop", 1000);
    ease(fixture, "account:shop", 100);
    assert_true(passes(fixture, 100));
    assert_false(passes(fixture, 1));
    assert_int_equal(fixture->passed.plan->over, OV_OVER_DEFER);
    const char *text = ov_passed_text(&fixture->passed, fixture->place->arena);
    assert_true(g_str_has_prefix(
        text, "101 recipients in an hour, and after an incident 100 are allowed until "));
    fixture->now += HOUR + HOUR / 50;
    assert_true(passes(fixture, 100));
    OvLimitMail exempt = mail_of(1);
    exempt.binding = FALSE;
    assert_true(pass(fixture, &exempt)); /* counted, told, and not stopped */
    assert_non_null(fixture->passed.plan);
    fixture->now += 100 * HOUR;
    assert_true(passes(fixture, 500)); /* it is over */
}

static void test_an_address_without_a_plan_can_be_eased(void **state) {
    Fixture *fixture = *state;
    settle_plans(fixture, "");
    OvEgressPoint point = {.helo = NULL};
    OvEgress egress = {.points = &point, .n_points = 1};
    assert_true(ov_ip_address_parse(ov_slice("198.51.100.25"), &point.address));
    OvLimitMail mail = mail_of(10);
    mail.egress = &egress;
    assert_false(ov_limits_count(fixture->limits, fixture->settings, OV_SUBJECT_EGRESS));
    ease(fixture, "egress:198.51.100.25", 15);
    assert_true(ov_limits_count(fixture->limits, fixture->settings, OV_SUBJECT_EGRESS));
    assert_true(pass(fixture, &mail));
    assert_false(pass(fixture, &mail));
    assert_int_equal(fixture->passed.subject.kind, OV_SUBJECT_EGRESS);
}

int main(void) {
    ov_rules_init();
    const struct CMUnitTest tests[] = {
#define LIMITS(name) cmocka_unit_test_setup_teardown(name, set_up_limits, tear_down_limits)
        LIMITS(test_an_announcement_raises_the_plan_by_so_many_and_is_used_up),
        LIMITS(test_an_announcement_is_used_up_also_when_the_clock_is_set_back),
        LIMITS(test_the_plan_still_holds_for_the_usual_mail_afterwards),
        LIMITS(test_a_mailing_has_room_for_the_whole_of_a_message_or_none),
        LIMITS(test_usual_warm_up_and_domains_do_not_stop_it),
        LIMITS(test_other_bounds_and_other_subjects_hold),
        LIMITS(test_each_kind_of_subject_can_be_announced),
        LIMITS(test_the_rules_are_not_told_of_announced_mail),
        LIMITS(test_an_announcement_waits_for_its_time_and_ends_with_it),
        LIMITS(test_what_the_policy_service_sees_is_drawn_once),
        LIMITS(test_no_more_than_was_announced_passes_across_threads),
        LIMITS(test_an_easing_bounds_its_subject_whatever_is_announced),
        LIMITS(test_an_address_without_a_plan_can_be_eased),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
