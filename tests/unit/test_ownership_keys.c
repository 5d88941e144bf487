/* How maps and their keys are named: by the setting, by Postfix, and in the order of a search. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/ownership_maps.h"
#include "policy/ownership_postfix.h"
#include "tests/unit/ownership_place.h"

static void test_the_setting_takes_right_maps_alone(void **state) {
    (void)state;
    static const struct {
        const char *value, *fault; /* NULL where it is right */
    } cases[] = {
        {"postfix", NULL},
        {"postfix, hash:/etc/postfix/logins text:/etc/owners", NULL},
        {"inline:{ {a@b.example = c d}, {e@f.example = g} } postfix", NULL},
        {"proxy:mysql:/etc/postfix/logins.cf", NULL},
        {"socketmap:inet:[::1]:8888:logins", NULL},
        {"posfix", "posfix is no table"},
        {"text:owners", "text:owners: the path of a file starts with /"},
        {"sqlite:logins.cf", "starts with /"},
        {"socketmap:inet:localhost", "is no socketmap"},
        {"socketmap:unix:relative:x", "is no socketmap"},
        {"inline:{ {a = b}", "a brace is not closed"},
        {"-q:x", "is no table"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text =
            g_strdup_printf("[accounts]\nsender_login_maps = %s\n", cases[i].value);
        g_autoptr(GError) error = NULL;
        g_autoptr(OvSettings) settings = ov_settings_parse(text, strlen(text), "test.conf", &error);
        if (!cases[i].fault && !settings)
            fail_msg("%s", error->message);
        if (cases[i].fault && (settings || !strstr(error->message, cases[i].fault)))
            fail_msg("%s: %s", cases[i].value, settings ? "taken" : error->message);
    }
}

static void test_postconfs_answer_is_read(void **state) {
    (void)state;
    g_autofree char *file = put("mailname", "# names\nFile.Example\nother.example\n");
    g_autofree char *output = g_strdup_printf(
        "smtpd_sender_login_maps = hash:/a, hash:/b\nrecipient_delimiter = +-\n"
        "myorigin = %s\nmydestination = Home.Example, hash:/x !not.example localhost\n",
        file);
    g_autoptr(OvPostfixRules) rules = ov_postfix_rules_parse(output);
    assert_string_equal(rules->maps, "hash:/a, hash:/b");
    assert_string_equal(rules->rules.delimiters, "+-");
    g_autofree char *domains = g_strjoinv(" ", rules->local_domains);
    assert_string_equal(domains, "file.example other.example home.example localhost");
}

static void test_keys_come_in_postfixs_order(void **state) {
    (void)state;
    static const char *const local[] = {"home.example", NULL};
    static const struct {
        const char *address, *delimiters, *keys;
    } cases[] = {
        {"a+b@Home.example", "+",
         "a+b@Home.example a+b@home.example a@Home.example a@home.example a+b a @Home.example "
         "@home.example"},
        {"a+b@x.example", "", "a+b@x.example @x.example"},
        {"+b@x.example", "+", "+b@x.example @x.example"},
        {"a-b+c@x.example", "+-", "a-b+c@x.example a@x.example @x.example"},
        {"owner-list@x.example", "-", "owner-list@x.example @x.example"},
        {"list-request@x.example", "-", "list-request@x.example @x.example"},
        {"Postmaster@x.example", "t", "Postmaster@x.example @x.example"},
        {"\"a\"@x.example", "", "a@x.example \"a\"@x.example @x.example"},
        {"a@b\xc3\xbc"
         "cher.example",
         "",
         "a@b\xc3\xbc"
         "cher.example a@xn--bcher-kva.example @b\xc3\xbc"
         "cher.example @xn--bcher-kva.example"},
    };
    g_autoptr(OvArena) arena = ov_arena_new();
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        OvAddressRules rules = {cases[i].delimiters, local};
        OvOwnerKeys keys;
        assert_true(ov_owner_keys(arena, ov_slice(cases[i].address), &rules, &keys));
        g_autoptr(GString) joined = g_string_new(NULL);
        for (guint k = 0; k < keys.n; k++)
            g_string_append_printf(joined, "%s%s", k ? " " : "", keys.keys[k]);
        assert_string_equal(joined->str, cases[i].keys);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_setting_takes_right_maps_alone),
        cmocka_unit_test(test_postconfs_answer_is_read),
        cmocka_unit_test(test_keys_come_in_postfixs_order),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
