/* The SPF record that a domain should publish. What is proposed must hold what it promises. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rules/auth/dns_overlay.h"
#include "rules/auth/spf_mend.h"
#include "tests/unit/dns_table.h"

/* Beside the records of each case. */
static const char ZONE[] =
    "shop.test A 192.0.2.80\n"
    "shop.test MX 10 mx.shop.test\n"
    "mx.shop.test A 192.0.2.25\n"
    "spf.house.test TXT v=spf1 ip4:203.0.113.0/28 -all\n"
    "other.house.test TXT v=spf1 ip4:203.0.113.32/28 -all\n"
    "deep.house.test TXT v=spf1 include:a.deep.test include:b.deep.test -all\n"
    "a.deep.test TXT v=spf1 a:h1.deep.test a:h2.deep.test a:h3.deep.test "
    "a:h4.deep.test a:h5.deep.test -all\n"
    "b.deep.test TXT v=spf1 a:h1.deep.test a:h2.deep.test a:h3.deep.test "
    "a:h4.deep.test a:h5.deep.test -all\n"
    "h1.deep.test A 203.0.113.101\nh2.deep.test A 203.0.113.102\n"
    "h3.deep.test A 203.0.113.103\nh4.deep.test A 203.0.113.104\n"
    "h5.deep.test A 203.0.113.105\n";

static const char OURS4[] = "198.51.100.7", OURS6[] = "2001:db8::7";

static OvSpfResult result_of(OvArena *arena, OvDnsBook *book, const char *address) {
    OvSpfQuestion question = {.sender = ov_slice("news@shop.test"),
                              .helo = ov_slice("mx.shop.test")};
    OvSpf spf;
    assert_true(ov_ip_address_parse(ov_slice(address), &question.address));
    ov_spf_check_mail_from(arena, book, &question, &spf);
    return spf.result;
}

typedef struct {
    const char *records[3]; /* of shop.test */
    const char *kept[3];    /* addresses that the records meant to allow, and that must go on */
    gboolean right;         /* nothing is to be published */
} Case;

static const Case CASES[] = {
    {{NULL}, {NULL}, FALSE},
    {{"v=spf1 ip4:198.51.100.7 ip6:2001:db8::7 -all"}, {NULL}, TRUE},
    {{"v=spf1 ip4:192.0.2.9 -all"}, {"192.0.2.9"}, FALSE},
    {{"v=spf1 mx a -all"}, {"192.0.2.25", "192.0.2.80"}, FALSE},
    {{"v=spf1 include:spf.house.test ~all"}, {"203.0.113.1"}, FALSE},
    {{"v=spf1 include:spf.house.test include:gone.house.test -all"}, {"203.0.113.1"}, FALSE},
    {{"v=spf1 ip4:192.0.2.9 +all"}, {"192.0.2.9"}, FALSE},
    {{"v=spf1 +all"}, {NULL}, FALSE},
    {{"v=spf1 ptr ip4:192.0.2.9 -all"}, {"192.0.2.9"}, FALSE},
    {{"v=spf1 ip4:192.0.2.9"}, {"192.0.2.9"}, FALSE},
    {{"v=spf1 ip4:192.0.2.9 -all", "v=spf1 include:other.house.test ~all"},
     {"192.0.2.9", "203.0.113.33"},
     FALSE},
    {{"v=spf1 ip4:192.0.2.9 ip4:192.0.2.9 -all"}, {"192.0.2.9"}, FALSE},
    {{"v=spf1 redirect=spf.house.test"}, {"203.0.113.1"}, FALSE},
    {{"v=spf1 ip4:192.0.2.9 ip4:192.0.2.300 -all"}, {"192.0.2.9"}, FALSE},
    {{"v=spf1 -ip4:198.51.100.7 ip4:192.0.2.9 -all"}, {"192.0.2.9"}, FALSE},
    {{"v=spf1 -ip4:198.51.100.0/24 ip4:192.0.2.9 ?all"}, {"192.0.2.9"}, FALSE},
    {{"v=spf1 -all"}, {NULL}, FALSE},
    {{"V=SPF1 IP4:192.0.2.9 -ALL"}, {"192.0.2.9"}, FALSE},
    {{"v=spf1 exists:%{i}.gone.test ip4:192.0.2.9 -all"}, {"192.0.2.9"}, FALSE},
};

static OvDnsBook *book_of(const Case *c) {
    OvDnsBook *book = dns_table_new();
    dns_table_read(book, ZONE);
    for (gsize i = 0; i < G_N_ELEMENTS(c->records) && c->records[i]; i++)
        dns_table_add(book, "shop.test", OV_DNS_TXT, c->records[i]);
    return book;
}

static OvSpfMend mend(OvArena *arena, OvDnsBook *book, OvFindings *findings) {
    OvIpAddress *ours = OV_ARENA_NEW(arena, OvIpAddress, 2);
    assert_true(ov_ip_address_parse(ov_slice(OURS4), &ours[0]));
    assert_true(ov_ip_address_parse(ov_slice(OURS6), &ours[1]));
    OvSpfMendQuestion question = {ov_slice("shop.test"), ours, 2, ov_slice("mx.shop.test")};
    OvSpfMend result;
    ov_findings_init(findings, arena);
    ov_spf_mend(arena, book, &question, findings, &result);
    assert_false(result.pending);
    return result;
}

