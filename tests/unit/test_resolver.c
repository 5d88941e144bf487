#include "rules/auth/resolver.h"
#include "tests/unit/name_server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char TABLE[] = "host.example A 192.0.2.7\n"
                            "host.example AAAA 2001:db8::7\n"
                            "host.example MX 20 backup.example\n"
                            "host.example MX 10 MX.Example\n"
                            "null.example MX 0 .\n"
                            "host.example TXT v=spf1 ip4:192.0.2.0/24 -all\n"
                            "alias.example CNAME host.example\n"
                            "7.2.0.192.in-addr.arpa PTR host.example\n"
                            "one.example TXT two.example\n"
                            "two.example TXT three.example\n"
                            "three.example TXT end\n";

typedef struct {
    NameServer *server;
    OvResolver *resolver;
    const char *servers[2];
} Fixture;

typedef struct {
    gsize cache;
    gint64 question_limit, time_limit;
} Limits;

static const Limits patient = {1 << 20, 20 * G_USEC_PER_SEC, 30 * G_USEC_PER_SEC};
static const Limits hasty = {1 << 20, G_USEC_PER_SEC / 5, 2 * G_USEC_PER_SEC};

static void begin(Fixture *fixture, const Limits *limits) {
    fixture->server = name_server_new(TABLE, 20);
    fixture->servers[0] = name_server_address(fixture->server);
    fixture->servers[1] = NULL;
    OvResolverSettings settings = {
        .servers = fixture->servers,
        .cache = limits->cache,
        .question_limit = limits->question_limit,
        .time_limit = limits->time_limit,
    };
    g_autoptr(GError) error = NULL;
    fixture->resolver = ov_resolver_new(&settings, NULL, NULL, &error);
    assert_non_null(fixture->resolver);
}

static void end(Fixture *fixture) {
    ov_resolver_unref(fixture->resolver);
    name_server_free(fixture->server);
}

/* Asks, waits, and asks again. */
static const OvDnsAnswer *look_up(OvDnsBook *book, const char *name, OvDnsType type) {
    ov_dns_look_up(book, ov_slice(name), type);
    ov_dns_wait(book);
    return ov_dns_look_up(book, ov_slice(name), type);
}

static OvDnsStatus status_of(OvResolver *resolver, const char *name, OvDnsType type) {
    OvDnsBook *book = ov_resolver_open(resolver);
    OvDnsStatus status = look_up(book, name, type)->status;
    ov_resolver_close(book);
    return status;
}

static guint64 asked(OvResolver *resolver) {
    OvResolverStatus status;
    ov_resolver_status(resolver, &status);
    return status.asked;
}

static void test_each_type_is_answered_as_the_server_has_it(void **state) {
    (void)state;
    Fixture fixture;
    begin(&fixture, &patient);
    OvDnsBook *book = ov_resolver_open(fixture.resolver);

    assert_int_equal(ov_dns_look_up(book, ov_slice("host.example"), OV_DNS_A)->status,
                     OV_DNS_PENDING);
    const OvDnsAnswer *answer = look_up(book, "Host.Example.", OV_DNS_A);
    assert_int_equal(answer->status, OV_DNS_FOUND);
    assert_int_equal(answer->n_records, 1);
    assert_false(answer->secure);
    assert_memory_equal(answer->records[0].data.data, "\xc0\x00\x02\x07", 4);
    assert_int_equal(look_up(book, "host.example", OV_DNS_AAAA)->records[0].data.length, 16);
    answer = look_up(book, "host.example", OV_DNS_MX);
    assert_int_equal(answer->n_records, 2);
    for (guint i = 0; i < 2; i++)
        assert_true(ov_slice_equal(
            answer->records[i].data,
            ov_slice(answer->records[i].preference == 10 ? "mx.example" : "backup.example")));
    assert_int_equal(look_up(book, "null.example", OV_DNS_MX)->records[0].data.length, 0);
    answer = look_up(book, "host.example", OV_DNS_TXT);
    assert_true(ov_slice_equal(answer->records[0].data, ov_slice("v=spf1 ip4:192.0.2.0/24 -all")));
    answer = look_up(book, "7.2.0.192.in-addr.arpa", OV_DNS_PTR);
    assert_true(ov_slice_equal(answer->records[0].data, ov_slice("host.example")));
    answer = look_up(book, "alias.example", OV_DNS_A);
    assert_int_equal(answer->status, OV_DNS_FOUND);
    answer = look_up(book, "alias.example", OV_DNS_CNAME);
    assert_true(ov_slice_equal(answer->records[0].data, ov_slice("host.example")));
    assert_int_equal(look_up(book, "null.example", OV_DNS_A)->status, OV_DNS_NO_DATA);
    assert_int_equal(look_up(book, "a.none.example", OV_DNS_A)->status, OV_DNS_NO_NAME);

    ov_resolver_close(book);
    end(&fixture);
}

