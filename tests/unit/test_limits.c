/* policy/limits/plan.h and limits.h: plans as settings have them, and mail held against them. */
#include "policy/limits/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

static const gint64 START = G_GINT64_CONSTANT(1795000000) * G_USEC_PER_SEC;
static const gint64 HOUR = G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC;

typedef struct {
    OvSettings *settings;
    OvLimits *limits;
    OvArena *arena;
    gint64 now;
    OvPassed passed;
    gboolean attended;
} Fixture;

static OvSettings *settings_of(const char *text) {
    g_autoptr(GError) error = NULL;
    OvSettings *settings = ov_settings_parse(text, strlen(text), "test.conf", &error);
    if (error)
        fail_msg("%s", error->message);
    return settings;
}

static void settle(Fixture *fixture, const char *text) {
    ov_settings_unref(fixture->settings);
    fixture->settings = settings_of(text);
}

static int set_up(void **state) {
    Fixture *fixture = g_new0(Fixture, 1);
    fixture->limits = ov_limits_new();
    fixture->arena = ov_arena_new();
    fixture->now = START;
    *state = fixture;
    return 0;
}

static int tear_down(void **state) {
    Fixture *fixture = *state;
    ov_limits_free(fixture->limits);
    ov_settings_unref(fixture->settings);
    ov_arena_free(fixture->arena);
    g_free(fixture);
    return 0;
}

static OvLimitMail mail_of(const char *account, guint64 recipients) {
    return (OvLimitMail){.account = account,
                         .sender = "news@Shop.example",
                         .client = "192.0.2.7",
                         .amounts = {{1, recipients, 1000}},
                         .binding = TRUE};
}

/* As the milter does it with mail that no policy service saw. */
static gboolean pass_milter(Fixture *fixture, const OvLimitMail *mail) {
    static guint64 ticket = 1000000;
    ticket++;
    gboolean taken = ov_limits_reserve(fixture->limits, fixture->settings, ticket, mail,
                                       fixture->now, fixture->arena, &fixture->passed);
    if (taken)
        ov_limits_keep(fixture->limits, ticket, fixture->now);
    else
        ov_limits_drop(fixture->limits, ticket);
    return taken;
}

/* As the policy service does it. */
static gboolean take_step(Fixture *fixture, OvLimitStep step) {
    OvLimitStep *steps[] = {&step};
    step.mail = mail_of("shop", 0);
    step.now = fixture->now;
    ov_limits_step(fixture->limits, fixture->settings, steps, 1, fixture->arena);
    fixture->passed = step.passed;
    fixture->attended = step.attended;
    return step.taken;
}

static gboolean ask_at_rcpt(Fixture *fixture, const char *port, const char *instance) {
    return take_step(fixture, (OvLimitStep){.ticket = ov_limits_ticket("192.0.2.7", port),
                                            .instance = instance});
}

static gboolean ask_at_end(Fixture *fixture, const char *port, const char *instance,
                           guint recipients, guint64 octets) {
    return take_step(fixture, (OvLimitStep){.ticket = ov_limits_ticket("192.0.2.7", port),
                                            .instance = instance,
                                            .recipients = recipients,
                                            .octets = octets});
}

static guint64 counted(Fixture *fixture, OvSubjectKind kind, const char *name, OvAmount amount) {
    OvActivity activity;
    OvSubject subject = {kind, name};
    ov_counters_read(ov_limits_counters(fixture->limits), &subject, 0, fixture->now, &activity);
    return activity.sums[OV_SPAN_DAY].of[amount];
}

static void check_counted(Fixture *fixture, guint64 messages, guint64 recipients) {
    assert_int_equal(counted(fixture, OV_SUBJECT_ACCOUNT, "shop", OV_AMOUNT_MESSAGES), messages);
    assert_int_equal(counted(fixture, OV_SUBJECT_ACCOUNT, "shop", OV_AMOUNT_RECIPIENTS),
                     recipients);
}