static void check_case(const Case *c) {
    g_autoptr(OvArena) arena = ov_arena_new();
    OvDnsBook *book = book_of(c);
    OvFindings findings;
    OvSpfMend result = mend(arena, book, &findings);
    if (c->right) {
        assert_int_equal(result.record.length, 0);
    } else {
        if (result.record.length == 0)
            fail_msg("nothing is proposed for %s", c->records[0] ? c->records[0] : "nothing");
        OvDnsOverlay overlay;
        ov_dns_overlay_init(&overlay, book, ov_slice("shop.test"), result.record);
        if (result_of(arena, &overlay.book, OURS4) != OV_SPF_PASS ||
            result_of(arena, &overlay.book, OURS6) != OV_SPF_PASS)
            fail_msg("we don't pass by %.*s", (int)result.record.length, result.record.data);
        for (gsize i = 0; i < G_N_ELEMENTS(c->kept) && c->kept[i]; i++)
            if (result_of(arena, &overlay.book, c->kept[i]) != OV_SPF_PASS)
                fail_msg("%s does not pass by %.*s", c->kept[i], (int)result.record.length,
                         result.record.data);
        if (result_of(arena, &overlay.book, "192.0.2.222") == OV_SPF_PASS)
            fail_msg("a stranger passes by %.*s", (int)result.record.length, result.record.data);
        assert_true(result.n_lookups <= 10);
    }
    dns_table_free(book);
}

static void test_a_proposed_record_lets_us_pass_and_keeps_who_was_allowed(void **state) {
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++)
        check_case(&CASES[i]);
}

static gboolean says(const OvFindings *findings, const char *words) {
    for (guint i = 0; i < findings->n_findings; i++)
        if (strstr(findings->findings[i].text, words))
            return TRUE;
    return FALSE;
}

static void test_what_is_wrong_is_told(void **state) {
    (void)state;
    static const struct {
        Case c;
        const char *words;
    } cases[] = {
        {{.records = {NULL}}, "there is no SPF record"},
        {{.records = {"v=spf1 ip4:192.0.2.9 -all", "v=spf1 -all"}}, "there are 2 SPF records"},
        {{.records = {"v=spf1 ptr -all"}}, "ptr"},
        {{.records = {"v=spf1 +all"}}, "everybody"},
        {{.records = {"v=spf1 include:gone.house.test -all"}}, "gone.house.test"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(OvArena) arena = ov_arena_new();
        OvDnsBook *book = book_of(&cases[i].c);
        OvFindings findings;
        mend(arena, book, &findings);
        if (!says(&findings, cases[i].words))
            fail_msg("nothing tells of %s", cases[i].words);
        dns_table_free(book);
    }
}

/* Over ten look-ups receivers stop: nothing is promised then that can't be held. */
static void test_a_record_with_too_many_look_ups_is_not_called_right(void **state) {
    (void)state;
    const Case c = {.records = {"v=spf1 include:deep.house.test -all"}};
    g_autoptr(OvArena) arena = ov_arena_new();
    OvDnsBook *book = book_of(&c);
    OvFindings findings;
    OvSpfMend result = mend(arena, book, &findings);
    assert_true(ov_findings_has(&findings, OV_FINDING_MEND));
    if (result.record.length > 0) {
        OvDnsOverlay overlay;
        ov_dns_overlay_init(&overlay, book, ov_slice("shop.test"), result.record);
        assert_int_equal(result_of(arena, &overlay.book, OURS4), OV_SPF_PASS);
    }
    dns_table_free(book);
}

static void test_answers_that_come_late_are_waited_for(void **state) {
    (void)state;
    const Case c = {.records = {"v=spf1 include:spf.house.test ptr -all"}};
    g_autoptr(OvArena) arena = ov_arena_new();
    OvDnsBook *book = book_of(&c);
    dns_table_be_slow(book);
    OvIpAddress ours;
    assert_true(ov_ip_address_parse(ov_slice(OURS4), &ours));
    OvSpfMendQuestion question = {ov_slice("shop.test"), &ours, 1, ov_slice("mx.shop.test")};
    OvSpfMend result;
    OvFindings findings;
    guint rounds = 0;
    do {
        ov_findings_init(&findings, arena);
        ov_spf_mend(arena, book, &question, &findings, &result);
        ov_dns_wait(book);
    } while (result.pending && ++rounds < 20);
    assert_false(result.pending);
    assert_true(rounds > 0 && result.record.length > 0);
    dns_table_free(book);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_proposed_record_lets_us_pass_and_keeps_who_was_allowed),
        cmocka_unit_test(test_what_is_wrong_is_told),
        cmocka_unit_test(test_a_record_with_too_many_look_ups_is_not_called_right),
        cmocka_unit_test(test_answers_that_come_late_are_waited_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