static void test_a_name_of_any_octets_can_be_asked(void **state) {
    (void)state;
    Fixture fixture;
    begin(&fixture, &patient);
    OvDnsBook *book = ov_resolver_open(fixture.resolver);
    static const char name[] = "a\0\\b \"\x01\xff;$@.none.example";
    OvSlice slice = {name, sizeof name - 1};
    ov_dns_look_up(book, slice, OV_DNS_TXT);
    ov_dns_wait(book);
    assert_int_equal(ov_dns_look_up(book, slice, OV_DNS_TXT)->status, OV_DNS_NO_NAME);
    ov_resolver_close(book);
    end(&fixture);
}

static void test_what_a_lying_server_says_is_unknown_or_harmless(void **state) {
    (void)state;
    static const struct {
        const char *name;
        OvDnsType type;
        OvDnsStatus status;
        guint n_records;
        gsize octets; /* of the first record */
    } CASES[] = {
        {"servfail.lie.example", OV_DNS_A, OV_DNS_FAILED, 0, 0},
        {"refused.lie.example", OV_DNS_A, OV_DNS_FAILED, 0, 0},
        {"long.lie.example", OV_DNS_TXT, OV_DNS_FOUND, 1, 255 * 250},
        {"strings.lie.example", OV_DNS_TXT, OV_DNS_FOUND, 1, 1000},
        {"nul.lie.example", OV_DNS_TXT, OV_DNS_FOUND, 1, 3},
        {"many.lie.example", OV_DNS_A, OV_DNS_FOUND, OV_DNS_MAX_RECORDS, 4},
        {"loop.lie.example", OV_DNS_A, OV_DNS_FAILED, 0, 0},
        {"pointers.lie.example", OV_DNS_A, OV_DNS_FAILED, 0, 0},
        {"garbage.lie.example", OV_DNS_A, OV_DNS_FAILED, 0, 0},
        {"short.lie.example", OV_DNS_A, OV_DNS_FAILED, 0, 0},
        {"overlong.lie.example", OV_DNS_TXT, OV_DNS_FAILED, 0, 0},
        {"nothing.lie.example", OV_DNS_TXT, OV_DNS_FAILED, 0, 0},
        {"dotted.lie.example", OV_DNS_PTR, OV_DNS_FAILED, 0, 0},
        {"eternal.lie.example", OV_DNS_A, OV_DNS_FOUND, 1, 4},
        {"negative.lie.example", OV_DNS_A, OV_DNS_FOUND, 1, 4},
        {"brief.lie.example", OV_DNS_A, OV_DNS_FOUND, 1, 4},
        {"tardy.lie.example", OV_DNS_A, OV_DNS_FOUND, 1, 4},
    };
    Fixture fixture;
    begin(&fixture, &patient);
    OvDnsBook *book = ov_resolver_open(fixture.resolver);
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++)
        ov_dns_look_up(book, ov_slice(CASES[i].name), CASES[i].type);
    const OvDnsAnswer *other = look_up(book, "other.lie.example", OV_DNS_A);
    assert_int_not_equal(other->status, OV_DNS_FOUND);
    assert_int_not_equal(other->status, OV_DNS_NO_NAME);
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++) {
        const OvDnsAnswer *answer = ov_dns_look_up(book, ov_slice(CASES[i].name), CASES[i].type);
        if (answer->status != CASES[i].status || answer->n_records != CASES[i].n_records)
            fail_msg("%s: status %d, %u records", CASES[i].name, (int)answer->status,
                     answer->n_records);
        if (answer->n_records > 0)
            assert_int_equal(answer->records[0].data.length, CASES[i].octets);
        assert_int_equal(answer->trouble[0] != '\0', answer->status == OV_DNS_FAILED);
    }
    ov_resolver_close(book);
    end(&fixture);
}

