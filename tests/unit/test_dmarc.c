#include "rules/auth/dmarc.h"
#include "rules/init.h"
#include "tests/unit/dns_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static OvArena *arena;

static int set_up(void **state) {
    (void)state;
    ov_rules_init();
    arena = ov_arena_new();
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    ov_arena_free(arena);
    return 0;
}

static char *text_of(OvSlice slice) {
    return g_strndup(slice.data ? slice.data : "", slice.length);
}

/* Asks until nothing is pending. spf, dkim: domains that passed; NULL for none; "?" unknown. */
static OvDmarc check(OvDnsBook *book, const char *author, const char *spf, const char *dkim) {
    OvSlice signature = ov_slice(dkim);
    OvDmarcQuestion question = {
        .author = ov_slice(author),
        .spf = !spf          ? OV_IDENTITY_FAILED
               : *spf == '?' ? OV_IDENTITY_UNKNOWN
                             : OV_IDENTITY_PASSED,
        .spf_domain = ov_slice(spf),
        .dkim = !dkim          ? OV_IDENTITY_FAILED
                : *dkim == '?' ? OV_IDENTITY_UNKNOWN
                               : OV_IDENTITY_PASSED,
        .dkim_domains = &signature,
        .n_dkim_domains = dkim && *dkim != '?' ? 1 : 0,
    };
    OvDmarc dmarc;
    for (guint rounds = 0; rounds < 10; rounds++) {
        ov_dmarc_check(arena, book, &question, &dmarc);
        if (dmarc.result != OV_DMARC_RESULT_PENDING)
            break;
        ov_dns_wait(book);
    }
    return dmarc;
}

