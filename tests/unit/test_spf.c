#include "rules/auth/spf_tree.h"
#include "tests/unit/dns_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static OvArena *arena;

static int set_up(void **state) {
    (void)state;
    arena = ov_arena_new();
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    ov_arena_free(arena);
    return 0;
}

static OvSpf check(OvDnsBook *book, const char *address, const char *sender) {
    OvSpfQuestion question = {.sender = ov_slice(sender), .helo = ov_slice("mta.example.net")};
    assert_true(ov_ip_address_parse(ov_slice(address), &question.address));
    OvSpf spf;
    ov_spf_check_mail_from(arena, book, &question, &spf);
    return spf;
}

/* The result and the reason for 192.0.2.1 and ann@example.org with these records. */
static OvSpf check_zone(const char *zone) {
    OvDnsBook *book = dns_table_new();
    dns_table_read(book, zone);
    OvSpf spf = check(book, "192.0.2.1", "ann@example.org");
    spf.record = ov_arena_dup(arena, spf.record);
    spf.term = ov_arena_dup(arena, spf.term);
    spf.term_domain = ov_arena_dup(arena, spf.term_domain);
    dns_table_free(book);
    return spf;
}

static void assert_text(OvSlice slice, const char *text) {
    assert_string_equal(ov_arena_strndup(arena, slice.data, slice.length), text);
}

static const struct {
    const char *zone, *result, *reason;
} reasons[] = {
    {"example.org TXT v=spf1 ip4:192.0.2.0/24 -all", "pass",
     "192.0.2.1 matches ip4:192.0.2.0/24 in the record of example.org"},
    {"example.org TXT v=spf1 mx -all", "fail",
     "192.0.2.1 is not in the record of example.org, which ends in -all"},
    {"example.org TXT v=spf1 ~ALL", "softfail",
     "192.0.2.1 is not in the record of example.org, which ends in ~ALL"},
    {"example.org TXT v=spf1", "neutral",
     "192.0.2.1 is not in the record of example.org, which says nothing of others"},
    {"example.org TXT v=spf1 redirect=spf.example.org\nspf.example.org TXT v=spf1 -all", "fail",
     "192.0.2.1 is not in the record of spf.example.org, which ends in -all"},
    {"example.org TXT something else", "none", "example.org has no SPF record"},
    {"example.org TXT v=spf1 -all\nexample.org TXT v=spf1 a -all", "permerror",
     "example.org has 2 SPF records, and one is allowed"},
    {"example.org TXT v=spf1 ipv4:192.0.2.1 -all", "permerror",
     "in the record of example.org: ipv4:192.0.2.1: there is no such mechanism"},
    {"example.org TXT v=spf1 ip4:192.0.2.256 -all", "permerror",
     "in the record of example.org: ip4:192.0.2.256: this is no IPv4 address"},
    {"example.org TXT v=spf1 ip4:192.0.2.0/33 -all", "permerror",
     "in the record of example.org: ip4:192.0.2.0/33: the prefix length is out of range"},
    {"example.org TXT v=spf1 include:spf.example -all", "permerror",
     "the included domain spf.example has no SPF record"},
    {"example.org TXT v=spf1 include:spf.example -all\nspf.example TXT v=spf1 al", "permerror",
     "in the record of spf.example: al: there is no such mechanism"},
    {"example.org TXT v=spf1 redirect=spf.example", "permerror",
     "the domain of redirect=spf.example has no SPF record"},
    {"example.org TXT v=spf1 include:example.org -all", "permerror",
     "it takes more than 10 look-ups"},
    {"example.org TXT v=spf1 a:n1.example a:n2.example a:n3.example -all", "permerror",
     "more than 2 of its names do not exist or have no such record, the last is n3.example"},
    {"example.org failed", "temperror", "the DNS gave no answer for example.org: SERVFAIL"},
    {"example.org TXT v=spf1 a -all\nexample.org pending", "pending",
     "an answer of the DNS is missing"},
    {"example.org TXT v=spf1 \xc3\xa4", "permerror",
     "in the record of example.org: ??: an octet that is no visible ASCII character"},
};

