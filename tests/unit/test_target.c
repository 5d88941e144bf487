/* Addresses of links in the forms that people, programs and deceivers write them. */
#include "rules/init.h"
#include "rules/target.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char *const kinds[] = {
    [OV_TARGET_EMPTY] = "empty",   [OV_TARGET_WEB] = "web",           [OV_TARGET_MAIL] = "mail",
    [OV_TARGET_PHONE] = "phone",   [OV_TARGET_INNER] = "inner",       [OV_TARGET_PART] = "part",
    [OV_TARGET_SCRIPT] = "script", [OV_TARGET_PICTURE] = "picture",   [OV_TARGET_DATA] = "data",
    [OV_TARGET_FILE] = "file",     [OV_TARGET_RELATIVE] = "relative", [OV_TARGET_OTHER] = "other",
};

/* "web host/path?query flags" of an address. */
static char *outline(const char *address, const char *base) {
    g_autoptr(OvArena) arena = ov_arena_new();
    OvTarget at = base ? ov_target_read(arena, ov_slice(base), NULL) : (OvTarget){.tls = FALSE};
    OvTarget target = ov_target_read(arena, ov_slice(address), base ? &at : NULL);
    GString *text = g_string_new(kinds[target.kind]);
    if (target.kind != OV_TARGET_WEB)
        return g_string_free(text, FALSE);
    g_string_append_printf(text, " %.*s", (int)target.host.length, target.host.data);
    if (target.port)
        g_string_append_printf(text, ":%u", target.port);
    g_string_append_printf(text, "%.*s", (int)target.path.length, target.path.data);
    if (target.query.length > 0)
        g_string_append_printf(text, "?%.*s", (int)target.query.length, target.query.data);
    g_string_append(text, target.tls ? " tls" : "");
    g_string_append(text, target.userinfo ? " userinfo" : "");
    g_string_append(text, target.escaped ? " escaped" : "");
    g_string_append(text, target.disguised ? " disguised" : "");
    g_string_append(text, target.private_use ? " private" : "");
    return g_string_free(text, FALSE);
}

typedef struct {
    const char *address;
    const char *outline;
} Row;

static void check(const Row *rows, gsize n) {
    for (gsize i = 0; i < n; i++) {
        g_autofree char *found = outline(rows[i].address, NULL);
        if (strcmp(found, rows[i].outline) != 0)
            fail_msg("%s: '%s', not '%s'", rows[i].address, found, rows[i].outline);
    }
}

static void test_an_address_is_brought_to_one_form(void **state) {
    (void)state;
    static const Row rows[] = {
        {"http://kranich-test.net", "web kranich-test.net/"},
        {"HTTPS://Www.Kranich-Test.NET:443/A?b#c", "web www.kranich-test.net/A?b tls"},
        {"http://kranich-test.net:80/", "web kranich-test.net/"},
        {"http://kranich-test.net.:8080/", "web kranich-test.net:8080/"},
        {"https://kranich-test.net:80/", "web kranich-test.net:80/ tls"},
        {"http:kranich-test.net/x", "web kranich-test.net/x"},
        {"http:////kranich-test.net/x", "web kranich-test.net/x"},
        {"//kranich-test.net/x", "web kranich-test.net/x tls"},
        {"http://kranich-test.net?x=1", "web kranich-test.net/?x=1"},
        {"http://kranich-test.net/%7Eanna/%2f%41", "web kranich-test.net/~anna/%2fA"},
        {"https://m\xc3\xbcller-test.net/", "web xn--mller-test-9db.net/ tls"},
        {"https://M\xc3\x9cLLER-test.net/", "web xn--mller-test-9db.net/ tls"},
        {"https://xn--mller-test-9db.net/", "web xn--mller-test-9db.net/ tls"},
        {"https://a_b.kranich-test.net/", "web a_b.kranich-test.net/ tls"},
    };
    check(rows, G_N_ELEMENTS(rows));
}

static void test_ip_addresses_are_seen_in_every_disguise(void **state) {
    (void)state;
    static const Row rows[] = {
        {"http://198.18.0.1/", "web 198.18.0.1/"},
        {"http://3323068417/", "web 198.18.0.1/ disguised"},
        {"http://0xC6120001/", "web 198.18.0.1/ disguised"},
        {"http://0306.022.0.1/", "web 198.18.0.1/ disguised"},
        {"http://198.0x120001/", "web 198.18.0.1/ disguised"},
        {"http://198.18.1/", "web 198.18.0.1/ disguised"},
        {"http://198.18.0.1./", "web 198.18.0.1/"},
        {"http://\xef\xbc\x91\xef\xbc\x99\xef\xbc\x98.18.0.1/", "web 198.18.0.1/"},
        {"http://[2a00::1]:8080/", "web 2a00::1:8080/"},
        {"http://198.18.0.256/", "web /"},
        {"http://4294967296/", "web /"},
        {"http://1.2.3.4.5/", "web /"},
        {"http://[2a00::g]/", "web /"},
    };
    check(rows, G_N_ELEMENTS(rows));
}