/* RFC 9989 4.10.2 and Appendix B.4, then the corners of both. */
static const struct {
    const char *zone, *start, *organisation;
} walks[] = {
    {"_dmarc.mail.example.com TXT v=DMARC1; p=none\n_dmarc.example.com TXT v=DMARC1; p=none",
     "a.mail.example.com", "example.com"},
    {"_dmarc.mail.example.com TXT v=DMARC1; p=none; psd=n\n"
     "_dmarc.example.com TXT v=DMARC1; p=none",
     "a.mail.example.com", "mail.example.com"},
    {"_dmarc.com TXT v=DMARC1; p=none; psd=y", "a.mail.example.com", "example.com"},
    /* B.4.1 */
    {"_dmarc.example.com TXT v=DMARC1; p=none\n_dmarc.signing.example.com TXT v=DMARC1; p=none",
     "example.com", "example.com"},
    {"_dmarc.example.com TXT v=DMARC1; p=none\n_dmarc.signing.example.com TXT v=DMARC1; p=none",
     "signing.example.com", "example.com"},
    /* B.4.2 */
    {"_dmarc.example.com TXT v=DMARC1; p=none", "a.b.c.d.e.f.g.h.i.j.k.example.com", "example.com"},
    /* B.4.3 */
    {"_dmarc.bank.example TXT v=DMARC1; p=none; psd=y\n"
     "_dmarc.giant.bank.example TXT v=DMARC1; p=none",
     "giant.bank.example", "giant.bank.example"},
    {"_dmarc.bank.example TXT v=DMARC1; p=none; psd=y\n"
     "_dmarc.giant.bank.example TXT v=DMARC1; p=none",
     "mail.giant.bank.example", "giant.bank.example"},
    {"_dmarc.bank.example TXT v=DMARC1; p=none; psd=y\n"
     "_dmarc.giant.bank.example TXT v=DMARC1; p=none",
     "mail.mega.bank.example", "mega.bank.example"},
    /* a public suffix that sends mail itself */
    {"_dmarc.bank.example TXT v=DMARC1; p=none; psd=y", "bank.example", "bank.example"},
    /* none found */
    {"", "a.mail.example.com", "a.mail.example.com"},
    {"", "example.com", "example.com"},
    /* names between the first and the last seven labels are not asked for */
    {"_dmarc.b.c.d.e.f.g.h.example.com TXT v=DMARC1; p=none; psd=n", "a.b.c.d.e.f.g.h.example.com",
     "a.b.c.d.e.f.g.h.example.com"},
    {"_dmarc.d.e.f.g.h.example.com TXT v=DMARC1; p=none; psd=n", "a.b.c.d.e.f.g.h.example.com",
     "d.e.f.g.h.example.com"},
    {"_dmarc.b.c.d.e.f.g.h TXT v=DMARC1; psd=n; p=none", "a.b.c.d.e.f.g.h", "b.c.d.e.f.g.h"},
    /* what is no record of this version, or not alone, does not count */
    {"_dmarc.example.com TXT v=DMARC2; p=none; psd=n", "a.example.com", "a.example.com"},
    {"_dmarc.example.com TXT p=none; v=DMARC1", "a.example.com", "a.example.com"},
    {"_dmarc.example.com TXT v=DMARC1; p=none; psd=n\n"
     "_dmarc.example.com TXT v=DMARC1; p=reject; psd=n",
     "a.example.com", "a.example.com"},
    {"_dmarc.example.com TXT v=DMARC1; p=none; psd=n\n_dmarc.example.com TXT something else",
     "a.example.com", "example.com"},
    /* seven labels, eight and nine: how far up the first step goes */
    {"_dmarc.c.d.e.f.g.h.i TXT v=DMARC1; p=none; psd=n", "b.c.d.e.f.g.h.i", "c.d.e.f.g.h.i"},
    {"_dmarc.b.c.d.e.f.g.h.i TXT v=DMARC1; p=none; psd=n", "a.b.c.d.e.f.g.h.i",
     "a.b.c.d.e.f.g.h.i"},
    {"_dmarc.d.e.f.g.h.i TXT v=DMARC1; p=none; psd=n", "c.d.e.f.g.h.i", "d.e.f.g.h.i"},
    {"_dmarc.a.b.c.d.e.f.g.h.i TXT v=DMARC1; p=none; psd=n\n"
     "_dmarc.h.i TXT v=DMARC1; p=none; psd=n",
     "a.b.c.d.e.f.g.h.i", "a.b.c.d.e.f.g.h.i"},
    /* a suffix below a suffix: the nearest counts, in any letter case */
    {"_dmarc.co.example TXT v=DMARC1; p=none; PSD = Y\n_dmarc.example TXT v=DMARC1; p=none; psd=y",
     "mail.shop.co.example", "shop.co.example"},
    /* psd=u is as none, and the start's own psd=y is not one above it */
    {"_dmarc.mail.example.com TXT v=DMARC1; p=none; psd=u\n"
     "_dmarc.example.com TXT v=DMARC1; p=none; psd=u",
     "a.mail.example.com", "example.com"},
    {"_dmarc.bank.example TXT v=DMARC1; p=none; psd=y\n_dmarc.example TXT v=DMARC1; p=none; psd=y",
     "bank.example", "bank.example"},
    /* two records on the way are none, also where one has psd=y */
    {"_dmarc.com TXT v=DMARC1; p=none; psd=y\n_dmarc.com TXT v=DMARC1; p=none",
     "a.mail.example.com", "a.mail.example.com"},
    /* without a policy it still tells the organisation */
    {"_dmarc.example.com TXT v=DMARC1", "a.example.com", "example.com"},
    {"_dmarc.example.com TXT v=DMARC1; psd=x\n_dmarc.com TXT v=DMARC1", "a.example.com", "com"},
};

static void test_the_tree_walk_finds_the_organisation(void **state) {
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(walks); i++) {
        g_autoptr(OvDnsBook) book = dns_table_new();
        dns_table_read(book, walks[i].zone);
        OvSlice organisation;
        assert_int_equal(
            ov_dmarc_organisation(arena, book, ov_slice(walks[i].start), &organisation),
            OV_DMARC_RESULT_NONE);
        g_autofree char *found = text_of(organisation);
        assert_string_equal(found, walks[i].organisation);
    }
}

static void test_a_tree_walk_asks_eight_times_and_at_once(void **state) {
    (void)state;
    static const char *const names[] = {
        "_dmarc.a.b.c.d.e.f.g.h.i.j.mail.example.com",
        "_dmarc.g.h.i.j.mail.example.com",
        "_dmarc.h.i.j.mail.example.com",
        "_dmarc.i.j.mail.example.com",
        "_dmarc.j.mail.example.com",
        "_dmarc.mail.example.com",
        "_dmarc.example.com",
        "_dmarc.com",
    };
    g_autoptr(OvDnsBook) book = dns_table_new();
    dns_table_be_slow(book);
    OvSlice organisation;
    assert_int_equal(ov_dmarc_organisation(arena, book,
                                           ov_slice("a.b.c.d.e.f.g.h.i.j.mail.example.com"),
                                           &organisation),
                     OV_DMARC_RESULT_PENDING);
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        assert_true(dns_table_was_asked(book, names[i], OV_DNS_TXT));
    assert_int_equal(dns_table_asked(book), 8);
}

