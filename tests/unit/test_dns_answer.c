#include "rules/auth/dns_answer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define RDATA(text)                                                                                \
    { (text), sizeof(text) - 1 }
#define TEN_LABELS   "\1a\1b\1c\1d\1e\1f\1g\1h\1i\1j"
#define FIFTY_OCTETS TEN_LABELS TEN_LABELS "\1a\1b\1c\1d\1e"

static void test_records_are_read_by_their_type_or_refused(void **state) {
    (void)state;
    static const struct {
        OvDnsType type;
        OvSlice rdata;
        const char *data; /* NULL: the answer has failed */
        gsize length;
        guint preference;
    } CASES[] = {
        {OV_DNS_A, RDATA("\xc0\x00\x02\x01"), "\xc0\x00\x02\x01", 4, 0},
        {OV_DNS_A, RDATA("\xc0\x00\x02"), NULL, 0, 0},
        {OV_DNS_A, RDATA(""), NULL, 0, 0},
        {OV_DNS_AAAA, RDATA("0123456789abcdef"), "0123456789abcdef", 16, 0},
        {OV_DNS_AAAA, RDATA("\xc0\x00\x02\x01"), NULL, 0, 0},
        {OV_DNS_TXT, RDATA("\x03one\x03two"), "onetwo", 6, 0},
        {OV_DNS_TXT,
         RDATA("\x03"
               "a\0b"),
         "a\0b", 3, 0},
        {OV_DNS_TXT, RDATA("\0"), "", 0, 0},
        {OV_DNS_TXT, RDATA(""), NULL, 0, 0},
        {OV_DNS_TXT, RDATA("\x04one"), NULL, 0, 0},
        {OV_DNS_TXT, RDATA("\x03one\xff"), NULL, 0, 0},
        {OV_DNS_MX, RDATA("\x01\x02\2MX\7Example\0"), "mx.example", 10, 258},
        {OV_DNS_MX, RDATA("\0\0\0"), "", 0, 0},
        {OV_DNS_MX, RDATA("\0\0"), NULL, 0, 0},
        {OV_DNS_PTR, RDATA("\4host\0"), "host", 4, 0},
        {OV_DNS_PTR, RDATA("\4host"), NULL, 0, 0},
        {OV_DNS_PTR, RDATA("\5host\0"), NULL, 0, 0},
        {OV_DNS_PTR, RDATA("\4host\0\0"), NULL, 0, 0},
        {OV_DNS_PTR, RDATA("\xc0\x0c"), NULL, 0, 0},
        {OV_DNS_PTR, RDATA("\4ho.t\0"), NULL, 0, 0},
        {OV_DNS_PTR, RDATA("\4ho\0t\0"), NULL, 0, 0},
        {OV_DNS_CNAME, RDATA(""), NULL, 0, 0},
        {OV_DNS_CNAME,
         RDATA(FIFTY_OCTETS FIFTY_OCTETS FIFTY_OCTETS FIFTY_OCTETS FIFTY_OCTETS "\4ends\0"), NULL,
         0, 0},
    };
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++) {
        const OvDnsAnswer *answer = ov_dns_answer_read(CASES[i].type, &CASES[i].rdata, 1, TRUE);
        if ((answer->status == OV_DNS_FOUND) != (CASES[i].data != NULL))
            fail_msg("case %u: status %d", i, (int)answer->status);
        if (CASES[i].data) {
            assert_int_equal(answer->n_records, 1);
            assert_true(answer->secure);
            assert_int_equal(answer->records[0].preference, CASES[i].preference);
            assert_true(
                ov_slice_equal(answer->records[0].data, (OvSlice){CASES[i].data, CASES[i].length}));
        } else {
            assert_int_equal(answer->status, OV_DNS_FAILED);
            assert_int_equal(answer->n_records, 0);
            assert_true(answer->trouble[0] != '\0');
        }
        ov_dns_answer_unref(answer);
    }
}

static void test_a_name_no_text_can_hold_leaves_the_others(void **state) {
    (void)state;
    static const OvSlice rdata[] = {RDATA("\0\1\3a.b\0"), RDATA("\0\2\1c\0")};
    const OvDnsAnswer *answer = ov_dns_answer_read(OV_DNS_MX, rdata, 2, FALSE);
    assert_int_equal(answer->status, OV_DNS_FOUND);
    assert_int_equal(answer->n_records, 1);
    assert_true(ov_slice_equal(answer->records[0].data, ov_slice("c")));
    ov_dns_answer_unref(answer);
}

static void test_more_records_than_the_bound_are_left_out(void **state) {
    (void)state;
    OvSlice rdata[OV_DNS_MAX_RECORDS + 10];
    for (guint i = 0; i < G_N_ELEMENTS(rdata); i++)
        rdata[i] = OV_SLICE_LITERAL("\xc0\x00\x02\x01");
    const OvDnsAnswer *answer = ov_dns_answer_read(OV_DNS_A, rdata, G_N_ELEMENTS(rdata), FALSE);
    assert_int_equal(answer->n_records, OV_DNS_MAX_RECORDS);
    ov_dns_answer_unref(answer);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_records_are_read_by_their_type_or_refused),
        cmocka_unit_test(test_a_name_no_text_can_hold_leaves_the_others),
        cmocka_unit_test(test_more_records_than_the_bound_are_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
