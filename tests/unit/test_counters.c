/* policy/limits/counters.h, bound.h and keeper.h. */
#include "policy/limits/keeper.h"
#include "tests/unit/ledger_place.h"

static const gint64 HOUR = G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC;
static const gint64 DAY = G_GINT64_CONSTANT(24) * 3600 * G_USEC_PER_SEC;
static const gint64 START = G_GINT64_CONSTANT(1795000000) * G_USEC_PER_SEC;

static const gint64 OLDEST = G_GINT64_CONSTANT(1577836800) * G_USEC_PER_SEC; /* a meter's time 0 */

static const OvSubject SHOP = {OV_SUBJECT_ACCOUNT, "shop"};
static const OvSubject DOMAIN = {OV_SUBJECT_SENDER_DOMAIN, "shop"};

static OvBound most(OvAmount amount, OvSpan span, guint64 most, gboolean refuses) {
    return (OvBound){
        .form = OV_BOUND_MOST, .amount = amount, .span = span, .most = most, .refuses = refuses};
}

static OvClaim mail(guint64 recipients, OvBound *bound) {
    return (OvClaim){.subject = SHOP,
                     .amounts = {{1, recipients, 1000}},
                     .bounds = bound,
                     .n_bounds = bound ? 1 : 0};
}

static guint64 sum(OvCounters *counters, const OvSubject *subject, OvAmount amount, OvSpan span,
                   gint64 now) {
    OvActivity activity;
    ov_counters_read(counters, subject, 0, now, &activity);
    return activity.sums[span].of[amount];
}

static void add_amounts(OvCounters *counters, OvAmounts amounts, gint64 now) {
    OvClaim claim = {.subject = SHOP, .amounts = amounts};
    ov_counters_add(counters, &claim, now);
}

static void test_mail_over_a_bound_is_not_counted(void **state) {
    (void)state;
    g_autoptr(OvCounters) counters = ov_counters_new();
    guint taken = 0;
    for (guint i = 0; i < 20; i++) {
        OvBound bound = most(OV_AMOUNT_RECIPIENTS, OV_SPAN_HOUR, 10, TRUE);
        OvClaim claim = mail(3, &bound);
        taken += ov_counters_count(counters, 0, &claim, 1, START + i) ? 1 : 0;
        if (i == 19) {
            assert_true(bound.passed);
            assert_int_equal(bound.used, 12);
            assert_int_equal(bound.allowed, 10);
        }
    }
    assert_int_equal(taken, 3);
    assert_int_equal(sum(counters, &SHOP, OV_AMOUNT_RECIPIENTS, OV_SPAN_HOUR, START), 9);
    /* An hour later there is room again. */
    OvBound bound = most(OV_AMOUNT_RECIPIENTS, OV_SPAN_HOUR, 10, TRUE);
    OvClaim claim = mail(10, &bound);
    assert_true(ov_counters_count(counters, 0, &claim, 1, START + HOUR + HOUR / 100));
}

static gboolean takes(OvCounters *counters, gint64 now) {
    OvBound bound = most(OV_AMOUNT_MESSAGES, OV_SPAN_HOUR, 10, TRUE);
    OvClaim claim = mail(1, &bound);
    return ov_counters_count(counters, 0, &claim, 1, now);
}

/* Neither is there more room, nor is there none for as long as the clock was set back. */
static void test_an_hour_is_an_hour_when_the_clock_is_set_back(void **state) {
    (void)state;
    const gint64 steps[] = {2 * HOUR, 40 * DAY};
    for (guint i = 0; i < G_N_ELEMENTS(steps); i++) {
        g_autoptr(OvCounters) counters = ov_counters_new();
        for (guint n = 0; n < 6; n++)
            assert_true(takes(counters, START + n));
        gint64 back = START - steps[i];
        for (guint n = 0; n < 4; n++)
            assert_true(takes(counters, back + n));
        assert_false(takes(counters, back + 5));
        assert_false(takes(counters, back + HOUR - G_USEC_PER_SEC));
        for (guint n = 0; n < 10; n++)
            assert_true(takes(counters, back + HOUR + HOUR / 100 + n));
        assert_false(takes(counters, back + HOUR + HOUR / 100 + 10));
    }
}

static void test_the_ledger_s_counters_are_set_back_with_the_clock(void **state) {
    (void)state;
    g_autoptr(OvCounters) counters = ov_counters_new(), later = ov_counters_new();
    for (guint n = 0; n < 10; n++)
        assert_true(takes(counters, START + n));
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(OvCounterRow));
    g_array_set_clear_func(rows, (GDestroyNotify)ov_counter_row_clear);
    gint64 back = START - 40 * DAY;
    assert_int_equal(ov_counters_take_changed(counters, 10, START + 10, rows), 1);
    assert_true(ov_counters_recall(later, &g_array_index(rows, OvCounterRow, 0), back));
    assert_false(takes(later, back + 1));
    assert_true(takes(later, back + HOUR + HOUR / 100));
}

