#include "rules/auth/egress_check.h"
#include "tests/unit/dns_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char right[] = "25.2.0.192.in-addr.arpa PTR mail.kranich-test.net\n"
                            "mail.kranich-test.net A 192.0.2.25\n";

static OvEgressCheck look(OvDnsBook *book, OvArena *arena, const char *address, const char *helo) {
    OvIpAddress of;
    OvEgressCheck check;
    assert_true(ov_ip_address_parse(ov_slice(address), &of));
    ov_egress_check(arena, book, &of, ov_slice(helo), &check);
    for (guint i = 0; i < 4 && check.pending; i++) {
        ov_dns_wait(book);
        ov_egress_check(arena, book, &of, ov_slice(helo), &check);
    }
    assert_false(check.pending);
    return check;
}

static void test_forms_of_helo_are_told_apart(void **state) {
    (void)state;
    static const struct {
        const char *helo;
        OvHeloForm form;
    } CASES[] = {
        {"", OV_HELO_NOT_TOLD},
        {"mail.kranich-test.net", OV_HELO_QUALIFIED},
        {"mail.kranich-test.net.", OV_HELO_QUALIFIED},
        {"MAIL.Kranich-Test.net", OV_HELO_QUALIFIED},
        {"1-2.kranich-test.net", OV_HELO_QUALIFIED},
        {"xn--krnich-cua.net", OV_HELO_QUALIFIED},
        {"[192.0.2.25]", OV_HELO_ADDRESS},
        {"[IPv6:2001:db8::25]", OV_HELO_ADDRESS},
        {"192.0.2.25", OV_HELO_ADDRESS},
        {"2001:db8::25", OV_HELO_ADDRESS},
        {"localhost", OV_HELO_LOCALHOST},
        {"localhost.localdomain", OV_HELO_LOCALHOST},
        {"a.localhost", OV_HELO_LOCALHOST},
        {"notlocalhost", OV_HELO_UNQUALIFIED},
        {"mail.local", OV_HELO_PRIVATE},
        {"mail.LAN", OV_HELO_PRIVATE},
        {"mail.home.arpa", OV_HELO_PRIVATE},
        {"mail.mylocal", OV_HELO_QUALIFIED},
        {"local.kranich-test.net", OV_HELO_QUALIFIED},
        {"mail", OV_HELO_UNQUALIFIED},
        {"mail_1.kranich-test.net", OV_HELO_MALFORMED},
        {"-mail.kranich-test.net", OV_HELO_MALFORMED},
        {"mail-.kranich-test.net", OV_HELO_MALFORMED},
        {"mail..kranich-test.net", OV_HELO_MALFORMED},
        {".", OV_HELO_MALFORMED},
        {"mail kranich-test.net", OV_HELO_MALFORMED},
        {"mail\r\nRSET.net", OV_HELO_MALFORMED},
        {"0123456789012345678901234567890123456789012345678901234567890123.net", OV_HELO_MALFORMED},
    };
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++)
        if (ov_helo_form(ov_slice(CASES[i].helo)) != CASES[i].form)
            fail_msg("%s: %d", CASES[i].helo, (int)ov_helo_form(ov_slice(CASES[i].helo)));
}

static void test_a_right_address_has_everything(void **state) {
    (void)state;
    for (guint slow = 0; slow < 2; slow++) {
        g_autoptr(OvArena) arena = ov_arena_new();
        g_autoptr(OvDnsBook) book = dns_table_new();
        dns_table_read(book, right);
        if (slow)
            dns_table_be_slow(book);
        OvEgressCheck check = look(book, arena, "192.0.2.25", "Mail.Kranich-Test.net.");
        assert_int_equal(check.reverse.state, OV_REVERSE_CONFIRMED);
        assert_int_equal(check.kind, OV_HOST_NAME_OWN);
        assert_int_equal(check.n_names, 1);
        assert_int_equal(check.helo_form, OV_HELO_QUALIFIED);
        assert_int_equal(check.helo_state, OV_HELO_HAS_ADDRESS);
        assert_true(check.helo_is_reverse);
        assert_true(ov_slice_equal(check.helo, ov_slice("mail.kranich-test.net")));
    }
}

