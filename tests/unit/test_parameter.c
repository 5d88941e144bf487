#include "rules/parameter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_a_parameter_is_found_among_quotes_and_comments(void **state) {
    (void)state;
    static const struct {
        const char *value, *name, *found;
    } cases[] = {
        {"multipart/report; report-type=delivery-status", "report-type", "delivery-status"},
        {"multipart/report;\r\n\tReport-Type = \"a;b\" ; x=y", "report-type", "a;b"},
        {"text/plain (a; x=1); x=2", "x", "2"},
        {"text/plain; y=\"; x=1\"; x=\"a\\\"b\"", "x", "a\"b"},
        {"v=1; a=rsa-sha256; d=kranichwerke-test.net; s=t", "d", "kranichwerke-test.net"},
        {"d=kranichwerke-test.net", "d", "kranichwerke-test.net"},
        {"text/plain; x=\"never closed", "x", "never closed"},
        {"text/plain; x=(", "x", "("},
        {"text/plain; x", "x", ""},
        {"", "x", ""},
    };
    g_autoptr(OvArena) arena = ov_arena_new();
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        OvSlice found = ov_parameter_find(arena, ov_slice(cases[i].value), cases[i].name);
        if (!ov_slice_equal(found, ov_slice(cases[i].found)))
            fail_msg("%s: '%.*s'", cases[i].value, (int)found.length, found.data);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_parameter_is_found_among_quotes_and_comments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