static void test_a_bound_that_does_not_refuse_is_told(void **state) {
    (void)state;
    g_autoptr(OvCounters) counters = ov_counters_new();
    OvBound bound = most(OV_AMOUNT_MESSAGES, OV_SPAN_MINUTE, 1, FALSE);
    OvClaim claim = mail(1, &bound);
    assert_true(ov_counters_count(counters, 0, &claim, 1, START));
    assert_false(bound.passed);
    assert_true(ov_counters_count(counters, 0, &claim, 1, START));
    assert_true(bound.passed);
    assert_int_equal(sum(counters, &SHOP, OV_AMOUNT_MESSAGES, OV_SPAN_DAY, START), 2);
}

static void test_all_subjects_count_or_none(void **state) {
    (void)state;
    g_autoptr(OvCounters) counters = ov_counters_new();
    OvBound bound = most(OV_AMOUNT_MESSAGES, OV_SPAN_DAY, 0, TRUE);
    OvClaim claims[] = {mail(1, NULL), mail(1, &bound)};
    claims[1].subject = DOMAIN;
    assert_false(ov_counters_count(counters, 0, claims, 2, START));
    assert_int_equal(sum(counters, &SHOP, OV_AMOUNT_MESSAGES, OV_SPAN_DAY, START), 0);
}

static void test_a_message_is_counted_once_on_its_way(void **state) {
    (void)state;
    g_autoptr(OvCounters) counters = ov_counters_new();
    OvBound bound = most(OV_AMOUNT_RECIPIENTS, OV_SPAN_HOUR, 4, TRUE);
    for (guint n = 1; n <= 4; n++) {
        OvClaim claim = mail(n, &bound);
        assert_true(ov_counters_reserve(counters, 77, &claim, 1, START));
        assert_int_equal(bound.used, n);
    }
    OvClaim fifth = mail(5, &bound);
    assert_false(ov_counters_reserve(counters, 77, &fifth, 1, START));
    /* What is reserved counts for others. */
    OvClaim other = mail(1, &bound);
    assert_false(ov_counters_reserve(counters, 78, &other, 1, START));
    OvClaim final = mail(4, &bound);
    assert_true(ov_counters_count(counters, 77, &final, 1, START));
    assert_int_equal(sum(counters, &SHOP, OV_AMOUNT_RECIPIENTS, OV_SPAN_HOUR, START), 4);
    assert_int_equal(sum(counters, &SHOP, OV_AMOUNT_MESSAGES, OV_SPAN_HOUR, START), 1);
    OvCountersStatus status;
    ov_counters_status(counters, &status);
    assert_int_equal(status.reserved, 0);
}

static void test_what_is_given_back_never_was(void **state) {
    (void)state;
    g_autoptr(OvCounters) counters = ov_counters_new();
    OvClaim claims[] = {mail(3, NULL), mail(3, NULL)};
    claims[1].subject = DOMAIN;
    assert_true(ov_counters_reserve(counters, 5, claims, 2, START));
    assert_int_equal(sum(counters, &DOMAIN, OV_AMOUNT_RECIPIENTS, OV_SPAN_DAY, START), 3);
    ov_counters_give_back(counters, 5);
    ov_counters_give_back(counters, 5);
    assert_int_equal(sum(counters, &SHOP, OV_AMOUNT_RECIPIENTS, OV_SPAN_DAY, START), 0);
    assert_int_equal(sum(counters, &DOMAIN, OV_AMOUNT_RECIPIENTS, OV_SPAN_DAY, START), 0);
}

static void test_what_is_kept_stays(void **state) {
    (void)state;
    g_autoptr(OvCounters) counters = ov_counters_new();
    OvClaim claim = mail(3, NULL);
    assert_false(ov_counters_keep(counters, 6, START));
    ov_counters_reserve(counters, 6, &claim, 1, START);
    assert_true(ov_counters_keep(counters, 6, START));
    ov_counters_give_back(counters, 6);
    assert_int_equal(sum(counters, &SHOP, OV_AMOUNT_RECIPIENTS, OV_SPAN_DAY, START), 3);
}

