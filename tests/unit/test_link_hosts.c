/* Hosts of shorteners, redirectors, click counters and social networks. */
#include "rules/init.h"
#include "rules/link_hosts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static OvLinkHost kind_of(const char *address) {
    g_autoptr(OvArena) arena = ov_arena_new();
    OvTarget target = ov_target_read(arena, ov_slice(address), NULL);
    return ov_link_host(&target);
}

static void test_hosts_are_known_by_the_nearest_name_above_them(void **state) {
    (void)state;
    static const struct {
        const char *address;
        OvLinkHost kind;
    } rows[] = {
        {"https://bit.ly/x", OV_LINK_HOST_SHORTENER},
        {"https://go.bit.ly/x", OV_LINK_HOST_SHORTENER},
        {"https://rabbit.ly/x", OV_LINK_HOST_ORDINARY},
        {"https://youtu.be/x", OV_LINK_HOST_BRAND_SHORTENER},
        {"https://www.google.com/url?q=x", OV_LINK_HOST_REDIRECTOR},
        {"https://www.google.com/maps", OV_LINK_HOST_ORDINARY},
        {"https://l.facebook.com/l.php", OV_LINK_HOST_REDIRECTOR},
        {"https://www.facebook.com/kranich", OV_LINK_HOST_SOCIAL},
        {"https://eur01.safelinks.protection.outlook.com/?url=x", OV_LINK_HOST_GATEWAY},
        {"https://u1.ct.sendgrid.net/ls/click", OV_LINK_HOST_MAILING},
        {"https://x.cmail4711.com/t/y", OV_LINK_HOST_MAILING},
        {"https://bit4.ly/x", OV_LINK_HOST_ORDINARY},
        {"https://198.18.0.1/", OV_LINK_HOST_ORDINARY},
        {"https://ly/", OV_LINK_HOST_ORDINARY},
        {"mailto:x@bit.ly", OV_LINK_HOST_ORDINARY},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
        if (kind_of(rows[i].address) != rows[i].kind)
            fail_msg("%s", rows[i].address);
}

static void test_every_name_of_the_list_is_found(void **state) {
    (void)state;
    static const struct {
        const char *name;
        const char *path;
    } list[] = {
#define HOST(name, path, kind) {name, path},
#include "rules/link_hosts.def"
#undef HOST
    };
    for (gsize i = 0; i < G_N_ELEMENTS(list); i++) {
        g_autofree char *address = g_strdup_printf("https://%s%s", list[i].name, list[i].path);
        if (kind_of(address) == OV_LINK_HOST_ORDINARY)
            fail_msg("%s is out of order", list[i].name);
    }
}

static void test_names_of_networks_are_told_from_other_texts(void **state) {
    (void)state;
    static const char *const names[] = {"Facebook", " follow us on Instagram ", "YOUTUBE"};
    static const char *const others[] = {
        "", "OK", "on line", "Facebook and other ways to lose time", "Our page at Facebook is new"};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        assert_true(ov_is_social_name(ov_slice(names[i])));
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++)
        assert_false(ov_is_social_name(ov_slice(others[i])));
}

int main(void) {
    ov_rules_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hosts_are_known_by_the_nearest_name_above_them),
        cmocka_unit_test(test_every_name_of_the_list_is_found),
        cmocka_unit_test(test_names_of_networks_are_told_from_other_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