static void test_an_answer_is_asked_for_once(void **state) {
    (void)state;
    Fixture fixture;
    begin(&fixture, &patient);
    OvDnsBook *one = ov_resolver_open(fixture.resolver);
    OvDnsBook *other = ov_resolver_open(fixture.resolver);
    ov_dns_look_up(one, ov_slice("host.example"), OV_DNS_A);
    ov_dns_look_up(one, ov_slice("HOST.example."), OV_DNS_A);
    assert_int_equal(asked(fixture.resolver), 1);
    /* Joined: both wait for it. */
    assert_int_equal(look_up(other, "host.example", OV_DNS_A)->status, OV_DNS_FOUND);
    assert_int_equal(look_up(one, "host.example", OV_DNS_A)->status, OV_DNS_FOUND);
    ov_resolver_close(one);
    guint64 before = asked(fixture.resolver);
    assert_int_equal(status_of(fixture.resolver, "host.example", OV_DNS_A), OV_DNS_FOUND);
    assert_int_equal(status_of(fixture.resolver, "brief.lie.example", OV_DNS_A), OV_DNS_FOUND);
    /* A TTL of 0 is not believed. */
    assert_int_equal(status_of(fixture.resolver, "brief.lie.example", OV_DNS_A), OV_DNS_FOUND);
    assert_int_equal(status_of(fixture.resolver, "servfail.lie.example", OV_DNS_A), OV_DNS_FAILED);
    assert_int_equal(status_of(fixture.resolver, "servfail.lie.example", OV_DNS_A), OV_DNS_FAILED);
    assert_int_equal(asked(fixture.resolver), before + 2);
    ov_resolver_close(other);
    end(&fixture);
}

static void test_what_never_comes_has_failed_when_the_time_is_over(void **state) {
    (void)state;
    Fixture fixture;
    begin(&fixture, &hasty);
    OvDnsBook *book = ov_resolver_open(fixture.resolver);
    ov_dns_look_up(book, ov_slice("silent.lie.example"), OV_DNS_A);
    ov_dns_look_up(book, ov_slice("truncated.lie.example"), OV_DNS_A);
    assert_int_equal(look_up(book, "late.lie.example", OV_DNS_A)->status, OV_DNS_FAILED);
    assert_int_equal(look_up(book, "silent.lie.example", OV_DNS_A)->status, OV_DNS_FAILED);
    assert_int_equal(look_up(book, "truncated.lie.example", OV_DNS_A)->status, OV_DNS_FAILED);
    assert_int_equal(look_up(book, "host.example", OV_DNS_A)->status, OV_DNS_FOUND);
    ov_resolver_close(book);
    end(&fixture);
}

static void test_a_late_answer_serves_the_next_message(void **state) {
    (void)state;
    Fixture fixture;
    begin(&fixture, &hasty);
    assert_int_equal(status_of(fixture.resolver, "tardy.lie.example", OV_DNS_A), OV_DNS_FAILED);
    OvDnsStatus status = OV_DNS_FAILED;
    for (guint i = 0; i < 600 && status != OV_DNS_FOUND; i++) {
        g_usleep(G_USEC_PER_SEC / 20);
        status = status_of(fixture.resolver, "tardy.lie.example", OV_DNS_A);
    }
    assert_int_equal(status, OV_DNS_FOUND);
    end(&fixture);
}

static void test_a_message_may_not_ask_without_end(void **state) {
    (void)state;
    Fixture fixture;
    begin(&fixture, &patient);
    OvDnsBook *book = ov_resolver_open(fixture.resolver);
    for (guint i = 0; i < OV_RESOLVER_MAX_KNOWN + 50; i++) {
        g_autofree char *name = g_strdup_printf("n%u.none.example", i);
        OvDnsStatus status = ov_dns_look_up(book, ov_slice(name), OV_DNS_A)->status;
        assert_int_equal(status, i < OV_RESOLVER_MAX_ASKED ? OV_DNS_PENDING : OV_DNS_FAILED);
    }
    ov_dns_wait(book);
    assert_int_equal(look_up(book, "n0.none.example", OV_DNS_A)->status, OV_DNS_NO_NAME);
    assert_int_equal(asked(fixture.resolver), OV_RESOLVER_MAX_ASKED);
    ov_resolver_close(book);
    end(&fixture);
}

static void test_the_cache_stays_within_its_bound(void **state) {
    (void)state;
    static const Limits small = {40000, 20 * G_USEC_PER_SEC, 30 * G_USEC_PER_SEC};
    Fixture fixture;
    begin(&fixture, &small);
    for (guint i = 0; i < 20; i++) {
        OvDnsBook *book = ov_resolver_open(fixture.resolver);
        for (guint j = 0; j < 25; j++) {
            g_autofree char *name = g_strdup_printf("n%u.none.example", i * 25 + j);
            ov_dns_look_up(book, ov_slice(name), OV_DNS_A);
        }
        ov_dns_wait(book);
        ov_resolver_close(book);
    }
    OvResolverStatus status;
    ov_resolver_status(fixture.resolver, &status);
    assert_int_equal(status.asked, 500);
    assert_in_range(status.octets, 1, small.cache);
    assert_in_range(status.cached, 20, 499);
    end(&fixture);
}

