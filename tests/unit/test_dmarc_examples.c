/* Every example of Appendix B of RFC 9989 that has an outcome, as it stands there: B.1 to B.4. (B.5
 * tells of reports, which Outvet does not send.) */
#include "rules/auth/dmarc.h"
#include "rules/init.h"
#include "tests/unit/dns_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define EXAMPLE_COM "_dmarc.example.com TXT v=DMARC1; p=reject\nexample.com A 192.0.2.1\n"
#define SIGNING                                                                                    \
    "_dmarc.example.com TXT v=DMARC1; p=reject\n"                                                  \
    "_dmarc.signing.example.com TXT v=DMARC1; p=none\n"
#define BANK                                                                                       \
    "_dmarc.bank.example TXT v=DMARC1; p=reject; psd=y\n"                                          \
    "_dmarc.giant.bank.example TXT v=DMARC1; p=quarantine\n"
#define REPORTS   "rua=mailto:dmarc-feedback@example.com"
#define TEST_URIS REPORTS ",mailto:tld-test@thirdparty.example.net"

static const struct {
    const char *section, *zone;
    const char *author, *spf, *dkim; /* spf, dkim: domains that passed; NULL for none */
    gboolean spf_aligned, dkim_aligned;
    const char *policy_domain, *published, *policy;
} EXAMPLES[] = {
    {"B.1.1 example 1", EXAMPLE_COM, "example.com", "example.com", NULL, TRUE, FALSE, "example.com",
     "reject", "reject"},
    {"B.1.1 example 2", EXAMPLE_COM, "example.com", "child.example.com", NULL, TRUE, FALSE,
     "example.com", "reject", "reject"},
    {"B.1.1 example 3", EXAMPLE_COM, "child.example.com", "example.net", NULL, FALSE, FALSE,
     "example.com", "reject", "reject"},
    {"B.1.2 example 1", EXAMPLE_COM, "example.com", NULL, "example.com", FALSE, TRUE, "example.com",
     "reject", "reject"},
    {"B.1.2 example 2", EXAMPLE_COM, "child.example.com", NULL, "example.com", FALSE, TRUE,
     "example.com", "reject", "reject"},
    {"B.1.2 example 3", EXAMPLE_COM, "child.example.com", NULL, "example.net", FALSE, FALSE,
     "example.com", "reject", "reject"},
    {"B.2.1", "_dmarc.example.com TXT v=DMARC1; p=none; " REPORTS, "example.com", NULL, NULL, FALSE,
     FALSE, "example.com", "none", "none"},
    {"B.2.2",
     "_dmarc.example.com TXT v=DMARC1; p=none; " REPORTS "; ruf=mailto:auth-reports@example.com",
     "example.com", NULL, NULL, FALSE, FALSE, "example.com", "none", "none"},
    {"B.2.3",
     "_dmarc.example.com TXT v=DMARC1; p=none; " REPORTS "; "
     "ruf=mailto:auth-reports@thirdparty.example.net\n"
     "example.com._report._dmarc.thirdparty.example.net TXT v=DMARC1;",
     "example.com", NULL, NULL, FALSE, FALSE, "example.com", "none", "none"},
    /* what a third party publishes to take reports is nobody's policy */
    {"B.2.4",
     "example.com._report._dmarc.thirdparty.example.net TXT v=DMARC1; "
     "rua=mailto:aggregate-reports@thirdparty.example.net; "
     "ruf=mailto:failure-reports@thirdparty.example.net",
     "thirdparty.example.net", NULL, NULL, FALSE, FALSE, NULL, NULL, NULL},
    {"B.2.5 testing", "_dmarc.test.example.com TXT v=DMARC1; p=quarantine; " TEST_URIS "; t=y",
     "test.example.com", NULL, NULL, FALSE, FALSE, "test.example.com", "quarantine", "none"},
    {"B.2.5 in force", "_dmarc.test.example.com TXT v=DMARC1; p=reject; " TEST_URIS,
     "test.example.com", NULL, NULL, FALSE, FALSE, "test.example.com", "reject", "reject"},
    {"B.2.5 elsewhere", "_dmarc.test.example.com TXT v=DMARC1; p=reject; " TEST_URIS, "example.com",
     NULL, NULL, FALSE, FALSE, NULL, NULL, NULL},
    {"B.3.1", "_dmarc.example.com TXT v=DMARC1; p=reject; aspf=r; " REPORTS, "example.com",
     "mail.example.com", "example.com", TRUE, TRUE, "example.com", "reject", "reject"},
    {"B.4.1", SIGNING, "example.com", "example.com", "signing.example.com", TRUE, TRUE,
     "example.com", "reject", "reject"},
    {"B.4.2", SIGNING, "a.b.c.d.e.f.g.h.i.j.k.example.com", "example.com", "signing.example.com",
     TRUE, TRUE, "example.com", "reject", "reject"},
    {"B.4.3", BANK, "giant.bank.example", "mail.giant.bank.example", "mail.mega.bank.example", TRUE,
     FALSE, "giant.bank.example", "quarantine", "quarantine"},
};

static void test_each_example_of_the_standard_comes_out_as_it_says(void **state) {
    (void)state;
    ov_rules_init();
    for (gsize i = 0; i < G_N_ELEMENTS(EXAMPLES); i++) {
        g_autoptr(OvDnsBook) book = dns_table_new();
        dns_table_read(book, EXAMPLES[i].zone);
        OvArena *arena = ov_arena_new();
        OvSlice signature = ov_slice(EXAMPLES[i].dkim);
        OvDmarcQuestion question = {
            .author = ov_slice(EXAMPLES[i].author),
            .spf = EXAMPLES[i].spf ? OV_IDENTITY_PASSED : OV_IDENTITY_FAILED,
            .spf_domain = ov_slice(EXAMPLES[i].spf),
            .dkim = EXAMPLES[i].dkim ? OV_IDENTITY_PASSED : OV_IDENTITY_FAILED,
            .dkim_domains = &signature,
            .n_dkim_domains = EXAMPLES[i].dkim ? 1 : 0,
        };
        OvDmarc dmarc;
        ov_dmarc_check(arena, book, &question, &dmarc);
        OvDmarcResult result = !dmarc.found ? OV_DMARC_RESULT_NONE
                               : EXAMPLES[i].spf_aligned || EXAMPLES[i].dkim_aligned
                                   ? OV_DMARC_RESULT_PASS
                                   : OV_DMARC_RESULT_FAIL;
        if (dmarc.result != result || dmarc.found != (EXAMPLES[i].policy != NULL))
            fail_msg("%s: %s: %s", EXAMPLES[i].section, ov_dmarc_result_name(dmarc.result),
                     dmarc.reason);
        assert_string_equal(dmarc.fault, "");
        if (dmarc.found) {
            assert_int_equal(dmarc.spf_aligned, EXAMPLES[i].spf_aligned);
            assert_int_equal(dmarc.dkim_aligned, EXAMPLES[i].dkim_aligned);
            assert_true(ov_slice_equal(dmarc.domain, ov_slice(EXAMPLES[i].policy_domain)));
            assert_string_equal(ov_dmarc_policy_name(dmarc.published), EXAMPLES[i].published);
            assert_string_equal(ov_dmarc_policy_name(dmarc.policy), EXAMPLES[i].policy);
        }
        ov_arena_free(arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_example_of_the_standard_comes_out_as_it_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