static void test_reasons_are_given_in_words(void **state) {
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(reasons); i++) {
        OvSpf spf = check_zone(reasons[i].zone);
        assert_string_equal(spf.reason, reasons[i].reason);
        assert_string_equal(ov_spf_result_name(spf.result), reasons[i].result);
    }
}

/* The grammar of RFC 7208 12, at its edges: legal terms and those that look like it. */
static const struct {
    const char *terms;
    gboolean legal;
} grammar[] = {
    {"", TRUE},
    {"   a   -all   ", TRUE},
    {"A:Example.ORG/24//64", TRUE},
    {"a//64", TRUE},
    {"a/0", TRUE},
    {"mx/24 ?mx:example.org//0", TRUE},
    {"ip4:192.0.2.1/0", TRUE},
    {"ip6:::/0", TRUE},
    {"ip6:2001:db8::192.0.2.1/96", TRUE},
    {"ptr", TRUE},
    {"exists:%{ir}.%{v}._spf.%{d2}", TRUE},
    {"exists:%{L-}.%{S15r.-+,/_=}.example.org", TRUE},
    {"include:example.org. exp=%{i}.example.org", TRUE},
    {"a:example.%{d}", TRUE},
    {"a:%%%_%-.example", TRUE},
    {"some-thing_else.1=%{d}/x:y", TRUE},
    {"op=", TRUE},
    {"a:example.x--1", TRUE},
    {"a/024", FALSE},
    {"a/33", FALSE},
    {"a//129", FALSE},
    {"a/", FALSE},
    {"a//", FALSE},
    {"a/24/64", FALSE},
    {"a:/24", FALSE},
    {"a:", FALSE},
    {"a:example", FALSE},
    {"a:example.1", FALSE},
    {"a:example.-x", FALSE},
    {"a:example.x-", FALSE},
    {"a=b:c all:x", FALSE},
    {"all/8", FALSE},
    {"ptr/24", FALSE},
    {"exists", FALSE},
    {"include", FALSE},
    {"include:example.org/24", FALSE},
    {"ip4", FALSE},
    {"ip4:", FALSE},
    {"ip4:192.0.2", FALSE},
    {"ip4:192.0.02.1", FALSE},
    {"ip4:192.0.2.1/", FALSE},
    {"ip4:192.0.2.1//24", FALSE},
    {"ip4:2001:db8::1", FALSE},
    {"ip6:192.0.2.1", FALSE},
    {"ip6:2001:db8::1/129", FALSE},
    {"ip6:2001:db8::1%eth0", FALSE},
    {"a\t-all", FALSE},
    {"-", FALSE},
    {"+-all", FALSE},
    {"exists:%{z}.example.org", FALSE},
    {"exists:%{c}.example.org", FALSE},
    {"exists:%{i.example.org", FALSE},
    {"exists:%{d0}.example.org", FALSE},
    {"exists:%{dr2}.example.org", FALSE},
    {"exists:%{d!}.example.org", FALSE},
    {"exists:%.example.org", FALSE},
    {"x=%", FALSE},
    {"exp=a.example.org exp=b.example.org", FALSE},
    {"redirect=a.example.org redirect=a.example.org", FALSE},
    {"redirect=", FALSE},
    {"redirect:a.example.org", FALSE},
    {"=x", FALSE},
    {"1x=y", FALSE},
};

static void test_the_grammar_is_kept_to_the_letter(void **state) {
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(grammar); i++) {
        /* ip4 first: what follows is read, and not evaluated. */
        g_autofree char *zone =
            g_strdup_printf("example.org TXT v=spf1 ip4:192.0.2.1 %s", grammar[i].terms);
        OvSpf spf = check_zone(zone);
        if ((spf.result == OV_SPF_PASS) != grammar[i].legal)
            fail_msg("%s: %s", grammar[i].terms, spf.reason);
    }
}

/* Names that macros stand for; the sender is strong-bad@email.example.com from 192.0.2.3 or
 * 2001:db8::cb01 (examples of RFC 7208 7.4, then more). */