static void test_a_share_needs_enough_to_be_one(void **state) {
    (void)state;
    g_autoptr(OvCounters) counters = ov_counters_new();
    OvBound bound = {.form = OV_BOUND_SHARE,
                     .amount = OV_AMOUNT_BOUNCED,
                     .span = OV_SPAN_DAY,
                     .most = 1000,
                     .least = 100};
    OvAmounts bounced = {.of[OV_AMOUNT_BOUNCED] = 50};
    OvAmounts delivered = {.of[OV_AMOUNT_DELIVERED] = 50};
    add_amounts(counters, bounced, START);
    OvClaim claim = mail(1, &bound);
    ov_counters_count(counters, 0, &claim, 1, START);
    assert_false(bound.passed);
    add_amounts(counters, delivered, START);
    ov_counters_count(counters, 0, &claim, 1, START);
    assert_true(bound.passed);
    assert_int_equal(bound.used, 5000);
    delivered.of[OV_AMOUNT_DELIVERED] = 400;
    add_amounts(counters, delivered, START);
    ov_counters_count(counters, 0, &claim, 1, START);
    assert_false(bound.passed);
    assert_int_equal(bound.used, 1000);
}

static void test_the_usual_day_is_a_median(void **state) {
    (void)state;
    g_autoptr(OvCounters) counters = ov_counters_new();
    static const guint64 days[] = {100, 120, 0, 5000, 110};
    OvBound bound = {.form = OV_BOUND_USUAL,
                     .amount = OV_AMOUNT_RECIPIENTS,
                     .span = OV_SPAN_DAY,
                     .factor = 3,
                     .least = 50};
    gint64 now = START;
    OvClaim claim = mail(1000, &bound);
    ov_counters_count(counters, 0, &claim, 1, now);
    assert_false(bound.passed); /* nothing is usual yet */
    now += 40 * DAY;
    for (guint i = 0; i < G_N_ELEMENTS(days); i++, now += DAY) {
        OvAmounts amounts = {{1, days[i], 1}};
        if (days[i] > 0)
            add_amounts(counters, amounts, now);
    }
    OvActivity activity;
    ov_counters_read(counters, &SHOP, 0, now, &activity);
    assert_int_equal(activity.usual, 120);
    claim = mail(361, &bound);
    ov_counters_count(counters, 0, &claim, 1, now);
    assert_true(bound.passed);
    assert_int_equal(bound.allowed, 360);
}

static void test_warm_up_grows_by_day(void **state) {
    (void)state;
    g_autoptr(OvCounters) counters = ov_counters_new();
    OvBound bound = {.form = OV_BOUND_WARM_UP,
                     .amount = OV_AMOUNT_RECIPIENTS,
                     .span = OV_SPAN_DAY,
                     .most = 50,
                     .factor = 2,
                     .refuses = TRUE};
    static const guint64 allowed[] = {50, 100, 200, 400};
    for (guint day = 0; day < G_N_ELEMENTS(allowed); day++) {
        gint64 now = START + (gint64)day * DAY;
        now += day > 0 ? HOUR : 0;
        OvClaim one = mail(1, &bound), many = mail(allowed[day], &bound);
        assert_true(ov_counters_count(counters, 0, &one, 1, now));
        assert_int_equal(bound.allowed, allowed[day]);
        assert_false(ov_counters_count(counters, 0, &many, 1, now));
    }
}

static void test_survives_in_the_ledger(void **state) {
    Place *place = *state;
    gint64 now = g_get_real_time();
    for (guint round = 0; round < 3; round++) {
        g_autoptr(OvLedger) ledger = open_ledger(place);
        g_autoptr(OvCounters) counters = ov_counters_new();
        OvKeeper *keeper = ov_keeper_start(counters, ledger);
        assert_int_equal(sum(counters, &SHOP, OV_AMOUNT_RECIPIENTS, OV_SPAN_HOUR, now), 2 * round);
        OvClaim claim = mail(2, NULL), reserved = mail(40, NULL);
        claim.things[OV_THING_DOMAINS] = (OvThings){&round, 1};
        assert_int_equal(ov_counters_things(counters, &SHOP, OV_THING_DOMAINS, OV_SPAN_HOUR, now),
                         round);
        ov_counters_count(counters, 0, &claim, 1, now);
        /* What is only reserved is not kept. */
        ov_counters_reserve(counters, 9, &reserved, 1, now);
        ov_keeper_stop(keeper);
    }
    assert_int_equal(ask(place->path, "SELECT count(*) FROM counters WHERE kind = 'account'"), 1);
}

static void test_what_is_over_leaves_the_ledger(void **state) {
    Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    g_autoptr(OvCounters) counters = ov_counters_new();
    OvKeeper *keeper = ov_keeper_start(counters, ledger);
    OvClaim claim = mail(2, NULL);
    ov_counters_count(counters, 0, &claim, 1, g_get_real_time() - 31 * DAY);
    ov_keeper_stop(keeper);
    OvCountersStatus status;
    ov_counters_status(counters, &status);
    assert_int_equal(status.subjects, 0);
    assert_int_equal(ask(place->path, "SELECT count(*) FROM counters"), 0);
}

