#include "rules/ruleset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/review/guide.h"

static OvRuleset *load_shipped(void) {
    const char *source = g_getenv("OUTVET_SOURCE");
    g_autofree char *directory = g_build_filename(source ? source : ".", "rules", NULL);
    const char *const directories[] = {directory, NULL};
    g_autoptr(GError) error = NULL;
    OvRuleset *ruleset = ov_ruleset_load(directories, NULL, &error);
    if (error)
        print_error("%s\n", error->message);
    assert_non_null(ruleset);
    return ruleset;
}

static void test_every_rule_tells_the_guide_row_it_stands_on(void **state) {
    (void)state;
    g_autoptr(OvRuleset) ruleset = load_shipped();
    for (guint i = 0; i < ov_ruleset_n_rules(ruleset); i++) {
        const OvRule *rule = ov_ruleset_rule(ruleset, i);
        if (!ov_guide_text(rule->guide))
            fail_msg("%s: guide \"%s\" is no row of the guide", rule->name, rule->guide);
    }
}

static void test_every_rule_advises_in_one_or_two_sentences(void **state) {
    (void)state;
    g_autoptr(OvRuleset) ruleset = load_shipped();
    for (guint i = 0; i < ov_ruleset_n_rules(ruleset); i++) {
        const OvRule *rule = ov_ruleset_rule(ruleset, i);
        if (!g_regex_match_simple("^\\p{Lu}\\p{Ll}[^\\n]{10,}\\.$", rule->advice, 0, 0))
            fail_msg("%s: advice \"%s\"", rule->name, rule->advice);
    }
}

/* What others' filters do is no standard. */
static void test_references_are_standards_and_receivers_requirements(void **state) {
    (void)state;
    static const char *const one =
        "^(RFC \\d+( \\d+(\\.\\d+)*(, \\d+(\\.\\d+)*)*)?|UTS \\d+( \\d+(\\.\\d+)*)?|"
        "(HTML|WCAG 2\\.2) \\d+(\\.\\d+)*|(Gmail|Yahoo|Microsoft) [^,]+|M3AAWG [^,]+)$";
    g_autoptr(OvRuleset) ruleset = load_shipped();
    for (guint i = 0; i < ov_ruleset_n_rules(ruleset); i++) {
        const OvRule *rule = ov_ruleset_rule(ruleset, i);
        g_auto(GStrv) items = g_regex_split_simple(", (?=\\D)", rule->reference, 0, 0);
        for (char **item = items; *item; item++)
            if (**item && !g_regex_match_simple(one, *item, 0, 0))
                fail_msg("%s: reference \"%s\"", rule->name, *item);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_rule_tells_the_guide_row_it_stands_on),
        cmocka_unit_test(test_every_rule_advises_in_one_or_two_sentences),
        cmocka_unit_test(test_references_are_standards_and_receivers_requirements),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
