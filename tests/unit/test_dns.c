#include "tests/unit/dns_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define LABEL_63 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk"

static void test_names_that_mean_the_same_are_written_alike(void **state) {
    (void)state;
    static const struct {
        const char *name, *canonical; /* NULL: can't be asked */
    } CASES[] = {
        {"example.org", "example.org"},
        {"Example.ORG.", "example.org"},
        {"_dmarc.Example.org", "_dmarc.example.org"},
        {"M\xc3\x9cLL.example", "m\xc3\x9cll.example"},
        {"", ""},
        {".", ""},
        {"..", NULL},
        {".example.org", NULL},
        {"a..example", NULL},
        {"example.org..", NULL},
        {LABEL_63 ".example", LABEL_63 ".example"},
        {LABEL_63 "x.example", NULL},
        {LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_63, NULL},
        {LABEL_63 "." LABEL_63 "." LABEL_63 ".abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"
                  "abcdefghi.",
         LABEL_63 "." LABEL_63 "." LABEL_63 ".abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"
                  "abcdefghi"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++) {
        char canonical[OV_DNS_NAME_LIMIT];
        gssize length = ov_dns_name(ov_slice(CASES[i].name), canonical);
        if (!CASES[i].canonical) {
            assert_int_equal(length, -1);
            continue;
        }
        assert_int_equal(length, strlen(CASES[i].canonical));
        assert_memory_equal(canonical, CASES[i].canonical, (gsize)length);
    }
}

static void test_a_name_that_cannot_be_asked_is_no_name_and_costs_no_question(void **state) {
    (void)state;
    g_autoptr(OvDnsBook) book = dns_table_new();
    assert_int_equal(ov_dns_look_up(book, ov_slice("a..example"), OV_DNS_A)->status,
                     OV_DNS_NO_NAME);
    assert_int_equal(dns_table_asked(book), 0);
}

static void test_the_table_answers_as_a_name_server_would(void **state) {
    (void)state;
    g_autoptr(OvDnsBook) book = dns_table_new();
    dns_table_add(book, "example.org", OV_DNS_MX, "10 mx.example.org");
    dns_table_add(book, "mx.example.org", OV_DNS_A, "192.0.2.1");
    dns_table_add(book, "alias.example.org", OV_DNS_CNAME, "mx.example.org");
    dns_table_add(book, "loop.example.org", OV_DNS_CNAME, "loop.example.org");
    dns_table_add(book, "null.example.org", OV_DNS_MX, "0 .");
    dns_table_set(book, "broken.example.org", OV_DNS_TXT, OV_DNS_FAILED);

    const OvDnsAnswer *answer = ov_dns_look_up(book, ov_slice("EXAMPLE.org."), OV_DNS_MX);
    assert_int_equal(answer->status, OV_DNS_FOUND);
    assert_int_equal(answer->records[0].preference, 10);
    assert_true(ov_slice_equal(answer->records[0].data, ov_slice("mx.example.org")));
    answer = ov_dns_look_up(book, ov_slice("alias.example.org"), OV_DNS_A);
    assert_int_equal(answer->n_records, 1);
    assert_memory_equal(answer->records[0].data.data, "\xc0\x00\x02\x01", 4);
    answer = ov_dns_look_up(book, ov_slice("null.example.org"), OV_DNS_MX);
    assert_int_equal(answer->n_records, 1);
    assert_int_equal(answer->records[0].data.length, 0);

    static const struct {
        const char *name;
        OvDnsType type;
        OvDnsStatus status;
    } CASES[] = {
        {"example.org", OV_DNS_TXT, OV_DNS_NO_DATA},
        {"org", OV_DNS_A, OV_DNS_NO_DATA},
        {"none.example.org", OV_DNS_A, OV_DNS_NO_NAME},
        {"loop.example.org", OV_DNS_A, OV_DNS_FAILED},
        {"broken.example.org", OV_DNS_TXT, OV_DNS_FAILED},
    };
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++)
        assert_int_equal(ov_dns_look_up(book, ov_slice(CASES[i].name), CASES[i].type)->status,
                         CASES[i].status);
}

static void test_a_slow_table_answers_after_a_wait(void **state) {
    (void)state;
    g_autoptr(OvDnsBook) book = dns_table_new();
    dns_table_add(book, "example.org", OV_DNS_TXT, "v=spf1 -all");
    dns_table_be_slow(book);
    assert_int_equal(ov_dns_look_up(book, ov_slice("example.org"), OV_DNS_TXT)->status,
                     OV_DNS_PENDING);
    ov_dns_wait(book);
    assert_int_equal(ov_dns_look_up(book, ov_slice("example.org"), OV_DNS_TXT)->status,
                     OV_DNS_FOUND);
    assert_int_equal(ov_dns_look_up(book, ov_slice("example.net"), OV_DNS_TXT)->status,
                     OV_DNS_PENDING);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_that_mean_the_same_are_written_alike),
        cmocka_unit_test(test_a_name_that_cannot_be_asked_is_no_name_and_costs_no_question),
        cmocka_unit_test(test_the_table_answers_as_a_name_server_would),
        cmocka_unit_test(test_a_slow_table_answers_after_a_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
