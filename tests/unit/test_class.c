/* The class of a message (tests/data/rules/class.cases). */
#include "rules/init.h"
#include "rules/judge.h"
#include "tests/unit/case_message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static OvJudge *judge;

static void test_case(void **state) {
    const Case *c = *state;
    g_autoptr(GString) text = case_message(c, "\r\n");
    g_autoptr(OvJudgement) judgement =
        ov_judge_message(judge, &c->envelope, (OvSlice){text->str, text->len}, text->len, 0);
    OvClass found = ov_judgement_class(judgement);
    if (g_ascii_strcasecmp(ov_class_name(found), c->rule) != 0)
        fail_msg("line %u: the class is %s, not %s", c->line, ov_class_name(found), c->rule);
    const OvValue *fact = &ov_judgement_facts(judgement)->value[OV_FACT_MESSAGE_CLASS];
    assert_int_equal(fact->type, OV_TEXT);
    assert_true(ov_slice_equal(fact->text, ov_slice(ov_class_name(found))));
}

int main(void) {
    const char *source = g_getenv("OUTVET_SOURCE");
    g_autofree char *rules = g_build_filename(source ? source : ".", "rules", NULL);
    g_autofree char *local =
        g_build_filename(source ? source : ".", "tests/data/rules/class.d", NULL);
    g_autofree char *file =
        g_build_filename(source ? source : ".", "tests/data/rules/class.cases", NULL);
    g_autoptr(GError) error = NULL;
    ov_rules_init();
    g_autoptr(OvRuleset) ruleset =
        ov_ruleset_load((const char *const[]){rules, local, NULL}, NULL, &error);
    if (!ruleset)
        g_error("%s", error->message);
    g_autoptr(GPtrArray) cases = cases_load(file, &error);
    if (!cases)
        g_error("%s", error->message);
    judge = ov_judge_new(ruleset);
    g_autoptr(GArray) tests = g_array_new(FALSE, TRUE, sizeof(struct CMUnitTest));
    for (guint i = 1; i < cases->len; i++) {
        Case *c = g_ptr_array_index(cases, i);
        struct CMUnitTest test = {c->name, test_case, NULL, NULL, c};
        g_array_append_val(tests, test);
    }
    int failed = _cmocka_run_group_tests(
        "message class", (const struct CMUnitTest *)(void *)tests->data, tests->len, NULL, NULL);
    ov_judge_unref(judge);
    return failed;
}