/* Each answer names what to ask next. */
static gboolean follow_names(OvDnsBook *book, gpointer data) {
    gint *runs = data;
    g_atomic_int_inc(runs);
    const OvDnsAnswer *answer = ov_dns_look_up(book, ov_slice("one.example"), OV_DNS_TXT);
    while (answer->status == OV_DNS_FOUND && answer->records[0].data.length > 3)
        answer = ov_dns_look_up(book, answer->records[0].data, OV_DNS_TXT);
    return answer->status == OV_DNS_PENDING;
}

static void test_what_follows_from_answers_is_asked_without_the_caller(void **state) {
    (void)state;
    Fixture fixture;
    begin(&fixture, &patient);
    OvDnsBook *book = ov_resolver_open(fixture.resolver);
    gint runs = 0;
    ov_resolver_follow(book, follow_names, &runs, NULL);
    ov_dns_wait(book);
    assert_int_equal(asked(fixture.resolver), 3);
    assert_int_equal(g_atomic_int_get(&runs), 4);
    assert_false(follow_names(book, &runs));
    ov_resolver_close(book);
    end(&fixture);
}

static void test_a_book_may_be_closed_while_answers_are_on_their_way(void **state) {
    (void)state;
    Fixture fixture;
    begin(&fixture, &patient);
    for (guint i = 0; i < 200; i++) {
        OvDnsBook *book = ov_resolver_open(fixture.resolver);
        gint *runs = g_new0(gint, 1);
        ov_resolver_follow(book, follow_names, runs, g_free);
        g_autofree char *name = g_strdup_printf("n%u.slow-test.net", i / 2);
        ov_dns_look_up(book, ov_slice(name), OV_DNS_A);
        ov_resolver_close(book);
    }
    assert_int_equal(status_of(fixture.resolver, "host.example", OV_DNS_A), OV_DNS_FOUND);
    end(&fixture);
}

static void test_what_nobody_waited_for_has_not_failed(void **state) {
    (void)state;
    Fixture fixture;
    begin(&fixture, &patient);
    OvDnsBook *book = ov_resolver_open(fixture.resolver);
    ov_dns_look_up(book, ov_slice("tardy.lie.example"), OV_DNS_A);
    ov_resolver_close(book);
    OvResolverStatus status;
    ov_resolver_status(fixture.resolver, &status);
    assert_int_equal(status.failed, 0);
    assert_int_equal(status_of(fixture.resolver, "servfail.lie.example", OV_DNS_A), OV_DNS_FAILED);
    ov_resolver_status(fixture.resolver, &status);
    assert_int_equal(status.failed, 1);
    end(&fixture);
}

static gboolean is_down(OvResolver *resolver) {
    OvResolverStatus status;
    ov_resolver_status(resolver, &status);
    return status.down;
}

static void note_change(gboolean down, gpointer data) {
    g_atomic_int_add((gint *)data, down ? 1 : 100);
}

static void test_nobody_waits_for_dns_that_is_known_to_be_down(void **state) {
    (void)state;
    g_autoptr(NameServer) server = name_server_new(TABLE, 0);
    const char *servers[] = {name_server_address(server), NULL};
    OvResolverSettings settings = {
        .servers = servers,
        .cache = 1 << 20,
        .question_limit = G_USEC_PER_SEC / 5,
        .time_limit = 30 * G_USEC_PER_SEC,
    };
    gint changes = 0;
    g_autoptr(OvResolver) resolver = ov_resolver_new(&settings, note_change, &changes, NULL);
    assert_int_equal(status_of(resolver, "host.example", OV_DNS_A), OV_DNS_FOUND);

    name_server_set_deaf(server, TRUE);
    for (guint i = 0; i < 1000 && !is_down(resolver); i++) {
        g_autofree char *name = g_strdup_printf("n%u.slow-test.net", i);
        assert_int_not_equal(status_of(resolver, name, OV_DNS_A), OV_DNS_FOUND);
    }
    assert_true(is_down(resolver));
    OvDnsBook *book = ov_resolver_open(resolver);
    const OvDnsAnswer *answer = ov_dns_look_up(book, ov_slice("new.slow-test.net"), OV_DNS_A);
    assert_int_equal(answer->status, OV_DNS_FAILED);
    assert_string_equal(answer->trouble, "DNS is down");
    /* What is known stays known. */
    assert_int_equal(ov_dns_look_up(book, ov_slice("host.example"), OV_DNS_A)->status,
                     OV_DNS_FOUND);
    ov_resolver_close(book);

    name_server_set_deaf(server, FALSE);
    for (guint i = 0; i < 1200 && is_down(resolver); i++)
        g_usleep(G_USEC_PER_SEC / 20);
    assert_int_equal(status_of(resolver, "later.slow-test.net", OV_DNS_A), OV_DNS_FOUND);
    for (guint i = 0; i < 1200 && g_atomic_int_get(&changes) != 101; i++)
        g_usleep(G_USEC_PER_SEC / 20);
    assert_int_equal(g_atomic_int_get(&changes), 101);
}

