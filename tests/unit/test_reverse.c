#include "rules/auth/reverse.h"
#include "tests/unit/dns_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static OvIpAddress address_of(const char *text) {
    OvIpAddress address;
    assert_true(ov_ip_address_parse(ov_slice(text), &address));
    return address;
}

static const char ptr_4[] = "25.2.0.192.in-addr.arpa";
static const char ptr_6[] =
    "5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa";

static OvReverse find(OvDnsBook *book, OvArena *arena, const char *address) {
    OvIpAddress of = address_of(address);
    OvReverse reverse;
    ov_reverse_find(arena, book, &of, &reverse);
    for (guint i = 0; i < 4 && reverse.state == OV_REVERSE_PENDING; i++) {
        ov_dns_wait(book);
        ov_reverse_find(arena, book, &of, &reverse);
    }
    return reverse;
}

static void test_a_name_is_confirmed_by_its_own_address(void **state) {
    (void)state;
    static const struct {
        const char *told;
        const char *ptr, *name, *type_a, *value; /* of a second record */
        OvReverseState state;
    } CASES[] = {
        {"no name", NULL, NULL, NULL, NULL, OV_REVERSE_NONE},
        {"a name without address", ptr_4, "mail.example", NULL, NULL, OV_REVERSE_UNCONFIRMED},
        {"another address", ptr_4, "mail.example", "mail.example", "192.0.2.26",
         OV_REVERSE_UNCONFIRMED},
        {"its address", ptr_4, "mail.example", "mail.example", "192.0.2.25", OV_REVERSE_CONFIRMED},
    };
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++)
        for (guint slow = 0; slow < 2; slow++) {
            g_autoptr(OvArena) arena = ov_arena_new();
            g_autoptr(OvDnsBook) book = dns_table_new();
            if (CASES[i].ptr)
                dns_table_add(book, CASES[i].ptr, OV_DNS_PTR, CASES[i].name);
            if (CASES[i].type_a)
                dns_table_add(book, CASES[i].type_a, OV_DNS_A, CASES[i].value);
            if (slow)
                dns_table_be_slow(book);
            OvReverse reverse = find(book, arena, "192.0.2.25");
            if (reverse.state != CASES[i].state)
                fail_msg("%s: %d", CASES[i].told, (int)reverse.state);
        }
}

static void test_one_of_several_names_is_enough(void **state) {
    (void)state;
    g_autoptr(OvArena) arena = ov_arena_new();
    g_autoptr(OvDnsBook) book = dns_table_new();
    dns_table_add(book, ptr_6, OV_DNS_PTR, "old.example");
    dns_table_add(book, ptr_6, OV_DNS_PTR, "mail.example");
    dns_table_add(book, "mail.example", OV_DNS_AAAA, "2001:db8::24");
    dns_table_add(book, "mail.example", OV_DNS_AAAA, "2001:db8::25");
    OvReverse reverse = find(book, arena, "2001:db8::25");
    assert_int_equal(reverse.state, OV_REVERSE_CONFIRMED);
    assert_int_equal(reverse.n_names, 2);
    assert_true(ov_slice_equal(reverse.name, ov_slice("mail.example")));
}

static void test_names_beyond_the_tenth_are_not_asked(void **state) {
    (void)state;
    g_autoptr(OvArena) arena = ov_arena_new();
    g_autoptr(OvDnsBook) book = dns_table_new();
    for (guint i = 0; i <= OV_REVERSE_MAX_NAMES; i++) {
        g_autofree char *name = g_strdup_printf("n%u.example", i);
        dns_table_add(book, ptr_4, OV_DNS_PTR, name);
    }
    dns_table_add(book, "n10.example", OV_DNS_A, "192.0.2.25");
    assert_int_equal(find(book, arena, "192.0.2.25").state, OV_REVERSE_UNCONFIRMED);
    assert_int_equal(dns_table_asked(book), 1 + OV_REVERSE_MAX_NAMES);
}