static const char everything[] =
    "_dmarc.example.com TXT v=DMARC1; p=reject\nexample.com A 192.0.2.1\n"
    "sub.example.com A 192.0.2.1\nsub.example.net A 192.0.2.1\n";

/* Examples of Appendix B.1, B.3.1 and B.4, then more. */
static const struct {
    const char *zone, *author, *spf, *dkim, *result;
} checks[] = {
    {everything, "example.com", "example.com", NULL, "pass"},
    {everything, "example.com", "child.example.com", NULL, "pass"},
    {everything, "child.example.com", "example.net", NULL, "fail"},
    {everything, "example.com", NULL, "example.com", "pass"},
    {everything, "child.example.com", NULL, "example.com", "pass"},
    {everything, "child.example.com", NULL, "example.net", "fail"},
    {"_dmarc.example.com TXT v=DMARC1; p=reject; aspf=r; rua=mailto:dmarc-feedback@example.com",
     "example.com", "mail.example.com", "example.com", "pass"},
    {"_dmarc.bank.example TXT v=DMARC1; p=reject; psd=y\n"
     "_dmarc.giant.bank.example TXT v=DMARC1; p=reject",
     "giant.bank.example", "mail.giant.bank.example", NULL, "pass"},
    {"_dmarc.bank.example TXT v=DMARC1; p=reject; psd=y\n"
     "_dmarc.giant.bank.example TXT v=DMARC1; p=reject",
     "giant.bank.example", NULL, "mail.mega.bank.example", "fail"},
    /* news.example.com and foo.example.com: table 1 of section 4.4 */
    {everything, "news.example.com", "foo.example.com", NULL, "pass"},
    {everything, "news.example.com", "foo.example.net", NULL, "fail"},
    {everything, "Example.com", "EXAMPLE.COM", NULL, "pass"},
    {everything, "example.com", NULL, NULL, "fail"},
    {everything, "example.com", "evil-example.com", "notexample.com", "fail"},
    /* strict: the very same domain, each method for itself */
    {"_dmarc.example.com TXT v=DMARC1; p=reject; aspf=s", "example.com", "a.example.com", NULL,
     "fail"},
    {"_dmarc.example.com TXT v=DMARC1; p=reject; aspf=s", "example.com", "example.com", NULL,
     "pass"},
    {"_dmarc.example.com TXT v=DMARC1; p=reject; aspf=s", "example.com", NULL, "a.example.com",
     "pass"},
    {"_dmarc.example.com TXT v=DMARC1; p=reject; adkim=s", "example.com", NULL, "a.example.com",
     "fail"},
    /* one is enough; what is not known matters only where it could change the outcome */
    {everything, "example.com", "?", "example.com", "pass"},
    {everything, "example.com", "example.com", "?", "pass"},
    {everything, "example.com", "?", NULL, "unknown"},
    {everything, "example.com", "example.net", "?", "unknown"},
    {"", "example.com", "?", "?", "none"},
    {"_dmarc.example.com failed", "example.com", "example.com", NULL, "unknown"},
    {"_dmarc.example.com TXT v=DMARC1; p=reject\n_dmarc.example.net failed", "example.com",
     "example.net", NULL, "unknown"},
    {"_dmarc.example.com TXT v=DMARC1; p=reject\n_dmarc.example.net failed", "example.com",
     "example.net", "example.com", "pass"},
    {"", "example", "example", NULL, "none"},
    {"", "", NULL, NULL, "none"},
    {"_dmarc.example.com TXT v=DMARC1;", "example.com", "example.com", NULL, "none"},
};

static void test_alignment_decides(void **state) {
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(checks); i++)
        for (guint slow = 0; slow < 2; slow++) {
            g_autoptr(OvDnsBook) book = dns_table_new();
            dns_table_read(book, checks[i].zone);
            if (slow)
                dns_table_be_slow(book);
            OvDmarc dmarc = check(book, checks[i].author, checks[i].spf, checks[i].dkim);
            if (strcmp(ov_dmarc_result_name(dmarc.result), checks[i].result) != 0)
                fail_msg("%s (spf %s, dkim %s): %s: %s", checks[i].author, checks[i].spf,
                         checks[i].dkim, ov_dmarc_result_name(dmarc.result), dmarc.reason);
            assert_true(*dmarc.reason);
        }
}