static const struct {
    const char *macro, *address, *name;
} macros[] = {
    {"%{o}.x.y", "192.0.2.3", "email.example.com.x.y"},
    {"%{d4}", "192.0.2.3", "email.example.com"},
    {"%{d3}", "192.0.2.3", "email.example.com"},
    {"%{d2}", "192.0.2.3", "example.com"},
    {"%{d1}.x", "192.0.2.3", "com.x"},
    {"%{dr}", "192.0.2.3", "com.example.email"},
    {"%{d2r}", "192.0.2.3", "example.email"},
    {"%{l}.x", "192.0.2.3", "strong-bad.x"},
    {"%{l-}", "192.0.2.3", "strong.bad"},
    {"%{lr}.x", "192.0.2.3", "strong-bad.x"},
    {"%{lr-}", "192.0.2.3", "bad.strong"},
    {"%{l1r-}.x", "192.0.2.3", "strong.x"},
    {"%{ir}.%{v}._spf.%{d2}", "192.0.2.3", "3.2.0.192.in-addr._spf.example.com"},
    {"%{lr-}.lp._spf.%{d2}", "192.0.2.3", "bad.strong.lp._spf.example.com"},
    {"%{lr-}.lp.%{ir}.%{v}._spf.%{d2}", "192.0.2.3",
     "bad.strong.lp.3.2.0.192.in-addr._spf.example.com"},
    {"%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}", "192.0.2.3",
     "3.2.0.192.in-addr.strong.lp._spf.example.com"},
    {"%{d2}.trusted-domains.example.net", "192.0.2.3", "example.com.trusted-domains.example.net"},
    {"%{ir}.%{v}._spf.%{d2}", "2001:db8::cb01",
     "1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6._spf.example.com"},
    {"%{d99999999999}", "192.0.2.3", "email.example.com"},
    {"%{S}.x", "192.0.2.3", "strong-bad%40email.example.com.x"},
    {"%{h}", "192.0.2.3", "mta.example.net"},
    {"%{p}.x", "192.0.2.3", "unknown.x"},
    {"%{i}.x", "::ffff:192.0.2.3", "192.0.2.3.x"},
    {"%%{x%_y.z", "192.0.2.3", "%{x y.z"},
};

static void test_macros_stand_for_their_names(void **state) {
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(macros); i++) {
        g_autoptr(OvDnsBook) book = dns_table_new();
        g_autofree char *zone =
            g_strdup_printf("email.example.com TXT v=spf1 exists:%s -all", macros[i].macro);
        dns_table_read(book, zone);
        OvSpf spf = check(book, macros[i].address, "strong-bad@email.example.com");
        assert_string_equal(ov_spf_result_name(spf.result), "fail");
        if (!dns_table_was_asked(book, macros[i].name, OV_DNS_A))
            fail_msg("%s is not asked for as %s", macros[i].macro, macros[i].name);
    }
}

static void test_a_long_name_loses_labels_from_the_left(void **state) {
    (void)state;
    g_autoptr(OvDnsBook) book = dns_table_new();
    GString *record = g_string_new("example.org TXT v=spf1 exists:first.");
    GString *name = g_string_new(NULL);
    for (guint i = 0; i < 31; i++) {
        g_string_append(record, "label12.");
        if (i > 0)
            g_string_append(name, "label12.");
    }
    g_string_append(record, "example.org -all");
    g_string_append(name, "example.org");
    dns_table_read(book, record->str);
    check(book, "192.0.2.1", "ann@example.org");
    assert_in_range(name->len, 246, 253);
    assert_true(dns_table_was_asked(book, name->str, OV_DNS_A));
    g_string_free(record, TRUE);
    g_string_free(name, TRUE);
}

/* RFC 8616 4. */
static void test_a_local_part_beyond_ascii_matches_nothing(void **state) {
    (void)state;
    g_autoptr(OvDnsBook) book = dns_table_new();
    dns_table_read(book, "example.org TXT v=spf1 exists:%{l}.example.org -all\n"
                         "xn--bcher-kva.example TXT v=spf1 +all");
    assert_int_equal(check(book, "192.0.2.1", "jürgen@example.org").result, OV_SPF_FAIL);
    assert_int_equal(check(book, "192.0.2.1", "jürgen@bücher.example").result, OV_SPF_PASS);
}

