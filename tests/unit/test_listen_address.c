/* Where a TCP service of ours listens, as a setting has it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/listen_address.h"

static void test_an_address_and_a_port_make_a_socket(void **state) {
    static const struct {
        const char *text, *socket;
        gboolean loopback;
    } cases[] = {
        {"127.0.0.1:9469", "inet:9469@127.0.0.1", TRUE},
        {"127.8.0.1:1", "inet:1@127.8.0.1", TRUE},
        {"[::1]:9469", "inet6:9469@::1", TRUE},
        {"0.0.0.0:9469", "inet:9469@0.0.0.0", FALSE},
        {"192.0.2.1:65535", "inet:65535@192.0.2.1", FALSE},
        {"[::]:9469", "inet6:9469@::", FALSE},
        {"[2001:db8::7]:9469", "inet6:9469@2001:db8::7", FALSE},
    };
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        gboolean loopback = !cases[i].loopback;
        g_autofree char *socket = ov_listen_address_socket(cases[i].text, &loopback);
        assert_non_null(socket);
        assert_string_equal(socket, cases[i].socket);
        assert_int_equal(loopback, cases[i].loopback);
    }
}

static void test_what_is_no_address_with_a_port_is_none(void **state) {
    static const char *const cases[] = {
        "",
        ":",
        "9469",
        ":9469",
        "127.0.0.1",
        "127.0.0.1:",
        "127.0.0.1:0",
        "127.0.0.1:65536",
        "127.0.0.1:-1",
        "127.0.0.1:94x",
        "::1:9469",
        "[::1]",
        "[::1]9469",
        "[127.0.0.1]:80",
        "[]:80",
        "[::1:80",
        "localhost:80",
        "127.0.0.1 :80",
        "127.0.0.1: 80",
    };
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_null(ov_listen_address_socket(cases[i], NULL));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_address_and_a_port_make_a_socket),
        cmocka_unit_test(test_what_is_no_address_with_a_port_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
