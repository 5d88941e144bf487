/* Bare addresses in plain text. */
#include "rules/plain_links.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Every address in [], mail with @ before it, quoted ones with >. */
static char *found_in(const char *text) {
    g_autoptr(OvArena) arena = ov_arena_new();
    OvPlainLinks found = ov_plain_links(arena, ov_slice(text));
    GString *list = g_string_new(NULL);
    for (guint i = 0; i < found.n_links; i++) {
        const OvPlainLink *link = &found.links[i];
        g_string_append_printf(list, "%s%s[%.*s]", link->quoted ? ">" : "", link->mail ? "@" : "",
                               (int)link->address.length, link->address.data);
        assert_memory_equal(text + link->start, link->address.data, link->address.length);
    }
    return g_string_free(list, FALSE);
}

static void test_addresses_are_found_as_mail_programs_find_them(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const char *found;
    } rows[] = {
        {"See https://kranich-test.net/a?b=c#d for more.", "[https://kranich-test.net/a?b=c#d]"},
        {"See www.kranich-test.net.", "[www.kranich-test.net]"},
        {"(see http://kranich-test.net/x)", "[http://kranich-test.net/x]"},
        {"http://kranich-test.net/x_(y)", "[http://kranich-test.net/x_(y)]"},
        {"<http://kranich-test.net/x>, \"http://other-test.net\"",
         "[http://kranich-test.net/x][http://other-test.net]"},
        {"Shop<https://kranich-test.net/x> and more", "[https://kranich-test.net/x]"},
        {"http://kranich-test.net\\n", "[http://kranich-test.net]"},
        {"HTTP://KRANICH-TEST.NET!", "[HTTP://KRANICH-TEST.NET]"},
        {"\xe8\xaf\xb7\xe8\xae\xbf\xe9\x97\xaehttp://kranich-test.net/x\xe3\x80\x82",
         "[http://kranich-test.net/x]"},
        {"http://m\xc3\xbcller-test.net/", "[http://m\xc3\xbcller-test.net/]"},
        {"Write to anna@kranich-test.net.", "@[anna@kranich-test.net]"},
        {"mailto:anna@kranich-test.net?subject=x", "@[anna@kranich-test.net]"},
        {"http://anna@kranich-test.net/x", "[http://anna@kranich-test.net/x]"},
        {"> http://kranich-test.net/x\nwww.other-test.net",
         ">[http://kranich-test.net/x][www.other-test.net]"},
        {"Yes\n-----Original Message-----\nFrom: Anna\nSent: today\n\nwww.kranich-test.net",
         ">[www.kranich-test.net]"},
        {"std::vector, a://b, xwww.y.z, @home, a@b, 3 @ 4, http://", ""},
        {"", ""},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *found = found_in(rows[i].text);
        if (strcmp(found, rows[i].found) != 0)
            fail_msg("%s: '%s', not '%s'", rows[i].text, found, rows[i].found);
    }
}

static void test_characters_of_addresses_and_of_quoted_lines_are_counted_apart(void **state) {
    (void)state;
    g_autoptr(OvArena) arena = ov_arena_new();
    OvPlainLinks found = ov_plain_links(arena, ov_slice("Look: www.a-test.net\n> I will\n"));
    assert_int_equal(found.visible, 5 + 14);
    assert_int_equal(found.visible_linked, 14);
    assert_int_equal(found.visible_quoted, 5);
}

static void test_no_more_addresses_are_kept_than_the_limit(void **state) {
    (void)state;
    g_autoptr(OvArena) arena = ov_arena_new();
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < OV_PLAIN_MAX_LINKS + 100; i++)
        g_string_append(text, "www.kranich-test.net ");
    OvPlainLinks found = ov_plain_links(arena, (OvSlice){text->str, text->len});
    assert_int_equal(found.n_links, OV_PLAIN_MAX_LINKS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses_are_found_as_mail_programs_find_them),
        cmocka_unit_test(test_characters_of_addresses_and_of_quoted_lines_are_counted_apart),
        cmocka_unit_test(test_no_more_addresses_are_kept_than_the_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