static const struct {
    const char *zone, *result;
    guint n_lookups;
} limits[] = {
    /* ten are allowed, over all records together; the eleventh is one too many even if it matches
     */
    {"example.org TXT v=spf1 a:h.net a:h.net a:h.net a:h.net a:h.net a:h.net a:h.net a:h.net "
     "a:h.net a:good.net -all\nh.net A 192.0.2.9\ngood.net A 192.0.2.1",
     "pass", 10},
    {"example.org TXT v=spf1 a:h.net a:h.net a:h.net a:h.net a:h.net a:h.net a:h.net a:h.net "
     "a:h.net a:h.net a:good.net -all\nh.net A 192.0.2.9\ngood.net A 192.0.2.1",
     "permerror", 11},
    {"example.org TXT v=spf1 include:i.net include:i.net include:i.net ip4:192.0.2.1 -all\n"
     "i.net TXT v=spf1 a:h.net a:h.net a:h.net a:h.net a:h.net -all\nh.net A 192.0.2.9",
     "permerror", 11},
    /* two void answers are allowed */
    {"example.org TXT v=spf1 a:v1.net a:v2.net ip4:192.0.2.1 -all", "pass", 2},
    {"example.org TXT v=spf1 a:v1.net a:v2.net a:v3.net ip4:192.0.2.1 -all", "permerror", 3},
    /* a name that nobody can ask for is not asked for */
    {"example.org TXT v=spf1 a:%{h}..x a:%{h}..x a:%{h}..x ip4:192.0.2.1 -all", "pass", 3},
    /* a null MX has no host */
    {"example.org TXT v=spf1 mx -all\nexample.org MX 0 .", "fail", 1},
    {"example.org TXT v=spf1 mx:h.net -all\nh.net MX 10 a.h.net\nh.net MX 20 b.h.net\n"
     "a.h.net A 192.0.2.9\nb.h.net A 192.0.2.1",
     "pass", 1},
    {"example.org TXT v=spf1 a:h.net -all\nh.net failed", "temperror", 1},
    {"example.org TXT v=spf1 ip4:192.0.2.1 a:h.net -all\nh.net failed", "pass", 0},
    {"example.org TXT v=spf1 ptr -all\n1.2.0.192.in-addr.arpa failed", "fail", 1},
    {"example.org TXT v=spf1 ptr -all\n1.2.0.192.in-addr.arpa PTR a.Example.org\n"
     "a.example.org A 192.0.2.1",
     "pass", 1},
    {"example.org TXT v=spf1 ptr -all\n1.2.0.192.in-addr.arpa PTR badexample.org\n"
     "badexample.org A 192.0.2.1",
     "fail", 1},
    {"example.org TXT v=spf1 exists:%{p}.x.net -all\n1.2.0.192.in-addr.arpa PTR a.net\n"
     "a.net A 192.0.2.1\na.net.x.net A 127.0.0.2",
     "pass", 1},
    /* ip6 with a mapped address is of IPv6 */
    {"example.org TXT v=spf1 ip6:::ffff:192.0.2.1/32 -all", "fail", 0},
    {"example.org TXT v=spf1 ip6:::/0 -all", "fail", 0},
};

static void test_limits_hold_over_the_whole_evaluation(void **state) {
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(limits); i++) {
        OvSpf spf = check_zone(limits[i].zone);
        if (strcmp(ov_spf_result_name(spf.result), limits[i].result) != 0 ||
            spf.n_lookups != limits[i].n_lookups)
            fail_msg("%s: %s after %u look-ups: %s", limits[i].zone, ov_spf_result_name(spf.result),
                     spf.n_lookups, spf.reason);
    }
}

static void test_a_name_with_eleven_mail_exchangers_is_too_much(void **state) {
    (void)state;
    g_autoptr(OvDnsBook) book = dns_table_new();
    dns_table_read(book, "example.org TXT v=spf1 mx -all\na.net A 192.0.2.1");
    for (guint i = 0; i < 11; i++)
        dns_table_add(book, "example.org", OV_DNS_MX, "10 a.net");
    assert_int_equal(check(book, "192.0.2.1", "ann@example.org").result, OV_SPF_PERMERROR);
}

