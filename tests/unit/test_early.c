#include "rules/auth/early.h"
#include "tests/unit/name_server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char TABLE[] =
    "kranichwerke-test.net MX 10 mx.kranichwerke-test.net\n"
    "kranichwerke-test.net TXT v=spf1 include:spf.otherhouse-test.org -all\n"
    "spf.otherhouse-test.org TXT v=spf1 a:out.otherhouse-test.org -all\n"
    "out.otherhouse-test.org A 192.0.2.25\n"
    "_dmarc.kranichwerke-test.net TXT v=DMARC1; p=none\n"
    "answers-test.org A 192.0.2.26\n"
    "mx.kranichwerke-test.net A 192.0.2.27\n"
    "kranichwerke-test.net.list-test.org A 127.0.0.2\n"
    "bounces-test.org.list-test.org A 127.0.0.2\n"
    "bounces-test.org MX 10 mx.kranichwerke-test.net\n"
    "bounces-test.org TXT v=spf1 include:kranichwerke-test.net -all\n"
    "s1._domainkey.kranichwerke-test.net TXT v=DKIM1; p=AAAA\n";

static const char HEADER[] =
    "From: Anna Muster <anna@kranichwerke-test.net>\r\nReply-To: office@answers-test.org\r\n"
    "DKIM-Signature: v=1; a=rsa-sha256; d=kranichwerke-test.net; s=s1; h=from;\r\n"
    " bh=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=;\r\n"
    " b=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n"
    " AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n"
    " AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n"
    "Subject: Minutes\r\n\r\n";

static guint64 asked(OvResolver *resolver) {
    OvResolverStatus status;
    ov_resolver_status(resolver, &status);
    return status.asked;
}

/* The book gets what the header asks for; then each of these must be known without a question. */
static void test_what_will_be_asked_at_the_end_is_known_by_then(void **state) {
    (void)state;
    static const struct {
        const char *name;
        OvDnsType type;
    } KNOWN[] = {
        {"kranichwerke-test.net", OV_DNS_MX},
        {"kranichwerke-test.net", OV_DNS_TXT},
        {"spf.otherhouse-test.org", OV_DNS_TXT},
        {"out.otherhouse-test.org", OV_DNS_A},
        {"_dmarc.kranichwerke-test.net", OV_DNS_TXT},
        {"answers-test.org", OV_DNS_A},
        {"mx.kranichwerke-test.net", OV_DNS_A},
        {"bounces-test.org", OV_DNS_MX},
        {"kranichwerke-test.net.list-test.org", OV_DNS_A},
        {"bounces-test.org.list-test.org", OV_DNS_A},
        {"s1._domainkey.kranichwerke-test.net", OV_DNS_TXT},
    };
    g_autoptr(NameServer) server = name_server_new(TABLE, 0);
    const char *servers[] = {name_server_address(server), NULL};
    OvResolverSettings settings = {
        .servers = servers,
        .cache = 1 << 20,
        .question_limit = 20 * G_USEC_PER_SEC,
        .time_limit = 30 * G_USEC_PER_SEC,
    };
    g_autoptr(OvResolver) resolver = ov_resolver_new(&settings, NULL, NULL, NULL);
    OvEgressPoint point = {.helo = NULL};
    assert_true(ov_ip_address_parse(ov_slice("192.0.2.25"), &point.address));
    OvEgress egress = {.points = &point, .n_points = 1};
    g_autoptr(OvStanding) standing = ov_standing_new();
    OvDnsBook *book = ov_resolver_open(resolver);
    ov_standing_add_domain_list(standing, book, "list-test.org", NULL, 1);
    ov_resolver_close(book);
    OvEnvelope envelope = {
        .sender = "anna@bounces-test.org", .egress = &egress, .standing = standing, .now = 1};

    book = ov_resolver_open(resolver);
    ov_early_ask(book, &envelope, ov_slice(HEADER));
    ov_dns_wait(book);
    guint64 before = asked(resolver);
    for (guint i = 0; i < G_N_ELEMENTS(KNOWN); i++)
        if (ov_dns_look_up(book, ov_slice(KNOWN[i].name), KNOWN[i].type)->status != OV_DNS_FOUND)
            fail_msg("%s is not known", KNOWN[i].name);
    assert_int_equal(asked(resolver), before);
    ov_resolver_close(book);
}

static void test_names_that_are_not_public_are_asked_of_nobody(void **state) {
    (void)state;
    static const char *const HEADERS[] = {
        "From: root@localhost\r\n\r\n",
        "From: anna@kranichwerke.invalid\r\nReply-To: anna@[192.0.2.1]\r\n\r\n",
        "From: Anna\r\n\r\n",
        "no header at all",
        "",
    };
    g_autoptr(NameServer) server = name_server_new(TABLE, 0);
    const char *servers[] = {name_server_address(server), NULL};
    OvResolverSettings settings = {.servers = servers,
                                   .cache = 1 << 20,
                                   .question_limit = 20 * G_USEC_PER_SEC,
                                   .time_limit = 30 * G_USEC_PER_SEC};
    g_autoptr(OvResolver) resolver = ov_resolver_new(&settings, NULL, NULL, NULL);
    OvEgressPoint point = {.helo = NULL};
    assert_true(ov_ip_address_parse(ov_slice("192.0.2.25"), &point.address));
    OvEgress egress = {.points = &point, .n_points = 1};
    OvEnvelope envelope = {.sender = "root@localhost", .egress = &egress, .now = 1};
    for (guint i = 0; i < G_N_ELEMENTS(HEADERS); i++) {
        OvDnsBook *book = ov_resolver_open(resolver);
        ov_early_ask(book, &envelope, ov_slice(HEADERS[i]));
        ov_dns_wait(book);
        ov_resolver_close(book);
    }
    assert_int_equal(asked(resolver), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_will_be_asked_at_the_end_is_known_by_then),
        cmocka_unit_test(test_names_that_are_not_public_are_asked_of_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