static void test_wrong_plans_are_told(void **state) {
    (void)state;
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"[plan]\n", "[plan]: a name must follow: [plan shop]"},
        {"[plan x]\nmesages = 5/hour\n", "there is no setting mesages; did you mean messages?"},
        {"[plan x]\nmessages = 5\n", "5 is no bound; write 500/hour"},
        {"[plan x]\nmessages = 5/fortnight\n", "5/fortnight is no bound"},
        {"[plan x]\nmessages = 5%/hour\n", "5%/hour is no bound"},
        {"[plan x]\nmessages = 5K/hour\n", "5K/hour is no bound"},
        {"[plan x]\nmessages = -5/hour\n", "-5/hour is no bound"},
        {"[plan x]\nmessages = 99999999999999999999999/hour\n", "is no bound"},
        {"[plan x]\nmessages =\n", "one bound at least must be given"},
        {"[plan x]\nheld = 101%/day\n", "101%/day is no bound; write 20 or 10%/hour"},
        {"[plan x]\ncomplaints = 0.333%/day\n", "0.333%/day is no bound; write 20 or 10%/hour"},
        {"[plan x]\ncomplaints = 100.01%/day\n", "100.01%/day is no bound"},
        {"[plan x]\ncomplaints = .3%/day\n", ".3%/day is no bound"},
        {"[plan x]\nmessages = 0.5/day\n", "0.5/day is no bound"},
        {"[plan x]\ndomains = 2000/day\n",
         "2000/day is no bound; write 200/hour, with less than 2000"},
        {"[plan x]\nbounced = 2000/day\n", "2000/day is no bound; write 200/hour"},
        {"[plan x]\nusual = 0.5\n", "it is a factor, and a number that is always allowed"},
        {"[plan x]\nusual = 5 over 50\n", "it is a factor"},
        {"[plan x]\nwarm_up = 50 2\n", "it is the recipients of the first day"},
        {"[plan x]\nof = everything\n", "it is one of account, sender_domain"},
        {"[plan x]\nover = discard\n", "it is one of tag, hold, defer, reject, suspend"},
        {"[plan x]\nuntil = tomorrow\n", "a time is 2026-12-24"},
        {"[plan x]\nsuspend_for = 0h\n", "a time is a number with m, h or d"},
        {"[plan x]\nsuspend_for = h\n", "a time is a number with m, h or d"},
        {"[plan x]\ngroups = no-such-group-here\n", "there is no group no-such-group-here"},
        {"[plan x]\nof = client\ngroups = root\n", "without of = account they mean nothing"},
        {"[plan x]\nof = client\nbounced = 5/day\n",
         "bounced is not known of a client; leave it out, or write another kind behind of ="},
        {"[plan x]\nof = script\nbounced = 5%/day\n", "bounced is not known of a script"},
        {"[plan x]\nblocked = 5/day\nof = script\n", "blocked is not known of a script"},
        {"[plan x]\nof = sender_domain\ndetections = 5/day\n",
         "detections is not known of a sender domain"},
        {"[plan x]\nof = egress\ncomplaints = 5/day\n",
         "complaints is not known of an egress address"},
        {"[plan x]\nmessages = 1/minute 2/minute 3/minute 4/minute 5/minute 6/minute 7/minute "
         "8/minute 9/minute 10/minute 11/minute 12/minute 13/minute 14/minute 15/minute 16/minute "
         "17/minute 18/minute 19/minute 20/minute 21/minute 22/minute 23/minute 24/minute "
         "25/minute\n",
         "a plan has at most 24 bounds"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        assert_null(ov_settings_parse(cases[i].text, strlen(cases[i].text), "test.conf", &error));
        if (!strstr(error->message, cases[i].expected))
            fail_msg("%s\nsaid: %s", cases[i].text, error->message);
    }
}