static void test_a_broken_row_spoils_no_other(void **state) {
    Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    OvCounterRow rows[] = {
        {.subject = SHOP, .first = 1, .octets = (guint8 *)(guintptr) "\xff\xff", .length = 2},
        {.subject = DOMAIN, .first = 1, .octets = (guint8 *)(guintptr) "\x01\x00\x07", .length = 3},
    };
    assert_true(ov_ledger_keep_counters(ledger, rows, 2, NULL));
    g_autoptr(OvCounters) counters = ov_counters_new();
    OvKeeper *keeper = ov_keeper_start(counters, ledger);
    assert_int_equal(logged_lines("error=what the ledger has of it can't be read"), 1);
    OvActivity activity;
    ov_counters_read(counters, &DOMAIN, 0, OLDEST, &activity);
    assert_int_equal(activity.sums[OV_SPAN_MINUTE].of[OV_AMOUNT_MESSAGES], 7);
    ov_keeper_stop(keeper);
}

static void test_who_sends_no_more_is_forgotten(void **state) {
    (void)state;
    g_autoptr(OvCounters) counters = ov_counters_new();
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(OvCounterRow));
    g_array_set_clear_func(rows, (GDestroyNotify)ov_counter_row_clear);
    OvClaim claim = mail(1, NULL);
    ov_counters_count(counters, 0, &claim, 1, START);
    assert_int_equal(ov_counters_take_changed(counters, 10, START, rows), 1);
    for (guint i = 0; i < 256; i++)
        ov_counters_sweep(counters, START + 29 * DAY);
    assert_int_equal(ov_counters_take_changed(counters, 10, START + 29 * DAY, rows), 0);
    for (guint i = 0; i < 256; i++)
        ov_counters_sweep(counters, START + 31 * DAY);
    assert_int_equal(ov_counters_take_changed(counters, 10, START + 31 * DAY, rows), 1);
    assert_null(g_array_index(rows, OvCounterRow, 1).octets);
    OvCountersStatus status;
    ov_counters_status(counters, &status);
    assert_int_equal(status.subjects, 0);
}

static gpointer hammer(gpointer data) {
    OvCounters *counters = data;
    static gint names;
    gint me = g_atomic_int_add(&names, 1);
    for (guint i = 0; i < 4000; i++) {
        OvBound bound = most(OV_AMOUNT_MESSAGES, OV_SPAN_DAY, 5000, TRUE);
        OvClaim claim = mail(1, &bound);
        guint64 ticket = (guint64)me * 100000 + i + 1;
        if (ov_counters_reserve(counters, ticket, &claim, 1, START) && i % 3 == 0)
            ov_counters_give_back(counters, ticket);
        else
            ov_counters_count(counters, ticket, &claim, 1, START);
        if (i % 64 == 0) {
            g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(OvCounterRow));
            g_array_set_clear_func(rows, (GDestroyNotify)ov_counter_row_clear);
            ov_counters_take_changed(counters, 10, START, rows);
            ov_counters_return(counters, rows);
            ov_counters_sweep(counters, START);
        }
    }
    return NULL;
}

static void test_a_bound_holds_across_threads(void **state) {
    (void)state;
    g_autoptr(OvCounters) counters = ov_counters_new();
    GThread *threads[4];
    for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
        threads[i] = g_thread_new("hammer", hammer, counters);
    for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
        g_thread_join(threads[i]);
    assert_int_equal(sum(counters, &SHOP, OV_AMOUNT_MESSAGES, OV_SPAN_DAY, START), 5000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mail_over_a_bound_is_not_counted),
        cmocka_unit_test(test_an_hour_is_an_hour_when_the_clock_is_set_back),
        cmocka_unit_test(test_the_ledger_s_counters_are_set_back_with_the_clock),
        cmocka_unit_test(test_a_bound_that_does_not_refuse_is_told),
        cmocka_unit_test(test_all_subjects_count_or_none),
        cmocka_unit_test(test_a_message_is_counted_once_on_its_way),
        cmocka_unit_test(test_what_is_given_back_never_was),
        cmocka_unit_test(test_what_is_kept_stays),
        cmocka_unit_test(test_a_share_needs_enough_to_be_one),
        cmocka_unit_test(test_the_usual_day_is_a_median),
        cmocka_unit_test(test_warm_up_grows_by_day),
        cmocka_unit_test_setup_teardown(test_survives_in_the_ledger, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_over_leaves_the_ledger, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_broken_row_spoils_no_other, set_up, tear_down),
        cmocka_unit_test(test_who_sends_no_more_is_forgotten),
        cmocka_unit_test(test_a_bound_holds_across_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
