#include "rules/flowed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct {
    const char *what, *text;
    gboolean delsp;
    const char *joined;
} cases[] = {
    {"nothing to join", "One\ntwo\n", FALSE, "One\ntwo\n"},
    {"a paragraph", "One \ntwo \nthree\nfour\n", FALSE, "One two three\nfour\n"},
    {"CRLF", "One \r\ntwo\r\nthree\r\n", FALSE, "One two\r\nthree\r\n"},
    {"an empty line ends it", "One \n\ntwo\n", FALSE, "One \ntwo\n"},
    {"quoted", "> One \n> two\nThree \nfour\n", FALSE, "> One two\nThree four\n"},
    {"quoted deeper", ">> One \n> two \n> three\n", FALSE, ">> One \n> two three\n"},
    {"stuffed", "One \n two\n  three\n", FALSE, "One two\n three\n"},
    {"stuffed to be no quotation", "One \n\n > two\n From here \non\n", FALSE,
     "One \n > two\n From here on\n"},
    {"the mark of a signature", "One \n-- \nAnn \nMiller\n", FALSE, "One \n-- \nAnn Miller\n"},
    {"without the space", "lan \ntern \nA\n", TRUE, "lanternA\n"},
    {"a space that is meant", "One  \ntwo\n", TRUE, "One two\n"},
    {"no end of line", "One \ntwo ", FALSE, "One two "},
    {"no end of line, without the space", "One \ntwo ", TRUE, "Onetwo "},
    {"spaces alone", " \n \n \n", FALSE, "\n\n\n"},
    {"marks alone", "> \n> \n", FALSE, "> \n> \n"},
    {"nothing", "", TRUE, ""},
};

static void test_soft_line_breaks_are_joined(void **state) {
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(OvArena) arena = ov_arena_new();
        gsize length = strlen(cases[i].text);
        g_autofree char *copy = length > 0 ? g_memdup2(cases[i].text, length) : NULL;
        OvSlice joined = ov_flowed_join(arena, (OvSlice){copy, length}, cases[i].delsp);
        g_autofree char *found = g_strndup(joined.data ? joined.data : "", joined.length);
        if (strcmp(found, cases[i].joined) != 0)
            fail_msg("%s: \"%s\"", cases[i].what, found);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_soft_line_breaks_are_joined),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