/* Records of Appendix B.2 and of section 4.7: what they ask for, of mail of this author. */
static const struct {
    const char *zone, *author, *policy, *domain, *fault;
} policies[] = {
    {"_dmarc.example.com TXT v=DMARC1; p=none; rua=mailto:dmarc-feedback@example.com",
     "example.com", "none", "example.com", ""},
    {"_dmarc.example.com TXT v=DMARC1; p=none; rua=mailto:dmarc-feedback@example.com; "
     "ruf=mailto:auth-reports@example.com",
     "example.com", "none", "example.com", ""},
    {"_dmarc.example.com TXT v=DMARC1; p=none; rua=mailto:dmarc-feedback@example.com; "
     "ruf=mailto:auth-reports@thirdparty.example.net",
     "sub.example.com", "none", "example.com", ""},
    {"_dmarc.test.example.com TXT v=DMARC1; p=quarantine; rua=mailto:dmarc-feedback@example.com,"
     "mailto:tld-test@thirdparty.example.net; t=y",
     "test.example.com", "none", "test.example.com", ""},
    {"_dmarc.test.example.com TXT v=DMARC1; p=reject; rua=mailto:dmarc-feedback@example.com,"
     "mailto:tld-test@thirdparty.example.net",
     "test.example.com", "reject", "test.example.com", ""},
    /* t=y is one level lower */
    {"_dmarc.example.com TXT v=DMARC1; p=reject; t=y", "example.com", "quarantine", "example.com",
     ""},
    {"_dmarc.example.com TXT v=DMARC1; p=none; t=y", "example.com", "none", "example.com", ""},
    /* the author's own record: p, whatever sp says */
    {"_dmarc.example.com TXT v=DMARC1; p=reject; sp=none; np=none", "example.com", "reject",
     "example.com", ""},
    {"_dmarc.sub.example.com TXT v=DMARC1; p=none\n"
     "_dmarc.example.com TXT v=DMARC1; p=reject; sp=reject",
     "sub.example.com", "none", "sub.example.com", ""},
    /* a name that exists: sp; one that does not: np, else sp, else p */
    {"_dmarc.example.com TXT v=DMARC1; p=none; sp=quarantine; np=reject\nsub.example.com A "
     "192.0.2.1",
     "sub.example.com", "quarantine", "example.com", ""},
    {"_dmarc.example.com TXT v=DMARC1; p=none; np=reject\nsub.example.com MX 10 mx.example.com",
     "sub.example.com", "none", "example.com", ""},
    {"_dmarc.example.com TXT v=DMARC1; p=none; sp=quarantine; np=reject", "gone.example.com",
     "reject", "example.com", ""},
    {"_dmarc.example.com TXT v=DMARC1; p=none; sp=quarantine", "gone.example.com", "quarantine",
     "example.com", ""},
    {"_dmarc.example.com TXT v=DMARC1; p=reject", "gone.example.com", "reject", "example.com", ""},
    /* the organisation's, not the nearest */
    {"_dmarc.b.example.com TXT v=DMARC1; p=none\n_dmarc.example.com TXT v=DMARC1; p=reject",
     "a.b.example.com", "reject", "example.com", ""},
    /* a public suffix's, where the organisation has none */
    {"_dmarc.bank.example TXT v=DMARC1; p=none; np=reject; psd=y", "gone.bank.example", "reject",
     "bank.example", ""},
    {"_dmarc.bank.example TXT v=DMARC1; p=none; sp=quarantine; psd=y\nmega.bank.example A "
     "192.0.2.1",
     "mega.bank.example", "quarantine", "bank.example", ""},
    /* two records of the author's own are none: the organisation's applies */
    {"_dmarc.sub.example.com TXT v=DMARC1; p=none\n_dmarc.sub.example.com TXT v=DMARC1; p=none\n"
     "_dmarc.example.com TXT v=DMARC1; p=none; sp=reject\nsub.example.com A 192.0.2.1",
     "sub.example.com", "reject", "example.com",
     "there are 2 records at _dmarc.sub.example.com, so none counts"},
    /* a suffix's sp and np reach below an organisation without a record of its own */
    {"_dmarc.bank.example TXT v=DMARC1; p=none; sp=quarantine; np=reject; psd=y\n"
     "a.mega.bank.example A 192.0.2.1",
     "a.mega.bank.example", "quarantine", "bank.example", ""},
    {"_dmarc.bank.example TXT v=DMARC1; p=none; sp=quarantine; np=reject; psd=y",
     "a.mega.bank.example", "reject", "bank.example", ""},
    {"_dmarc.bank.example TXT v=DMARC1; p=reject; psd=y\n"
     "_dmarc.giant.bank.example TXT v=DMARC1; p=none",
     "mail.giant.bank.example", "none", "giant.bank.example", ""},
    /* t=y lowers sp and np as well */
    {"_dmarc.example.com TXT v=DMARC1; p=none; sp=reject; t=y\nsub.example.com A 192.0.2.1",
     "sub.example.com", "quarantine", "example.com", ""},
    {"_dmarc.example.com TXT v=DMARC1; p=none; np=quarantine; T=Y", "gone.example.com", "none",
     "example.com", ""},
    {"_dmarc.example.com TXT v=DMARC1; p=reject; t=n", "example.com", "reject", "example.com", ""},
    {"_dmarc.example.com TXT v=DMARC1; p=reject; t=maybe", "example.com", "reject", "example.com",
     "in the record at _dmarc.example.com: t=maybe"},
    /* a name that exists only because of names below it exists (RFC 8020) */
    {"_dmarc.example.com TXT v=DMARC1; p=none; np=reject\nhost.sub.example.com A 192.0.2.1",
     "sub.example.com", "none", "example.com", ""},
    /* spelling */
    {"_dmarc.example.com TXT v=DMARC1;\t p\t=\tQuarantine \t;\tNP=None ;", "example.com",
     "quarantine", "example.com", ""},
    {"_dmarc.example.com TXT v=DMARC1; p=none; np=Reject; SP=QUARANTINE", "gone.example.com",
     "reject", "example.com", ""},
    {"_dmarc.example.com TXT v=DMARC1;p=REJECT;", "example.com", "reject", "example.com", ""},
    {"_dmarc.example.com TXT V = DMARC1 ; P = reject ; x=y", "example.com", "reject", "example.com",
     ""},
    {"_dmarc.example.com TXT v=DMARC1; p=reject; pct=50; ri=3600; rf=afrf", "example.com", "reject",
     "example.com", ""},
    /* faults */
    {"_dmarc.example.com TXT v=DMARC1; p=rejected; rua=mailto:d@example.com", "example.com", "none",
     "example.com", "in the record at _dmarc.example.com: p=rejected"},
    {"_dmarc.example.com TXT v=DMARC1; rua=mailto:d@example.com", "example.com", "none",
     "example.com", ""},
    {"_dmarc.example.com TXT v=DMARC1; p=reject; sp=nothing; rua=mailto:d@example.com",
     "example.com", "none", "example.com", "in the record at _dmarc.example.com: sp=nothing"},
    {"_dmarc.example.com TXT v=DMARC1; p=reject; np=nothing; rua=mailto:d@example.com",
     "example.com", "none", "example.com", "in the record at _dmarc.example.com: np=nothing"},
    {"_dmarc.example.com TXT v=DMARC1; p=reject; sp=nothing", "example.com", NULL, NULL,
     "in the record at _dmarc.example.com: sp=nothing"},
    {"_dmarc.example.com TXT v=DMARC1; p=; rua=mailto:d@example.com", "example.com", "none",
     "example.com", "in the record at _dmarc.example.com: p="},
    {"_dmarc.example.com TXT v=DMARC1; p=rejected; rua=nothing, mailto:d@example.com!10m",
     "example.com", "none", "example.com", "in the record at _dmarc.example.com: p=rejected"},
    {"_dmarc.example.com TXT v=DMARC1; p=reject; adkim=x; aspf=", "example.com", "reject",
     "example.com", "in the record at _dmarc.example.com: adkim=x"},
    {"_dmarc.example.com TXT v=DMARC1; p=reject; rua=d@example.com", "example.com", "reject",
     "example.com", "in the record at _dmarc.example.com: rua=d@example.com"},
    {"_dmarc.example.com TXT v=DMARC1; p=reject; p=none", "example.com", "reject", "example.com",
     "in the record at _dmarc.example.com: p=none"},
    {"_dmarc.example.com TXT v=DMARC1; p=reject, sp=none", "example.com", NULL, NULL,
     "in the record at _dmarc.example.com: p=reject, sp=none"},
    {"_dmarc.example.com TXT v=DMARC1", "example.com", NULL, NULL,
     "the record at _dmarc.example.com has no policy p="},
    {"_dmarc.example.com TXT v=dmarc1; p=reject", "example.com", NULL, NULL,
     "the record at _dmarc.example.com does not begin with v=DMARC1"},
    {"_dmarc.example.com TXT  v=DMARC1; p=reject", "example.com", NULL, NULL,
     "the record at _dmarc.example.com does not begin with v=DMARC1"},
    {"_dmarc.example.com TXT p=reject; v=DMARC1", "example.com", NULL, NULL,
     "the record at _dmarc.example.com does not begin with v=DMARC1"},
    {"_dmarc.example.com TXT v=DMARC1; p=reject\n_dmarc.example.com TXT v=DMARC1; p=none",
     "example.com", NULL, NULL, "there are 2 records at _dmarc.example.com, so none counts"},
};