/* A worker must not wait once for each name in turn. */
static void test_names_needed_later_are_asked_at_once(void **state) {
    (void)state;
    g_autoptr(OvDnsBook) book = dns_table_new();
    dns_table_read(book, "example.org TXT v=spf1 a:h1.net mx:h2.net include:i.net "
                         "exists:%{i}.e.net ptr -all a:unreached.net\nh1.net pending");
    assert_int_equal(check(book, "192.0.2.1", "ann@example.org").result, OV_SPF_PENDING);
    assert_true(dns_table_was_asked(book, "h2.net", OV_DNS_MX));
    assert_true(dns_table_was_asked(book, "i.net", OV_DNS_TXT));
    assert_true(dns_table_was_asked(book, "192.0.2.1.e.net", OV_DNS_A));
    assert_true(dns_table_was_asked(book, "1.2.0.192.in-addr.arpa", OV_DNS_PTR));
    assert_false(dns_table_was_asked(book, "unreached.net", OV_DNS_A));
}

static void test_the_null_sender_is_judged_by_helo(void **state) {
    (void)state;
    g_autoptr(OvDnsBook) book = dns_table_new();
    dns_table_read(book, "mta.example.net TXT v=spf1 exists:%{l}.%{h}.x.net -all\n"
                         "postmaster.mta.example.net.x.net A 127.0.0.2");
    OvSpf spf = check(book, "192.0.2.1", "");
    assert_int_equal(spf.result, OV_SPF_PASS);
    assert_text(spf.domain, "mta.example.net");
}

static void test_what_decided_is_told(void **state) {
    (void)state;
    OvSpf spf = check_zone("example.org TXT v=spf1 include:i.net -all\n"
                           "i.net TXT v=spf1 ip4:192.0.2.0/24 ~all");
    assert_text(spf.record, "v=spf1 include:i.net -all");
    assert_text(spf.term, "include:i.net");
    assert_text(spf.term_domain, "example.org");
    spf = check_zone("example.org TXT v=spf1 redirect=i.net\n"
                     "i.net TXT v=spf1 ip4:192.0.2.0/24 ~all");
    assert_text(spf.term, "ip4:192.0.2.0/24");
    assert_text(spf.term_domain, "i.net");
}

static const struct {
    const char *record;
    gboolean uses_ptr, passes_all;
} faults[] = {
    {"v=spf1 ip4:192.0.2.0/24 ip4:10.0.0.0/8 ip6:2001::/16 -all", FALSE, FALSE},
    {"v=spf1 ip4:192.0.2.0/24 ptr -all", TRUE, FALSE},
    {"v=spf1 ip4:192.0.2.0/24 a:%{p}.example.org -all", TRUE, FALSE},
    {"v=spf1 ip4:192.0.2.0/24 all", FALSE, TRUE},
    {"v=spf1 ip4:192.0.2.0/24 ip4:0.0.0.0/1 -all", FALSE, TRUE},
    {"v=spf1 ip4:192.0.2.0/24 ip6:::/0 -all", FALSE, TRUE},
    {"v=spf1 ip4:192.0.2.0/24 -ip4:0.0.0.0/1 ?all", FALSE, FALSE},
};

static void test_records_that_pass_everybody_are_noticed(void **state) {
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(faults); i++) {
        g_autofree char *zone = g_strconcat("example.org TXT ", faults[i].record, NULL);
        OvSpf spf = check_zone(zone);
        assert_int_equal(spf.uses_ptr, faults[i].uses_ptr);
        assert_int_equal(spf.passes_all, faults[i].passes_all);
    }
}

static void test_a_record_of_64_kib_costs_little(void **state) {
    (void)state;
    g_autoptr(OvDnsBook) book = dns_table_new();
    GString *record = g_string_new("v=spf1");
    while (record->len < 65000)
        g_string_append(record, " ip4:198.51.100.1");
    g_string_append(record, " ip4:192.0.2.1");
    dns_table_add_text(book, "example.org", (OvSlice){record->str, record->len});
    gsize before = ov_arena_used(arena);
    assert_int_equal(check(book, "192.0.2.1", "ann@example.org").result, OV_SPF_PASS);
    assert_in_range(ov_arena_used(arena) - before, 0, 4096);
    g_string_free(record, TRUE);
}