static void test_what_dns_fails_to_tell_is_unknown(void **state) {
    (void)state;
    g_autoptr(OvArena) arena = ov_arena_new();
    g_autoptr(OvDnsBook) book = dns_table_new();
    dns_table_add(book, ptr_4, OV_DNS_PTR, "old.example");
    dns_table_add(book, ptr_4, OV_DNS_PTR, "mail.example");
    dns_table_set(book, "mail.example", OV_DNS_A, OV_DNS_FAILED);
    assert_int_equal(find(book, arena, "192.0.2.25").state, OV_REVERSE_UNKNOWN);
    dns_table_set(book, ptr_6, OV_DNS_PTR, OV_DNS_FAILED);
    assert_int_equal(find(book, arena, "2001:db8::25").state, OV_REVERSE_UNKNOWN);
}

static void test_names_that_providers_make_of_addresses_are_known(void **state) {
    (void)state;
    static const struct {
        const char *name, *address;
        OvHostNameKind kind;
    } CASES[] = {
        {"mail.example.com", "192.0.2.25", OV_HOST_NAME_OWN},
        {"mx25.example.com", "192.0.2.25", OV_HOST_NAME_OWN},
        {"mail-2-25.example.com", "192.0.2.26", OV_HOST_NAME_OWN},
        {"smtp192-0-2-250.example.com", "192.0.2.25", OV_HOST_NAME_OWN},
        {"web2-25.example.com", "192.0.2.25", OV_HOST_NAME_OWN},
        {"192-0-2-25.example.net", "192.0.2.25", OV_HOST_NAME_GENERIC},
        {"25.2.0.192.example.net", "192.0.2.25", OV_HOST_NAME_GENERIC},
        {"h192x0x2x25.example.net", "192.0.2.25", OV_HOST_NAME_GENERIC},
        {"host192000002025.example.net", "192.0.2.25", OV_HOST_NAME_GENERIC},
        {"c0000219.example.net", "192.0.2.25", OV_HOST_NAME_GENERIC},
        {"ac0000219.example.net", "192.0.2.25", OV_HOST_NAME_OWN},
        {"ns3012345.ip-192-0-2.example", "192.0.2.25", OV_HOST_NAME_GENERIC},
        {"vps-0a1b2c3d.vps.example.net", "192.0.2.25", OV_HOST_NAME_GENERIC},
        {"vps-0a1b2c3d.vps.example.net", "2001:db8::25", OV_HOST_NAME_GENERIC},
        {"vps-mail.example.net", "192.0.2.25", OV_HOST_NAME_OWN},
        {"192-0-2-25.dynamic.example.net", "192.0.2.25", OV_HOST_NAME_DYNAMIC},
        {"p2-25.pool.example.net", "192.0.2.25", OV_HOST_NAME_DYNAMIC},
        {"25-2.adsl.example.net", "192.0.2.25", OV_HOST_NAME_DYNAMIC},
        {"static-192-0-2-25.example.net", "192.0.2.25", OV_HOST_NAME_STATIC},
        {"mail.25-2-0-192.example.net", "192.0.2.25", OV_HOST_NAME_STATIC},
        {"2001-0db8-0000-0000-0000-0000-0000-0025.example.net", "2001:db8::25",
         OV_HOST_NAME_GENERIC},
        {"mail6.example.net", "2001:db8::25", OV_HOST_NAME_OWN},
    };
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++) {
        OvIpAddress address = address_of(CASES[i].address);
        OvHostNameKind kind = ov_host_name_kind(ov_slice(CASES[i].name), &address);
        if (kind != CASES[i].kind)
            fail_msg("%s: %d", CASES[i].name, (int)kind);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_name_is_confirmed_by_its_own_address),
        cmocka_unit_test(test_one_of_several_names_is_enough),
        cmocka_unit_test(test_names_beyond_the_tenth_are_not_asked),
        cmocka_unit_test(test_what_dns_fails_to_tell_is_unknown),
        cmocka_unit_test(test_names_that_providers_make_of_addresses_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