static void test_the_policy_is_found_where_it_applies(void **state) {
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(policies); i++) {
        g_autoptr(OvDnsBook) book = dns_table_new();
        dns_table_read(book, policies[i].zone);
        OvDmarc dmarc = check(book, policies[i].author, NULL, NULL);
        if (strcmp(dmarc.fault, policies[i].fault) != 0)
            fail_msg("%s: %s", policies[i].zone, dmarc.fault);
        assert_int_equal(dmarc.found, policies[i].policy != NULL);
        assert_int_equal(dmarc.result,
                         policies[i].policy ? OV_DMARC_RESULT_FAIL : OV_DMARC_RESULT_NONE);
        if (!policies[i].policy)
            continue;
        if (strcmp(ov_dmarc_policy_name(dmarc.policy), policies[i].policy) != 0)
            fail_msg("%s: %s", policies[i].zone, ov_dmarc_policy_name(dmarc.policy));
        g_autofree char *domain = text_of(dmarc.domain);
        assert_string_equal(domain, policies[i].domain);
    }
}

static void test_reasons_tell_whose_domains_do_not_fit(void **state) {
    (void)state;
    g_autoptr(OvDnsBook) book = dns_table_new();
    dns_table_read(book, "_dmarc.example.com TXT v=DMARC1; p=reject\n"
                         "_dmarc.strict.example TXT v=DMARC1; p=reject; aspf=s");
    assert_string_equal(check(book, "example.com", "mail.example.com", NULL).reason,
                        "SPF passes for a domain aligned with example.com");
    assert_string_equal(check(book, "example.com", NULL, NULL).reason,
                        "SPF does not pass and no signature is valid");
    assert_string_equal(check(book, "example.com", "example.net", NULL).reason,
                        "SPF passes for example.net, which is not aligned with example.com, and "
                        "no signature is");
    assert_string_equal(check(book, "example.com", "example.net", "example.org").reason,
                        "SPF passes for example.net and a signature of example.org is valid, "
                        "neither being aligned with example.com");
    assert_string_equal(check(book, "strict.example", "a.strict.example", NULL).reason,
                        "SPF passes for a.strict.example, which is not aligned with "
                        "strict.example, which asks for the same domain, and no signature is");
    assert_string_equal(check(book, "example.net", "example.net", NULL).reason,
                        "example.net has no DMARC record, and no domain above it has");
}