static void test_hosts_that_nobody_outside_can_reach_are_told(void **state) {
    (void)state;
    static const Row rows[] = {
        {"http://localhost/", "web localhost/ private"},
        {"http://intranet/", "web intranet/ private"},
        {"http://wiki.kranich.lan/", "web wiki.kranich.lan/ private"},
        {"http://127.0.0.1/", "web 127.0.0.1/ private"},
        {"http://10.1.2.3/", "web 10.1.2.3/ private"},
        {"http://172.31.0.1/", "web 172.31.0.1/ private"},
        {"http://172.32.0.1/", "web 172.32.0.1/"},
        {"http://192.168.0.1:8080/", "web 192.168.0.1:8080/ private"},
        {"http://169.254.1.1/", "web 169.254.1.1/ private"},
        {"http://[::1]/", "web ::1/ private"},
        {"http://[fd00::1]/", "web fd00::1/ private"},
        {"http://[fe80::1]/", "web fe80::1/ private"},
        {"http://[::ffff:192.168.0.1]/", "web ::ffff:192.168.0.1/ private"},
    };
    check(rows, G_N_ELEMENTS(rows));
}

static void test_tricks_with_the_authority_are_told(void **state) {
    (void)state;
    static const Row rows[] = {
        {"http://bank-test.net@kranich-test.net/x", "web kranich-test.net/x userinfo"},
        {"http://a@b@kranich-test.net/", "web kranich-test.net/ userinfo"},
        {"http://@kranich-test.net/", "web kranich-test.net/"},
        {"http://kranich-test.net/?mail=a@b.net", "web kranich-test.net/?mail=a@b.net"},
        {"http://kranich%2Dtest.net/", "web kranich-test.net/ escaped"},
        {"http://bank-test.net\\@kranich-test.net/",
         "web bank-test.net\\@kranich-test.net/ escaped"},
        {"http:\\\\kranich-test.net\\x", "web kranich-test.net\\x escaped"},
        {"http://kranich-test.net/a\\b", "web kranich-test.net/a\\b"},
        {"http://{{host}}/x", "web /x"},
        {"http://%link%/x", "web /x"},
        {"http:///", "web /"},
        {"http://a..net/", "web /"},
    };
    check(rows, G_N_ELEMENTS(rows));
}

static void test_other_addresses_are_told_by_their_kind(void **state) {
    (void)state;
    static const Row rows[] = {
        {"", "empty"},
        {"mailto:anna@kranich-test.net", "mail"},
        {"tel:+49-30-123", "phone"},
        {"#top", "inner"},
        {"cid:logo@kranich-test.net", "part"},
        {"JavaScript:void(0)", "script"},
        {"vbscript:x", "script"},
        {"data:image/png;base64,AAAA", "picture"},
        {"data:image/svg+xml,<svg>", "data"},
        {"data:text/html,<p>", "data"},
        {"data:,x", "data"},
        {"file:///C:/x", "file"},
        {"\\\\server\\share", "file"},
        {"page.html", "relative"},
        {"www.kranich-test.net", "relative"},
        {"ftp://kranich-test.net/", "other"},
        {"://x", "relative"},
    };
    check(rows, G_N_ELEMENTS(rows));
}

static void test_relative_addresses_are_resolved_by_the_base(void **state) {
    (void)state;
    static const char base[] = "https://kranich-test.net/news/today.html?x=1";
    static const Row rows[] = {
        {"next.html", "web kranich-test.net/news/next.html tls"},
        {"/start?y", "web kranich-test.net/start?y tls"},
        {"//other-test.net/z", "web other-test.net/z tls"},
        {"?page=2", "web kranich-test.net/news/?page=2 tls"},
        {"http://other-test.net/", "web other-test.net/"},
        {"#top", "inner"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *found = outline(rows[i].address, base);
        assert_string_equal(found, rows[i].outline);
    }
}

static void test_the_organisational_domain_is_that_of_the_public_suffix_list(void **state) {
    (void)state;
    static const Row rows[] = {
        {"https://news.kranich-test.net/", "kranich-test.net"},
        {"https://a.b.kranich-test.co.uk/", "kranich-test.co.uk"},
        {"https://anna.github.io/", "anna.github.io"},
        {"https://198.18.0.1/", "198.18.0.1"},
        {"https://intranet/", "intranet"},
    };
    g_autoptr(OvArena) arena = ov_arena_new();
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        OvTarget target = ov_target_read(arena, ov_slice(rows[i].address), NULL);
        assert_true(ov_slice_equal(target.organisation, ov_slice(rows[i].outline)));
    }
}

int main(void) {
    ov_rules_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_address_is_brought_to_one_form),
        cmocka_unit_test(test_ip_addresses_are_seen_in_every_disguise),
        cmocka_unit_test(test_hosts_that_nobody_outside_can_reach_are_told),
        cmocka_unit_test(test_tricks_with_the_authority_are_told),
        cmocka_unit_test(test_other_addresses_are_told_by_their_kind),
        cmocka_unit_test(test_relative_addresses_are_resolved_by_the_base),
        cmocka_unit_test(test_the_organisational_domain_is_that_of_the_public_suffix_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