static void test_what_helo_leads_to_is_told(void **state) {
    (void)state;
    static const struct {
        const char *told, *zone, *address;
        OvHeloState state;
    } CASES[] = {
        {"no name", "", "192.0.2.25", OV_HELO_NO_NAME},
        {"no address", "gate.kranich-test.net TXT x\n", "192.0.2.25", OV_HELO_NO_ADDRESS},
        {"another address", "gate.kranich-test.net A 192.0.2.26\n", "192.0.2.25",
         OV_HELO_OTHER_ADDRESS},
        {"addresses of the other family alone", "gate.kranich-test.net AAAA 2001:db8::25\n",
         "192.0.2.25", OV_HELO_OTHER_ADDRESS},
        {"one of several",
         "gate.kranich-test.net A 192.0.2.26\ngate.kranich-test.net A 192.0.2.25\n", "192.0.2.25",
         OV_HELO_HAS_ADDRESS},
        {"IPv6", "gate.kranich-test.net A 192.0.2.25\ngate.kranich-test.net AAAA 2001:db8::25\n",
         "2001:db8::25", OV_HELO_HAS_ADDRESS},
        {"no answer", "gate.kranich-test.net failed\n", "192.0.2.25", OV_HELO_UNKNOWN},
        {"half an answer", "gate.kranich-test.net A 192.0.2.25\ngate.kranich-test.net failed\n",
         "192.0.2.25", OV_HELO_HAS_ADDRESS},
        {"an alias",
         "gate.kranich-test.net CNAME mail.kranich-test.net\n"
         "mail.kranich-test.net A 192.0.2.25\n",
         "192.0.2.25", OV_HELO_HAS_ADDRESS},
    };
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++)
        for (guint slow = 0; slow < 2; slow++) {
            g_autoptr(OvArena) arena = ov_arena_new();
            g_autoptr(OvDnsBook) book = dns_table_new();
            dns_table_read(book, CASES[i].zone);
            if (slow)
                dns_table_be_slow(book);
            OvEgressCheck check = look(book, arena, CASES[i].address, "gate.kranich-test.net");
            if (check.helo_state != CASES[i].state)
                fail_msg("%s: %d", CASES[i].told, (int)check.helo_state);
            assert_false(check.helo_is_reverse);
        }
}

static void test_a_name_that_is_none_is_not_looked_up(void **state) {
    (void)state;
    static const char *const CASES[] = {"",           "localhost",    "mail",
                                        "mail.local", "[192.0.2.25]", "a_b.net"};
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autoptr(OvArena) arena = ov_arena_new();
        g_autoptr(OvDnsBook) book = dns_table_new();
        OvEgressCheck check = look(book, arena, "192.0.2.25", CASES[i]);
        assert_int_equal(check.helo_state, OV_HELO_UNASKED);
        assert_true(ov_slice_equal(check.helo, ov_slice(CASES[i])));
        assert_int_equal(dns_table_asked(book), 1);
    }
}

static void test_names_in_unicode_are_taken(void **state) {
    (void)state;
    g_autoptr(OvArena) arena = ov_arena_new();
    g_autoptr(OvDnsBook) book = dns_table_new();
    dns_table_read(book, "mail.xn--krnich-cua.net A 192.0.2.25\n");
    OvEgressCheck check = look(book, arena, "192.0.2.25", "mail.kränich.net");
    assert_int_equal(check.helo_form, OV_HELO_QUALIFIED);
    assert_int_equal(check.helo_state, OV_HELO_HAS_ADDRESS);
}

static void test_all_names_of_an_address_are_told(void **state) {
    (void)state;
    g_autoptr(OvArena) arena = ov_arena_new();
    g_autoptr(OvDnsBook) book = dns_table_new();
    for (guint i = 0; i < 12; i++) {
        g_autofree char *name = g_strdup_printf("n%u.kranich-test.net", i);
        dns_table_add(book, "25.2.0.192.in-addr.arpa", OV_DNS_PTR, name);
    }
    OvEgressCheck check = look(book, arena, "192.0.2.25", "n1.kranich-test.net");
    assert_int_equal(check.reverse.n_names, 12);
    assert_int_equal(check.n_names, OV_REVERSE_MAX_NAMES);
    assert_true(ov_slice_equal(check.names[9], ov_slice("n9.kranich-test.net")));
    assert_true(check.helo_is_reverse);
    assert_int_equal(check.reverse.state, OV_REVERSE_UNCONFIRMED);
}

static void test_names_that_are_made_of_the_address_are_told(void **state) {
    (void)state;
    g_autoptr(OvArena) arena = ov_arena_new();
    g_autoptr(OvDnsBook) book = dns_table_new();
    dns_table_read(book, "25.2.0.192.in-addr.arpa PTR ip-192-0-2-25.dyn.line-test.net\n");
    OvEgressCheck check = look(book, arena, "192.0.2.25", "");
    assert_int_equal(check.kind, OV_HOST_NAME_DYNAMIC);
    assert_int_equal(check.reverse.state, OV_REVERSE_UNCONFIRMED);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms_of_helo_are_told_apart),
        cmocka_unit_test(test_a_right_address_has_everything),
        cmocka_unit_test(test_what_helo_leads_to_is_told),
        cmocka_unit_test(test_a_name_that_is_none_is_not_looked_up),
        cmocka_unit_test(test_names_in_unicode_are_taken),
        cmocka_unit_test(test_all_names_of_an_address_are_told),
        cmocka_unit_test(test_names_that_are_made_of_the_address_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