/* RFC 7489 receivers look at the public suffix list, where github.io is one. */
static void test_the_public_suffix_list_is_a_second_opinion(void **state) {
    (void)state;
    g_autoptr(OvDnsBook) book = dns_table_new();
    dns_table_read(book, "_dmarc.example.com TXT v=DMARC1; p=reject\n"
                         "_dmarc.github.io TXT v=DMARC1; p=reject");
    assert_false(check(book, "a.example.com", "b.example.com", NULL).psl_differs);
    assert_true(check(book, "a.github.io", "b.github.io", NULL).psl_differs);
}

static void test_old_tags_and_reports_are_noticed(void **state) {
    (void)state;
    OvDmarcRecord record;
    ov_dmarc_record_read(ov_slice("v=DMARC1; p=none; pct=100; rua=https://x/"), &record);
    assert_true(record.old_tags);
    assert_true(record.reports);
    ov_dmarc_record_read(ov_slice("v=DMARC1; p=none; rua=mailto:@"), &record);
    assert_false(record.old_tags);
    assert_false(record.reports);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_tree_walk_finds_the_organisation),
        cmocka_unit_test(test_a_tree_walk_asks_eight_times_and_at_once),
        cmocka_unit_test(test_alignment_decides),
        cmocka_unit_test(test_the_policy_is_found_where_it_applies),
        cmocka_unit_test(test_reasons_tell_whose_domains_do_not_fit),
        cmocka_unit_test(test_the_public_suffix_list_is_a_second_opinion),
        cmocka_unit_test(test_old_tags_and_reports_are_noticed),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
