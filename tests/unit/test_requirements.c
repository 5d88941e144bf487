/* Every requirement of Gmail, Yahoo and Microsoft against the messages of
 * tests/data/rules/requirements.cases, judged as shipped. */
#include "rules/init.h"
#include "rules/judge.h"
#include "tests/unit/case_message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static OvJudge *judge;
static GPtrArray *cases; /* Case */

static const char *const STATES[OV_N_REQUIREMENT_STATES] = {
    [OV_REQUIREMENT_NOT_APPLICABLE] = "not-applicable",
    [OV_REQUIREMENT_MET] = "met",
    [OV_REQUIREMENT_NOT_MET] = "not-met",
    [OV_REQUIREMENT_UNKNOWN] = "unknown",
};

static guint requirement_named(const char *name) {
    for (guint i = 0; i < OV_N_REQUIREMENTS; i++)
        if (strcmp(ov_requirements[i].name, name) == 0)
            return i;
    fail_msg("there is no requirement %s", name);
    return 0;
}

static OvJudgement *judge_case(const Case *c, GString *text) {
    return ov_judge_message(judge, &c->envelope, (OvSlice){text->str, text->len}, text->len, 0);
}

static void test_case(void **state) {
    const Case *c = *state;
    g_autoptr(GString) text = case_message(c, "\r\n");
    g_autoptr(OvJudgement) judgement = judge_case(c, text);
    OvRequirementMask mask = ov_judgement_requirements(judgement);
    gboolean own = FALSE;
    for (guint i = 0; i < c->facts->len; i++) {
        const CaseFact *wanted = &g_array_index(c->facts, CaseFact, i);
        guint requirement = requirement_named(wanted->name);
        const char *found = STATES[ov_requirement_state(mask, requirement)];
        if (strcmp(found, wanted->value) != 0)
            fail_msg("line %u: %s is %s, not %s", c->line, wanted->name, found, wanted->value);
        own = own || strcmp(wanted->name, c->rule) == 0;
    }
    assert_true(own);
}

static gboolean has_case(const char *name, OvRequirementState state) {
    for (guint i = 1; i < cases->len; i++) {
        const Case *c = g_ptr_array_index(cases, i);
        for (guint j = 0; j < c->facts->len; j++) {
            const CaseFact *fact = &g_array_index(c->facts, CaseFact, j);
            if (strcmp(fact->name, name) == 0 && strcmp(fact->value, STATES[state]) == 0)
                return TRUE;
        }
    }
    return FALSE;
}

static void test_every_requirement_has_cases_of_what_it_may_come_to(void **state) {
    (void)state;
    for (guint i = 0; i < OV_N_REQUIREMENTS; i++) {
        const OvRequirement *requirement = &ov_requirements[i];
        gboolean told = *requirement->met != '\0';
        gboolean always = strcmp(requirement->applies, "true") == 0;
        if (has_case(requirement->name, OV_REQUIREMENT_MET) != told ||
            has_case(requirement->name, OV_REQUIREMENT_NOT_MET) != told ||
            has_case(requirement->name, OV_REQUIREMENT_NOT_APPLICABLE) == always)
            fail_msg("%s lacks a case, or has one too many", requirement->name);
    }
}

static void test_a_good_mailing_misses_nothing(void **state) {
    (void)state;
    const Case *base = g_ptr_array_index(cases, 0);
    g_autoptr(GString) text = case_message(base, "\r\n");
    g_autoptr(OvJudgement) judgement = judge_case(base, text);
    OvRequirementMask mask = ov_judgement_requirements(judgement);
    for (guint i = 0; i < OV_N_REQUIREMENTS; i++)
        if (ov_requirement_state(mask, i) == OV_REQUIREMENT_NOT_MET)
            fail_msg("%s is not met", ov_requirements[i].name);
    assert_int_equal(ov_judgement_copies(judgement, OV_PROVIDER_GMAIL), 1);
    assert_int_equal(ov_judgement_copies(judgement, OV_PROVIDER_YAHOO), 0);
}

static void test_mail_that_stays_here_has_no_requirements(void **state) {
    (void)state;
    const Case *base = g_ptr_array_index(cases, 0);
    static const char *const recipients[] = {"root@localhost"};
    OvEnvelope envelope = base->envelope;
    envelope.recipients = recipients;
    envelope.n_recipients = 1;
    g_autoptr(GString) text = case_message(base, "\r\n");
    g_autoptr(OvJudgement) judgement =
        ov_judge_message(judge, &envelope, (OvSlice){text->str, text->len}, text->len, 0);
    assert_true(ov_judgement_requirements(judgement) == 0);
}

/* What people read of the table, and what must stay as it is in ledgers. */
static void test_the_table_is_whole(void **state) {
    (void)state;
    for (guint i = 0; i < OV_N_REQUIREMENTS; i++) {
        const OvRequirement *requirement = &ov_requirements[i];
        gboolean asked = FALSE;
        for (guint provider = 0; provider < OV_N_DEMANDING; provider++)
            asked = asked || requirement->asked[provider] != OV_ASKED_NOBODY;
        assert_true(asked);
        assert_true(g_str_has_suffix(requirement->remedy, "."));
        assert_true(*requirement->text && !g_str_has_suffix(requirement->text, "."));
        assert_true(*requirement->source != '\0');
        for (guint other = 0; other < i; other++)
            assert_string_not_equal(requirement->name, ov_requirements[other].name);
    }
    assert_int_equal(OV_REQUIREMENT_SPF, 0);
    assert_int_equal(OV_REQUIREMENT_REACHABLE, 17);
}

int main(void) {
    const char *source = g_getenv("OUTVET_SOURCE");
    g_autofree char *file = g_build_filename(source ? source : ".", "tests", "data", "rules",
                                             "requirements.cases", NULL);
    g_autofree char *rules = g_build_filename(source ? source : ".", "rules", NULL);
    g_autoptr(GError) error = NULL;
    ov_rules_init();
    cases = cases_load(file, &error);
    g_autoptr(OvRuleset) ruleset =
        cases ? ov_ruleset_load((const char *const[]){rules, NULL}, NULL, &error) : NULL;
    if (!ruleset) {
        print_error("%s\n", error->message);
        return 1;
    }
    judge = ov_judge_new(ruleset);
    g_autoptr(GArray) tests = g_array_new(FALSE, FALSE, sizeof(struct CMUnitTest));
    struct CMUnitTest whole[] = {
        cmocka_unit_test(test_every_requirement_has_cases_of_what_it_may_come_to),
        cmocka_unit_test(test_a_good_mailing_misses_nothing),
        cmocka_unit_test(test_mail_that_stays_here_has_no_requirements),
        cmocka_unit_test(test_the_table_is_whole),
    };
    g_array_append_vals(tests, whole, G_N_ELEMENTS(whole));
    for (guint i = 1; i < cases->len; i++) {
        Case *c = g_ptr_array_index(cases, i);
        struct CMUnitTest one = {.name = c->name, .test_func = test_case, .initial_state = c};
        g_array_append_val(tests, one);
    }
    int failed = _cmocka_run_group_tests("requirements.cases",
                                         (const struct CMUnitTest *)(void *)tests->data, tests->len,
                                         NULL, NULL);
    ov_judge_unref(judge);
    g_ptr_array_unref(cases);
    return failed;
}
