#include "policy/network.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_networks_hold_their_addresses_and_no_others(void **state) {
    (void)state;
    static const struct {
        const char *network, *address;
        gboolean contains;
    } CASES[] = {
        {"192.0.2.0/24", "192.0.2.255", TRUE},
        {"192.0.2.0/24", "192.0.3.0", FALSE},
        {"192.0.2.128/25", "192.0.2.127", FALSE},
        {"192.0.2.128/25", "192.0.2.129", TRUE},
        {"192.0.2.7", "192.0.2.7", TRUE},
        {"192.0.2.7", "192.0.2.8", FALSE},
        {"0.0.0.0/0", "203.0.113.1", TRUE},
        {"0.0.0.0/0", "2001:db8::1", FALSE},
        {"2001:db8::/33", "2001:db8:7fff::1", TRUE},
        {"2001:db8::/33", "2001:db8:8000::1", FALSE},
        {"2001:db8::/33", "IPv6:2001:db8::1", TRUE},
        {"::/0", "2001:db8::1", TRUE},
        {"192.0.2.0/24", "::ffff:192.0.2.9", TRUE},
        {"::/0", "unknown", FALSE},
        {"::/0", "", FALSE},
        {"::/0", NULL, FALSE},
    };
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++) {
        OvNetwork network;
        assert_true(ov_network_parse(CASES[i].network, &network));
        assert_int_equal(ov_network_contains(&network, CASES[i].address), CASES[i].contains);
    }
}

static void test_what_is_no_network_is_refused(void **state) {
    (void)state;
    static const char *const WRONG[] = {
        "",
        "/",
        "/8",
        "192.0.2.0/",
        "192.0.2.0/33",
        "192.0.2.0/-1",
        "192.0.2.0/8x",
        "192.0.2",
        "192.0.2.1/24",
        "2001:db8::/129",
        "2001:db8::1/64",
        "example.com",
        "192.0.2.0/24/24",
        "2001:db8:2001:db8:2001:db8:2001:db8:2001:db8:2001:db8:2001:db8",
    };
    for (guint i = 0; i < G_N_ELEMENTS(WRONG); i++) {
        OvNetwork network;
        assert_false(ov_network_parse(WRONG[i], &network));
    }
}

static void test_networks_are_written_in_their_shortest_form(void **state) {
    (void)state;
    static const struct {
        const char *text, *form;
    } CASES[] = {
        {"192.0.2.7", "192.0.2.7"},
        {"192.0.2.7/32", "192.0.2.7"},
        {"::ffff:192.0.2.7", "192.0.2.7"},
        {"::ffff:192.0.2.0/120", "192.0.2.0/24"},
        {"0.0.0.0/0", "0.0.0.0/0"},
        {"::/0", "::/0"},
        {"IPv6:2001:DB8:0:0::1", "2001:db8::1"},
        {"2001:db8::/32", "2001:db8::/32"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++) {
        OvNetwork network;
        char form[OV_NETWORK_TEXT_SIZE];
        assert_true(ov_network_parse(CASES[i].text, &network));
        ov_network_format(&network, form);
        assert_string_equal(form, CASES[i].form);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_networks_hold_their_addresses_and_no_others),
        cmocka_unit_test(test_networks_are_written_in_their_shortest_form),
        cmocka_unit_test(test_what_is_no_network_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
