/* Which way a message leaves, by [egress] and its routes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/settings.h"

static const char SETTINGS[] = "[egress]\n"
                               "addresses = 192.0.2.1\n"
                               "helo = mx.example.net\n"
                               "signing = before\n"
                               "[egress shop]\n"
                               "senders = shop.example *.shop.example\n"
                               "recipients = partner.example\n"
                               "addresses = 192.0.2.2\n"
                               "[egress shops]\n"
                               "senders = shop.example *.shop.example\n"
                               "addresses = 192.0.2.3 2001:db8::3\n"
                               "helo = shop.example.net\n"
                               "signing = after\n"
                               "[egress bounces]\n"
                               "senders = <>\n"
                               "helo = bounces.example.net\n"
                               "[egress intranet]\n"
                               "recipients = branch.example ann@example.org\n"
                               "addresses = 192.0.2.4\n";

static OvSettings *parse(const char *text) {
    g_autoptr(GError) error = NULL;
    OvSettings *settings = ov_settings_parse(text, strlen(text), "test.conf", &error);
    if (error)
        print_error("%s\n", error->message);
    assert_non_null(settings);
    return settings;
}

/* "192.0.2.1=mx.example.net 2001:db8::3= before" */
static char *told(const OvEgress *egress, OvArena *arena) {
    static const char *const signing[] = {"auto", "before", "after", "none"};
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < egress->n_points; i++)
        g_string_append_printf(text, "%s=%s ",
                               ov_ip_address_text(arena, &egress->points[i].address),
                               egress->points[i].helo ? egress->points[i].helo : "");
    g_string_append(text, signing[egress->signing]);
    return g_string_free(text, FALSE);
}

static void test_the_first_route_that_takes_sender_and_recipient_is_the_way(void **state) {
    (void)state;
    static const struct {
        const char *sender;
        const char *const recipients[3];
        const char *expected;
    } cases[] = {
        {"ann@example.org", {"b@c.example"}, "192.0.2.1=mx.example.net before"},
        {"ann@example.org", {NULL}, "192.0.2.1=mx.example.net before"},
        {"news@shop.example",
         {"b@c.example"},
         "192.0.2.3=shop.example.net 2001:db8::3=shop.example.net after"},
        {"news@eu.SHOP.example",
         {"b@c.example"},
         "192.0.2.3=shop.example.net 2001:db8::3=shop.example.net after"},
        {"news@shop.example", {"b@partner.example"}, "192.0.2.2=mx.example.net before"},
        /* Two ways: all addresses of both, and what is certain of both. */
        {"news@shop.example",
         {"b@partner.example", "b@c.example"},
         "192.0.2.2=mx.example.net 192.0.2.3=shop.example.net 2001:db8::3=shop.example.net after"},
        {"", {"b@c.example"}, "192.0.2.1=bounces.example.net before"},
        {NULL, {"b@c.example"}, "192.0.2.1=bounces.example.net before"},
        {"ann@example.org", {"b@branch.example"}, "192.0.2.4=mx.example.net before"},
        {"ann@example.org", {"ann@example.org"}, "192.0.2.4=mx.example.net before"},
        {"ann@example.org",
         {"b@branch.example", "b@c.example"},
         "192.0.2.4=mx.example.net 192.0.2.1=mx.example.net before"},
        {"nobody", {"nobody"}, "192.0.2.1=mx.example.net before"},
    };
    g_autoptr(OvSettings) settings = parse(SETTINGS);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(OvArena) arena = ov_arena_new();
        OvEnvelope envelope = {.sender = cases[i].sender, .recipients = cases[i].recipients};
        while (envelope.n_recipients < 3 && cases[i].recipients[envelope.n_recipients])
            envelope.n_recipients++;
        g_autofree char *way = told(ov_egress_find(&settings->egress, &envelope, arena), arena);
        assert_string_equal(way, cases[i].expected);
    }
}

static void test_all_addresses_are_known_with_their_names(void **state) {
    (void)state;
    g_autoptr(OvSettings) settings = parse(SETTINGS);
    g_autoptr(OvArena) arena = ov_arena_new();
    g_autofree char *all = told(&settings->egress.all, arena);
    assert_string_equal(all, "192.0.2.1=mx.example.net 192.0.2.2=mx.example.net "
                             "192.0.2.3=shop.example.net 2001:db8::3=shop.example.net "
                             "192.0.2.1=bounces.example.net 192.0.2.4=mx.example.net before");
}

static void test_without_routes_there_is_one_way(void **state) {
    (void)state;
    g_autoptr(OvSettings) settings = parse("");
    g_autoptr(OvArena) arena = ov_arena_new();
    OvEnvelope envelope = {.sender = "ann@example.org"};
    g_autofree char *way = told(ov_egress_find(&settings->egress, &envelope, arena), arena);
    assert_string_equal(way, "auto");
}

static void test_of_several_ways_the_one_without_tls_counts(void **state) {
    (void)state;
    static const struct {
        const char *text;
        OvEgressTls tls;
    } cases[] = {
        {"", OV_EGRESS_TLS_UNKNOWN},
        {"[egress]\ntls = yes\n", OV_EGRESS_TLS_YES},
        {"[egress]\ntls = yes\n[egress x]\nrecipients = x.example\n", OV_EGRESS_TLS_YES},
        {"[egress]\ntls = yes\n[egress x]\nrecipients = x.example\ntls = no\n", OV_EGRESS_TLS_NO},
        {"[egress]\ntls = no\n[egress x]\nrecipients = x.example\ntls = unknown\n",
         OV_EGRESS_TLS_NO},
        {"[egress]\ntls = yes\n[egress x]\nrecipients = x.example\ntls = unknown\n",
         OV_EGRESS_TLS_UNKNOWN},
    };
    static const char *const recipients[] = {"a@x.example", "b@y.example"};
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(OvSettings) settings = parse(cases[i].text);
        g_autoptr(OvArena) arena = ov_arena_new();
        OvEnvelope envelope = {
            .sender = "ann@example.org", .recipients = recipients, .n_recipients = 2};
        assert_int_equal(ov_egress_find(&settings->egress, &envelope, arena)->tls, cases[i].tls);
    }
}

static void test_faults_of_routes_are_told(void **state) {
    (void)state;
    static const struct {
        const char *text, *sentence;
    } cases[] = {
        {"[egress shop]\nsendrs = a\n",
         "test.conf:2: [egress shop] sendrs = a: there is no setting sendrs; did you mean "
         "senders?"},
        {"[egress shop]\nsenders = a\nhelp = b\n",
         "test.conf:3: [egress shop] help = b: there is no setting help; did you mean helo?"},
        {"[egress shop]\naddresses = 192.0.2.1\n",
         "test.conf:1: [egress shop]: senders or recipients must say which mail leaves this way."},
        {"[egress shop]\nsenders = a\naddresses = 192.0.2.300\n",
         "test.conf:3: [egress shop] addresses = 192.0.2.300: 192.0.2.300 is no IP address; "
         "write 192.0.2.1 or 2001:db8::1."},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        assert_null(ov_settings_parse(cases[i].text, strlen(cases[i].text), "test.conf", &error));
        assert_string_equal(error->message, cases[i].sentence);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_first_route_that_takes_sender_and_recipient_is_the_way),
        cmocka_unit_test(test_all_addresses_are_known_with_their_names),
        cmocka_unit_test(test_without_routes_there_is_one_way),
        cmocka_unit_test(test_of_several_ways_the_one_without_tls_counts),
        cmocka_unit_test(test_faults_of_routes_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