static void test_one_broken_domain_after_another_is_not_taken_for_dead_dns(void **state) {
    (void)state;
    Fixture fixture;
    begin(&fixture, &patient);
    for (guint i = 0; i < 40; i++) {
        OvDnsType type = i % 2 ? OV_DNS_A : OV_DNS_MX;
        const char *name = i % 4 < 2 ? "servfail.lie.example" : "refused.lie.example";
        assert_int_equal(status_of(fixture.resolver, name, type), OV_DNS_FAILED);
        g_autofree char *broken = g_strdup_printf("%u.loop.lie.example", i);
        status_of(fixture.resolver, broken, type);
    }
    assert_false(is_down(fixture.resolver));
    end(&fixture);
}

static gpointer ask_much(gpointer data) {
    OvResolver *resolver = data;
    for (guint i = 0; i < 60; i++) {
        OvDnsBook *book = ov_resolver_open(resolver);
        gint runs = 0;
        ov_resolver_follow(book, follow_names, &runs, NULL);
        for (guint j = 0; j < 6; j++) {
            g_autofree char *name = g_strdup_printf("n%u.slow-test.net", (i * 5 + j * 3) % 200);
            ov_dns_look_up(book, ov_slice(name), OV_DNS_MX);
        }
        if (i % 7 != 0) {
            ov_dns_wait(book);
            g_assert_false(follow_names(book, &runs));
        }
        ov_resolver_close(book);
    }
    return NULL;
}

static void test_many_threads_share_one_resolver(void **state) {
    (void)state;
    static const Limits small = {30000, 20 * G_USEC_PER_SEC, 30 * G_USEC_PER_SEC};
    Fixture fixture;
    begin(&fixture, &small);
    GThread *threads[16];
    for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
        threads[i] = g_thread_new("asker", ask_much, fixture.resolver);
    for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
        g_thread_join(threads[i]);
    end(&fixture);
}

static void test_settings_that_cannot_be_are_told(void **state) {
    (void)state;
    static const char *const wrong[] = {"ns.example", NULL}, *const none[] = {NULL};
    static const struct {
        OvResolverSettings settings;
        const char *told;
    } CASES[] = {
        {{.servers = wrong}, "name server ns.example"},
        {{.servers = none, .dnssec = TRUE, .trust_anchor = "/nonexistent/root.key"},
         "/nonexistent/root.key: No such file"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autoptr(GError) error = NULL;
        assert_null(ov_resolver_new(&CASES[i].settings, NULL, NULL, &error));
        assert_true(g_str_has_prefix(error->message, CASES[i].told));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_type_is_answered_as_the_server_has_it),
        cmocka_unit_test(test_a_name_of_any_octets_can_be_asked),
        cmocka_unit_test(test_what_a_lying_server_says_is_unknown_or_harmless),
        cmocka_unit_test(test_an_answer_is_asked_for_once),
        cmocka_unit_test(test_what_never_comes_has_failed_when_the_time_is_over),
        cmocka_unit_test(test_a_late_answer_serves_the_next_message),
        cmocka_unit_test(test_a_message_may_not_ask_without_end),
        cmocka_unit_test(test_the_cache_stays_within_its_bound),
        cmocka_unit_test(test_what_follows_from_answers_is_asked_without_the_caller),
        cmocka_unit_test(test_a_book_may_be_closed_while_answers_are_on_their_way),
        cmocka_unit_test(test_what_nobody_waited_for_has_not_failed),
        cmocka_unit_test(test_nobody_waits_for_dns_that_is_known_to_be_down),
        cmocka_unit_test(test_one_broken_domain_after_another_is_not_taken_for_dead_dns),
        cmocka_unit_test(test_many_threads_share_one_resolver),
        cmocka_unit_test(test_settings_that_cannot_be_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
