#include "rules/known_domains.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_known_domains_are_told_from_their_likes(void **state) {
    (void)state;
    static const char *const freemail[] = {"gmail.com", "126.com", "zonnet.nl", "gmx.net"};
    static const char *const other[] = {"mygmail.com", "gmail.co", "mail.gmail.com", "com", ""};
    static const char *const reserved[] = {"localhost", "a.test", "example.net", "x.home.arpa"};
    for (guint i = 0; i < G_N_ELEMENTS(freemail); i++)
        assert_true(ov_domain_is_freemail(ov_slice(freemail[i])));
    for (guint i = 0; i < G_N_ELEMENTS(other); i++) {
        assert_false(ov_domain_is_freemail(ov_slice(other[i])));
        assert_false(ov_domain_is_reserved(ov_slice(other[i])));
    }
    for (guint i = 0; i < G_N_ELEMENTS(reserved); i++)
        assert_true(ov_domain_is_reserved(ov_slice(reserved[i])));
    assert_false(ov_domain_is_freemail((OvSlice){"gmx.net\0x", 9}));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_domains_are_told_from_their_likes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
