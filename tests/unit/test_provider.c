/* Whose mailboxes a recipient has. */
#include "rules/provider.h"
#include "tests/unit/dns_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_a_domain_tells_its_provider(void **state) {
    static const struct {
        const char *domain;
        OvProvider provider;
    } rows[] = {
        {"gmail.com", OV_PROVIDER_GMAIL},
        {"GoogleMail.com", OV_PROVIDER_GMAIL},
        {"gmail.com.", OV_PROVIDER_GMAIL},
        {"outlook.com", OV_PROVIDER_MICROSOFT},
        {"hotmail.co.uk", OV_PROVIDER_MICROSOFT},
        {"live.fr", OV_PROVIDER_MICROSOFT},
        {"msn.com", OV_PROVIDER_MICROSOFT},
        {"yahoo.de", OV_PROVIDER_YAHOO},
        {"aol.com", OV_PROVIDER_YAHOO},
        {"ymail.com", OV_PROVIDER_YAHOO},
        {"me.com", OV_PROVIDER_APPLE},
        {"web.de", OV_PROVIDER_GMX},
        {"t-online.de", OV_PROVIDER_T_ONLINE},
        {"wanadoo.fr", OV_PROVIDER_ORANGE},
        {"free.fr", OV_PROVIDER_FREE},
        {"protonmail.com", OV_PROVIDER_PROTON},
        {"yahoo.co.jp", OV_PROVIDER_OTHER},
        {"gmail.co", OV_PROVIDER_OTHER},
        {"notgmail.com", OV_PROVIDER_OTHER},
        {"mail.gmail.com", OV_PROVIDER_OTHER},
        {"gmail.com.example", OV_PROVIDER_OTHER},
        {"", OV_PROVIDER_OTHER},
        {".", OV_PROVIDER_OTHER},
        {"163.com", OV_PROVIDER_NETEASE},
        {"yeah.net", OV_PROVIDER_NETEASE},
        {"ymail.comx", OV_PROVIDER_OTHER},
    };
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        OvMailboxHost host = ov_provider_of_domain(ov_slice(rows[i].domain));
        if (host.provider != rows[i].provider)
            fail_msg("%s is %s", rows[i].domain, ov_provider_name(host.provider));
        assert_int_equal(host.personal, host.provider != OV_PROVIDER_OTHER);
    }
}

/* bsearch finds only what is in order: every row, looked up, is found. */
static void test_every_domain_of_the_table_is_found(void **state) {
    static const struct {
        const char *domain;
        OvProvider provider;
    } rows[] = {
#define PROVIDER(id, name, title)
#define ADDRESS(id, domain) {domain, OV_PROVIDER_##id},
#define EXCHANGER(id, domain, personal)
#include "rules/providers.def"
#undef PROVIDER
#undef ADDRESS
#undef EXCHANGER
    };
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        if (ov_provider_of_domain(ov_slice(rows[i].domain)).provider != rows[i].provider)
            fail_msg("%s is not found", rows[i].domain);
}

static void test_an_exchanger_tells_the_provider_and_whose_mailboxes(void **state) {
    static const struct {
        const char *host;
        OvMailboxHost wanted;
    } rows[] = {
        {"gmail-smtp-in.l.google.com", {OV_PROVIDER_GMAIL, TRUE}},
        {"alt1.gmail-smtp-in.l.google.com", {OV_PROVIDER_GMAIL, TRUE}},
        {"ASPMX.L.GOOGLE.COM.", {OV_PROVIDER_GMAIL, FALSE}},
        {"smtp.google.com", {OV_PROVIDER_GMAIL, FALSE}},
        {"hotmail-com.olc.protection.outlook.com", {OV_PROVIDER_MICROSOFT, TRUE}},
        {"house-example.mail.protection.outlook.com", {OV_PROVIDER_MICROSOFT, FALSE}},
        {"mta7.am0.yahoodns.net", {OV_PROVIDER_YAHOO, TRUE}},
        {"mx-biz.mail.am0.yahoodns.net", {OV_PROVIDER_YAHOO, FALSE}},
        {"notgoogle.com", {OV_PROVIDER_OTHER, FALSE}},
        {"google.com.example", {OV_PROVIDER_OTHER, FALSE}},
        {"", {OV_PROVIDER_OTHER, FALSE}},
    };
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        OvMailboxHost host = ov_provider_of_exchanger(ov_slice(rows[i].host));
        if (host.provider != rows[i].wanted.provider || host.personal != rows[i].wanted.personal)
            fail_msg("%s is %s, personal %d", rows[i].host, ov_provider_name(host.provider),
                     host.personal);
    }
}

static OvMailboxHost find(OvDnsBook *book, const char *domain, gboolean *pending) {
    *pending = FALSE;
    return ov_provider_find(book, ov_slice(domain), pending);
}

static void test_other_domains_are_asked_for_their_exchanger(void **state) {
    OvDnsBook *book = dns_table_new();
    gboolean pending;
    (void)state;
    dns_table_add(book, "house.example", OV_DNS_MX, "20 backup.other.example");
    dns_table_add(book, "house.example", OV_DNS_MX, "10 aspmx.l.google.com");
    dns_table_set(book, "late.example", OV_DNS_MX, OV_DNS_PENDING);
    dns_table_set(book, "broken.example", OV_DNS_MX, OV_DNS_FAILED);
    assert_int_equal(find(book, "house.example", &pending).provider, OV_PROVIDER_GMAIL);
    assert_false(pending);
    assert_int_equal(find(book, "broken.example", &pending).provider, OV_PROVIDER_OTHER);
    assert_false(pending);
    assert_int_equal(find(book, "late.example", &pending).provider, OV_PROVIDER_OTHER);
    assert_true(pending);
    assert_int_equal(find(book, "gmail.com", &pending).provider, OV_PROVIDER_GMAIL);
    assert_false(pending); /* and the DNS was not asked */
    assert_int_equal(find(NULL, "house.example", &pending).provider, OV_PROVIDER_OTHER);
    assert_false(pending);
    dns_table_free(book);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_domain_tells_its_provider),
        cmocka_unit_test(test_every_domain_of_the_table_is_found),
        cmocka_unit_test(test_an_exchanger_tells_the_provider_and_whose_mailboxes),
        cmocka_unit_test(test_other_domains_are_asked_for_their_exchanger),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