static void test_the_first_plan_that_takes_a_name_has_it(void **state) {
    (void)state;
    g_autoptr(OvSettings) settings = settings_of("[plan old]\nfor = shop\nuntil = 2020-01-01\n"
                                                 "[plan shops]\nfor = shop* *@shop.example\n"
                                                 "[plan staff]\ngroups = root\n"
                                                 "[plan domains]\nof = sender_domain\n"
                                                 "[plan rest]\n");
    static const struct {
        OvSubject subject;
        const char *plan;
    } cases[] = {
        {{OV_SUBJECT_ACCOUNT, "shop"}, "shops"},
        {{OV_SUBJECT_ACCOUNT, "news@shop.example"}, "shops"},
        {{OV_SUBJECT_ACCOUNT, "root"}, "staff"},
        {{OV_SUBJECT_ACCOUNT, "paul"}, "rest"},
        {{OV_SUBJECT_SENDER_DOMAIN, "shop.example"}, "domains"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_string_equal(ov_plan_find(&settings->plans, &cases[i].subject, START)->name,
                            cases[i].plan);
    OvSubject client = {OV_SUBJECT_CLIENT, "192.0.2.7"};
    assert_null(ov_plan_find(&settings->plans, &client, START));
}

static void test_mail_over_its_plan_is_refused_and_told(void **state) {
    Fixture *fixture = *state;
    settle(fixture, "[plan shop]\nfor = shop\nrecipients = 10/hour\n");
    OvLimitMail mail = mail_of("shop", 6);
    assert_true(pass_milter(fixture, &mail));
    assert_null(fixture->passed.plan);
    assert_false(pass_milter(fixture, &mail));
    assert_string_equal(ov_passed_text(&fixture->passed, fixture->arena),
                        "12 recipients in an hour, and plan shop allows 10");
    check_counted(fixture, 1, 6);
    mail.account = "other";
    assert_true(pass_milter(fixture, &mail));
    fixture->now += HOUR + HOUR / 50;
    mail.account = "shop";
    assert_true(pass_milter(fixture, &mail));
}

static void test_each_kind_of_subject_has_its_plan(void **state) {
    Fixture *fixture = *state;
    settle(fixture, "[plan domains]\nof = sender_domain\nmessages = 1/day\n");
    OvLimitMail mail = mail_of("shop", 1);
    assert_true(pass_milter(fixture, &mail));
    mail.account = "other";
    assert_false(pass_milter(fixture, &mail));
    assert_string_equal(fixture->passed.subject.name, "shop.example");

    settle(fixture, "[plan gmail]\nof = provider\nfor = gmail\nrecipients = 3/hour\n");
    guint providers[OV_N_PROVIDERS + 1] = {0};
    providers[OV_PROVIDER_GMAIL] = 2;
    providers[OV_PROVIDER_OTHER] = 50;
    mail.providers = providers;
    mail.amounts.of[OV_AMOUNT_RECIPIENTS] = 52;
    assert_true(pass_milter(fixture, &mail));
    assert_false(pass_milter(fixture, &mail));
    assert_int_equal(fixture->passed.bound.used, 4);

    settle(fixture,
           "[plan way]\nof = egress\nmessages = 0/day\n[plan c]\nof = client\nfor = 192.*\n"
           "messages = 0/day\nover = reject\n");
    OvEgressPoint point = {.helo = "mx"};
    assert_true(ov_ip_address_parse(ov_slice("192.0.2.1"), &point.address));
    OvEgress egress = {.points = &point, .n_points = 1};
    mail = mail_of("shop", 1);
    mail.egress = &egress;
    assert_false(pass_milter(fixture, &mail));
    assert_string_equal(fixture->passed.plan->name, "c"); /* which asks for more */
}

static void complain(Fixture *fixture, guint n) {
    for (guint i = 0; i < n; i++)
        ov_limits_complained(fixture->limits, "shop", "news@Shop.example", fixture->now,
                             fixture->arena);
}

static void test_complaints_are_bounded_for_account_and_domain(void **state) {
    Fixture *fixture = *state;
    OvLimitMail mail = mail_of("shop", 1), other = mail_of("other", 1);
    settle(fixture, "[plan shop]\ncomplaints = 2/day\n");
    complain(fixture, 2);
    assert_true(pass_milter(fixture, &mail));
    complain(fixture, 1);
    assert_false(pass_milter(fixture, &mail));
    assert_string_equal(ov_passed_text(&fixture->passed, fixture->arena),
                        "3 complaints in a day, and plan shop allows 2");
    assert_true(pass_milter(fixture, &other));
    settle(fixture, "[plan domain]\nof = sender_domain\ncomplaints = 2/day\n");
    assert_false(pass_milter(fixture, &other));
    ov_limits_complained(fixture->limits, NULL, "", fixture->now, fixture->arena);
    ov_limits_complained(fixture->limits, NULL, NULL, fixture->now, fixture->arena);
}

static void test_a_share_of_complaints_is_of_what_was_delivered(void **state) {
    Fixture *fixture = *state;
    OvLimitMail mail = mail_of("shop", 1);
    OvDelivery delivery = {.account = "shop",
                           .sender = "news@shop.example",
                           .recipient = "ann@one.example",
                           .outcome = OV_OUTCOME_DELIVERED,
                           .time = fixture->now};
    settle(fixture, "[plan shop]\ncomplaints = 0.3%/week\n");
    complain(fixture, 4);
    for (guint i = 0; i < 999; i++)
        ov_limits_outcome(fixture->limits, fixture->settings, &delivery, fixture->arena);
    assert_true(pass_milter(fixture, &mail)); /* too few to tell */
    ov_limits_outcome(fixture->limits, fixture->settings, &delivery, fixture->arena);
    assert_false(pass_milter(fixture, &mail));
    g_autofree char *text = ov_bound_text(&fixture->passed.bound);
    assert_string_equal(text, "0.4 of 0.3 % complaints in a week");
    for (guint i = 0; i < 400; i++)
        ov_limits_outcome(fixture->limits, fixture->settings, &delivery, fixture->arena);
    assert_true(pass_milter(fixture, &mail));
}

static void test_recipients_domains_are_counted_once_each(void **state) {
    Fixture *fixture = *state;
    settle(fixture, "[plan shop]\ndomains = 3/hour\n");
    static const char *const first[] = {"a@one.example", "b@ONE.example", "c@two.example"};
    static const char *const second[] = {"a@two.example", "b@three.example", "nobody"};
    static const char *const third[] = {"a@four.example"};
    OvLimitMail mail = mail_of("shop", 3);
    mail.domains = ov_limits_domains(first, 3, fixture->arena);
    assert_int_equal(mail.domains.n, 2);
    assert_true(pass_milter(fixture, &mail));
    mail.domains = ov_limits_domains(second, 3, fixture->arena);
    assert_true(pass_milter(fixture, &mail));
    mail.domains = ov_limits_domains(third, 1, fixture->arena);
    assert_false(pass_milter(fixture, &mail));
    assert_string_equal(ov_passed_text(&fixture->passed, fixture->arena),
                        "4 recipients' domains in an hour, and plan shop allows 3");
    mail.domains = ov_limits_domains(second, 3, fixture->arena);
    assert_true(pass_milter(fixture, &mail));
}

static void deliver(Fixture *fixture, const char *recipient, OvOutcome outcome,
                    const char *reason) {
    OvDelivery delivery = {.kind = OV_DELIVERY_OUTCOME,
                           .time = fixture->now,
                           .recipient = recipient,
                           .outcome = outcome,
                           .reason = reason,
                           .account = "shop",
                           .sender = "news@shop.example"};
    ov_limits_outcome(fixture->limits, fixture->settings, &delivery, fixture->arena);
}

static void test_what_becomes_of_mail_is_bounded_too(void **state) {
    Fixture *fixture = *state;
    settle(fixture, "[plan shop]\nbounced = 2/day\n");
    OvLimitMail mail = mail_of("shop", 1);
    deliver(fixture, "a@one.example", OV_OUTCOME_BOUNCED, "unknown-user");
    deliver(fixture, "A@one.example", OV_OUTCOME_BOUNCED, "unknown-user");
    deliver(fixture, "b@one.example", OV_OUTCOME_EXPIRED, NULL);
    assert_true(pass_milter(fixture, &mail)); /* two that fail, one of them twice */
    deliver(fixture, "c@one.example", OV_OUTCOME_BOUNCED, "unknown-user");
    assert_false(pass_milter(fixture, &mail));
    settle(fixture, "[plan shop]\nblocked = 0/hour\n");
    assert_true(pass_milter(fixture, &mail));
    deliver(fixture, "d@gmail.com", OV_OUTCOME_DEFERRED, "blocked");
    assert_false(pass_milter(fixture, &mail));
    settle(fixture, "[plan gmail]\nof = provider\nfor = gmail\nblocked = 0/hour\n");
    guint providers[OV_N_PROVIDERS + 1] = {[OV_PROVIDER_GMAIL] = 1};
    mail.providers = providers;
    assert_false(pass_milter(fixture, &mail));
}

static void test_answers_are_counted_for_the_address_that_they_were_given_to(void **state) {
    Fixture *fixture = *state;
    settle(fixture, "[egress]\naddresses = 192.0.2.7\n[egress news]\nsenders = news@shop.example\n"
                    "recipients = gmail.com\naddresses = 192.0.2.8\n[egress two]\n"
                    "recipients = two.example\naddresses = 192.0.2.7 192.0.2.9\n"
                    "[plan way]\nof = egress\nblocked = 1/hour\n");
    deliver(fixture, "a@gmail.com", OV_OUTCOME_DEFERRED, "blocked");
    deliver(fixture, "b@gmail.com", OV_OUTCOME_DEFERRED, "blocked");
    deliver(fixture, "c@else.example", OV_OUTCOME_BOUNCED, "unknown-user");
    deliver(fixture, "d@two.example", OV_OUTCOME_DEFERRED, "blocked");
    assert_int_equal(counted(fixture, OV_SUBJECT_EGRESS, "192.0.2.8", OV_AMOUNT_BLOCKED), 2);
    assert_int_equal(counted(fixture, OV_SUBJECT_EGRESS, "192.0.2.7", OV_AMOUNT_BLOCKED), 0);
    assert_int_equal(counted(fixture, OV_SUBJECT_EGRESS, "192.0.2.7", OV_AMOUNT_BOUNCED), 1);
    assert_int_equal(counted(fixture, OV_SUBJECT_EGRESS, "192.0.2.9", OV_AMOUNT_BLOCKED), 0);
    OvLimitMail mail = mail_of("shop", 1);
    mail.egress = &fixture->settings->egress.routes[0].out;
    assert_false(pass_milter(fixture, &mail));
    mail.egress = &fixture->settings->egress.common.out;
    assert_true(pass_milter(fixture, &mail));
}

static void test_a_provider_is_known_by_its_exchanger(void **state) {
    Fixture *fixture = *state;
    settle(fixture, "[egress]\naddresses = 192.0.2.7\n[egress relay]\nsenders = relay.example\n"
                    "addresses =\n");
    OvDelivery delivery = {.kind = OV_DELIVERY_OUTCOME,
                           .time = fixture->now,
                           .recipient = "ann@house.example",
                           .outcome = OV_OUTCOME_BOUNCED,
                           .account = "shop"};
    static const char *const relays[] = {"aspmx.l.google.com[192.0.2.1]:25",
                                         "google.com.example",
                                         "mx.house.example[192.0.2.2]:25",
                                         "",
                                         "[192.0.2.1]",
                                         NULL};
    for (guint i = 0; i < G_N_ELEMENTS(relays); i++) {
        delivery.relay = relays[i];
        ov_limits_outcome(fixture->limits, fixture->settings, &delivery, fixture->arena);
    }
    delivery.sender = "ann@relay.example"; /* it answers for other receivers */
    delivery.relay = relays[0];
    ov_limits_outcome(fixture->limits, fixture->settings, &delivery, fixture->arena);
    assert_int_equal(counted(fixture, OV_SUBJECT_PROVIDER, "gmail", OV_AMOUNT_BOUNCED), 1);
}

static void test_the_rules_are_told_what_was_sent(void **state) {
    Fixture *fixture = *state;
    settle(fixture, "");
    OvLimitMail mail = mail_of("shop", 7);
    mail.script = "33:contact.php";
    mail.amounts.of[OV_AMOUNT_HELD] = 1;
    pass_milter(fixture, &mail);
    mail.client = "192.0.2.8";
    pass_milter(fixture, &mail);
    deliver(fixture, "a@one.example", OV_OUTCOME_DELIVERED, NULL);
    deliver(fixture, "b@one.example", OV_OUTCOME_BOUNCED, "unknown-user");
    deliver(fixture, "c@gmail.com", OV_OUTCOME_DELIVERED, NULL);
    deliver(fixture, "d@yahoo.com", OV_OUTCOME_BOUNCED, "unknown-user");
    guint providers[OV_N_PROVIDERS + 1] = {[OV_PROVIDER_GMAIL] = 3};
    mail.providers = providers;
    OvRecent recent;
    ov_limits_recent(fixture->limits, 0, &mail, fixture->now, fixture->arena, &recent);
    assert_int_equal(recent.hour, 14);
    assert_int_equal(recent.day, 14);
    assert_int_equal(recent.messages, 2);
    assert_int_equal(recent.held, 2);
    assert_int_equal(recent.delivered, 2);
    assert_int_equal(recent.bounced, 2);
    assert_int_equal(recent.provider[OV_PROVIDER_GMAIL].delivered, 1);
    assert_int_equal(recent.provider[OV_PROVIDER_GMAIL].bounced, 0);
    assert_int_equal(recent.provider[OV_PROVIDER_YAHOO].bounced,
                     0); /* the message has none there */
    assert_int_equal(recent.domain_day, 14);
    assert_int_equal(recent.domain_messages, 2);
    assert_int_equal(recent.domain_held, 2);
    assert_int_equal(recent.domain_delivered, 2);
    assert_int_equal(recent.domain_bounced, 2);
    assert_int_equal(recent.clients, 2);
    assert_int_equal(recent.script_burst, 2);
    assert_int_equal(recent.usual, 0);
}

static void test_mildness_and_shadow_let_mail_pass(void **state) {
    Fixture *fixture = *state;
    static const char *const settings[] = {
        "[plan shop]\nmessages = 0/day\nover = hold\n",
        "[plan shop]\nmessages = 0/day\nover = reject\nshadow = yes\n",
    };
    OvLimitMail mail = mail_of("shop", 1);
    for (guint i = 0; i < G_N_ELEMENTS(settings); i++) {
        settle(fixture, settings[i]);
        assert_true(pass_milter(fixture, &mail));
        assert_non_null(fixture->passed.plan);
    }
    settle(fixture, "[plan shop]\nmessages = 0/day\nover = reject\n");
    mail.binding = FALSE;
    assert_true(pass_milter(fixture, &mail));
    check_counted(fixture, 3, 3);
}

static void test_a_message_that_both_see_is_counted_once(void **state) {
    Fixture *fixture = *state;
    settle(fixture, "[plan shop]\nrecipients = 5/hour\n");
    guint64 ticket = ov_limits_ticket("192.0.2.7", "4000");
    ov_limits_attend(fixture->limits, ticket);
    for (guint i = 0; i < 5; i++)
        assert_true(ask_at_rcpt(fixture, "4000", "a.1"));
    assert_true(fixture->attended);
    assert_false(ask_at_rcpt(fixture, "4000", "a.1")); /* the sixth */
    assert_true(ask_at_end(fixture, "4000", "a.1", 5, 7000));
    OvLimitMail mail = mail_of("shop", 5);
    assert_true(ov_limits_reserve(fixture->limits, fixture->settings, ticket, &mail, fixture->now,
                                  fixture->arena, &fixture->passed));
    ov_limits_keep(fixture->limits, ticket, fixture->now);
    check_counted(fixture, 1, 5);
    /* The same connection's next message is another. */
    assert_false(ask_at_rcpt(fixture, "4000", "a.2"));
    ov_limits_leave(fixture->limits, ticket);
    check_counted(fixture, 1, 5);
}

static void test_a_message_that_never_ends_is_none(void **state) {
    Fixture *fixture = *state;
    settle(fixture, "[plan shop]\nrecipients = 5/hour\n");
    guint64 ticket = ov_limits_ticket("192.0.2.7", "4000");
    ov_limits_attend(fixture->limits, ticket);
    assert_true(ask_at_rcpt(fixture, "4000", "a.1"));
    assert_true(ask_at_rcpt(fixture, "4000", "a.1"));
    check_counted(fixture, 1, 2);
    assert_true(ask_at_rcpt(fixture, "4000", "a.2")); /* in its place */
    check_counted(fixture, 1, 1);
    ov_limits_leave(fixture->limits, ticket);
    check_counted(fixture, 0, 0);
}

static void test_without_the_milter_the_policy_service_counts(void **state) {
    Fixture *fixture = *state;
    settle(fixture, "[plan shop]\nrecipients = 5/hour\nsize = 10K/hour\n");
    for (guint i = 0; i < 3; i++)
        assert_true(ask_at_rcpt(fixture, "4000", "a.1"));
    assert_false(fixture->attended);
    check_counted(fixture, 1, 3);
    assert_true(ask_at_end(fixture, "4000", "a.1", 3, 7000));
    check_counted(fixture, 1, 3);
    assert_int_equal(counted(fixture, OV_SUBJECT_ACCOUNT, "shop", OV_AMOUNT_OCTETS), 7000);
    /* Asked at the end of data alone. */
    assert_true(ask_at_end(fixture, "4000", "a.2", 2, 1000));
    check_counted(fixture, 2, 5);
    assert_false(ask_at_rcpt(fixture, "4001", "b.1"));
    fixture->now += HOUR + HOUR / 50;
    assert_false(ask_at_end(fixture, "4001", "b.1", 1, 11000));
    assert_int_equal(fixture->passed.bound.amount, OV_AMOUNT_OCTETS);
}

static void test_many_that_only_the_policy_service_sees_take_bounded_memory(void **state) {
    Fixture *fixture = *state;
    settle(fixture, "");
    for (guint i = 0; i < 70000; i++) {
        char instance[32];
        g_snprintf(instance, sizeof instance, "i.%u", i);
        assert_true(
            take_step(fixture, (OvLimitStep){.ticket = (guint64)i * 2 + 1, .instance = instance}));
    }
    check_counted(fixture, 70000, 70000);
    /* Of one that is remembered a recipient more comes, of one that is forgotten a message. */
    for (guint i = 0; i < 2; i++) {
        take_step(fixture, (OvLimitStep){.ticket = i == 0 ? 69999 * 2 + 1 : 1,
                                         .instance = i == 0 ? "i.69999" : "i.0"});
        check_counted(fixture, 70000 + i, 70001 + i);
    }
}

/* As they may come in one turn of the policy service. */
static void test_steps_that_come_together_are_counted_one_by_one(void **state) {
    Fixture *fixture = *state;
    settle(fixture, "[plan all]\nrecipients = 4/hour\n");
    OvLimitStep steps[6], *all[G_N_ELEMENTS(steps)];
    for (guint i = 0; i < G_N_ELEMENTS(steps); i++) {
        /* The second and the third are of the first's message. */
        steps[i] = (OvLimitStep){.ticket = i < 3 ? 1 : 2 * i + 1,
                                 .instance = i < 3 ? "i" : "j",
                                 .mail = mail_of("shop", 0),
                                 .now = fixture->now};
        all[i] = &steps[i];
    }
    ov_limits_step(fixture->limits, fixture->settings, all, G_N_ELEMENTS(steps), fixture->arena);
    for (guint i = 0; i < G_N_ELEMENTS(steps); i++)
        assert_int_equal(steps[i].taken, i < 4);
    check_counted(fixture, 2, 4);
}

static void test_who_has_no_port_has_no_ticket(void **state) {
    (void)state;
    assert_int_equal(ov_limits_ticket("192.0.2.7", "0"), 0);
    assert_int_equal(ov_limits_ticket("192.0.2.7", ""), 0);
    assert_int_equal(ov_limits_ticket("192.0.2.7", "65536"), 0);
    assert_int_equal(ov_limits_ticket(NULL, "25"), 0);
    assert_int_not_equal(ov_limits_ticket("192.0.2.7", "25"), 0);
    assert_true(ov_limits_ticket("192.0.2.7", "25") != ov_limits_ticket("192.0.2.7", "26"));
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wrong_plans_are_told),
        cmocka_unit_test(test_the_first_plan_that_takes_a_name_has_it),
        TEST(test_mail_over_its_plan_is_refused_and_told),
        TEST(test_each_kind_of_subject_has_its_plan),
        TEST(test_complaints_are_bounded_for_account_and_domain),
        TEST(test_a_share_of_complaints_is_of_what_was_delivered),
        TEST(test_recipients_domains_are_counted_once_each),
        TEST(test_what_becomes_of_mail_is_bounded_too),
        TEST(test_answers_are_counted_for_the_address_that_they_were_given_to),
        TEST(test_a_provider_is_known_by_its_exchanger),
        TEST(test_the_rules_are_told_what_was_sent),
        TEST(test_mildness_and_shadow_let_mail_pass),
        TEST(test_a_message_that_both_see_is_counted_once),
        TEST(test_a_message_that_never_ends_is_none),
        TEST(test_without_the_milter_the_policy_service_counts),
        TEST(test_many_that_only_the_policy_service_sees_take_bounded_memory),
        TEST(test_steps_that_come_together_are_counted_one_by_one),
        cmocka_unit_test(test_who_has_no_port_has_no_ticket),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
