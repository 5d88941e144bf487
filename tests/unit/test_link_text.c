/* Hosts that the text of a link shows, and texts that only look like hosts. */
#include "rules/init.h"
#include "rules/link_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static char *shown_in(const char *text) {
    static const char *const schemes[] = {"", "http ", "https "};
    g_autoptr(OvArena) arena = ov_arena_new();
    GString *list = g_string_new(NULL);
    OvShownHost shown;
    for (gsize at = 0; ov_shown_host_next(arena, ov_slice(text), &at, &shown);)
        g_string_append_printf(list, "[%s%.*s]", schemes[shown.scheme],
                               (int)shown.organisation.length, shown.organisation.data);
    return g_string_free(list, FALSE);
}

static void test_hosts_are_told_from_names_of_files_and_places(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const char *hosts;
    } rows[] = {
        {"https://www.kranich-test.net/x?y", "[https kranich-test.net]"},
        {"Go to http://shop.kranich-test.co.uk.", "[http kranich-test.co.uk]"},
        {"www.kranich-test.net", "[kranich-test.net]"},
        {"see kranich-test.net/news for more", "[kranich-test.net]"},
        {"Kranich-Test.net", "[kranich-test.net]"},
        {" (kranich-test.net) ", ""},
        {"kranich-test.net:", "[kranich-test.net]"},
        {"www.kranich-test.net and www.other-test.org", "[kranich-test.net][other-test.org]"},
        {"write for kranich-test.net today", ""},
        {"report.zip", ""},
        {"setup.py", ""},
        {"node.js", ""},
        {"St.Gallen", ""},
        {"e.g", ""},
        {"3.14", ""},
        {"10.0.0.1", ""},
        {"info@kranich-test.net", ""},
        {"and/or", ""},
        {"1.5/2.5", ""},
        {"www.report.zip", "[report.zip]"},
        {"Read more", ""},
        {"", ""},
        {"...", ""},
        {"https://", ""},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *found = shown_in(rows[i].text);
        if (strcmp(found, rows[i].hosts) != 0)
            fail_msg("'%s': %s, not %s", rows[i].text, found, rows[i].hosts);
    }
}

int main(void) {
    ov_rules_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hosts_are_told_from_names_of_files_and_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