/* A tree as lines: depth in blanks, domain, look-ups, state where there is no sound record. */
static char *outline(OvDnsBook *book, const char *domain, OvSpfTree *tree) {
    static const char *const states[] = {"",         " none",     " several", " fault",
                                         " depends", " too deep", " unknown", " pending"};
    for (guint rounds = 0; rounds < 20; rounds++) {
        ov_spf_tree_read(arena, book, ov_slice(domain), tree);
        if (!tree->pending)
            break;
        ov_dns_wait(book);
    }
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < tree->n_nodes; i++) {
        const OvSpfNode *node = &tree->nodes[i];
        g_string_append_printf(out, "%*s%.*s %u%s\n", (int)node->depth, "",
                               (int)node->domain.length, node->domain.data, node->n_lookups,
                               states[node->state]);
    }
    return g_string_free(out, FALSE);
}

static void test_the_tree_of_a_record_counts_all_look_ups(void **state) {
    (void)state;
    for (guint slow = 0; slow < 2; slow++) {
        g_autoptr(OvDnsBook) book = dns_table_new();
        dns_table_read(book, "example.org TXT v=spf1 ip4:192.0.2.1 include:a.net mx include:%{l}.x "
                             "include:gone.net include:two.net include:bad.net include:dead.net "
                             "redirect=b.net.\n"
                             "a.net TXT v=spf1 a include:c.net -all\n"
                             "b.net TXT v=spf1 exists:%{i}.b.net ptr -all\n"
                             "c.net TXT v=spf1 a a a -all\n"
                             "two.net TXT v=spf1 -all\ntwo.net TXT v=spf1 a -all\n"
                             "bad.net TXT v=spf1 alll\ndead.net failed");
        if (slow)
            dns_table_be_slow(book);
        OvSpfTree tree;
        g_autofree char *found = outline(book, "example.org", &tree);
        assert_string_equal(found, "example.org 15\n"
                                   " a.net 5\n"
                                   "  c.net 3\n"
                                   " %{l}.x 0 depends\n"
                                   " gone.net 0 none\n"
                                   " two.net 0 several\n"
                                   " bad.net 0 fault\n"
                                   " dead.net 0 unknown\n"
                                   " b.net 2\n");
        assert_string_equal(tree.nodes[6].fault, "alll: there is no such mechanism");
        assert_text(tree.nodes[8].term, "redirect=b.net.");
    }
}

static void test_the_tree_of_a_record_that_includes_itself_ends(void **state) {
    (void)state;
    g_autoptr(OvDnsBook) book = dns_table_new();
    dns_table_read(book, "one.net TXT v=spf1 include:one.net -all\n"
                         "many.net TXT v=spf1 include:many.net include:many.net -all");
    OvSpfTree tree;
    g_autofree char *one = outline(book, "one.net", &tree);
    assert_int_equal(tree.n_nodes, OV_SPF_MAX_LOOKUPS + 2);
    assert_int_equal(tree.nodes[tree.n_nodes - 1].state, OV_SPF_NODE_TOO_DEEP);
    assert_false(tree.cut);
    g_autofree char *many = outline(book, "many.net", &tree);
    assert_int_equal(tree.n_nodes, OV_SPF_TREE_MAX_NODES);
    assert_true(tree.cut);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reasons_are_given_in_words),
        cmocka_unit_test(test_the_grammar_is_kept_to_the_letter),
        cmocka_unit_test(test_macros_stand_for_their_names),
        cmocka_unit_test(test_a_long_name_loses_labels_from_the_left),
        cmocka_unit_test(test_a_local_part_beyond_ascii_matches_nothing),
        cmocka_unit_test(test_limits_hold_over_the_whole_evaluation),
        cmocka_unit_test(test_a_name_with_eleven_mail_exchangers_is_too_much),
        cmocka_unit_test(test_names_needed_later_are_asked_at_once),
        cmocka_unit_test(test_the_null_sender_is_judged_by_helo),
        cmocka_unit_test(test_what_decided_is_told),
        cmocka_unit_test(test_records_that_pass_everybody_are_noticed),
        cmocka_unit_test(test_a_record_of_64_kib_costs_little),
        cmocka_unit_test(test_the_tree_of_a_record_counts_all_look_ups),
        cmocka_unit_test(test_the_tree_of_a_record_that_includes_itself_ends),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
