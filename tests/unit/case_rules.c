#include "tests/unit/case_rules.h"

#include "rules/init.h"
#include "rules/judge.h"
#include "tests/unit/case_message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

typedef struct {
    OvJudge *judge;
    GPtrArray *cases; /* Case */
    const char *prefix;
    guint least;
} World;

static World world;

static const OvHit *find_hit(const OvJudgement *judgement, const char *rule) {
    for (guint i = 0; i < ov_judgement_n_hits(judgement); i++)
        if (strcmp(ov_judgement_hit(judgement, i)->rule->name, rule) == 0)
            return ov_judgement_hit(judgement, i);
    return NULL;
}

static char *value_text(const OvValue *value) {
    switch (value->type) {
    case OV_NUMBER:
        return g_strdup_printf("%.10g", value->number);
    case OV_TRUTH:
        return g_strdup(value->truth ? "true" : "false");
    case OV_TEXT:
        return g_strndup(value->text.data ? value->text.data : "", value->text.length);
    default:
        return g_strdup("unknown");
    }
}

static void check_facts(const Case *c, const OvJudgement *judgement) {
    for (guint i = 0; i < c->facts->len; i++) {
        const CaseFact *fact = &g_array_index(c->facts, CaseFact, i);
        guint slot = 0;
        if (!ov_ruleset_find_fact(ov_judge_ruleset(world.judge), fact->name, &slot))
            fail_msg("line %u: there is no fact %s", c->line, fact->name);
        g_autofree char *found = value_text(&ov_judgement_facts(judgement)->value[slot]);
        if (strcmp(found, fact->value) != 0)
            fail_msg("line %u: %s is %s, not %s", c->line, fact->name, found, fact->value);
    }
}

/* A fact's name in braces that was not replaced by its value. */
static gboolean has_placeholder(const char *advice) {
    return g_regex_match_simple("\\{[a-z]+\\.[a-z._]+\\}", advice, 0, 0);
}

static void check_hits(const Case *c, const OvJudgement *judgement, const char *form) {
    const OvHit *hit = find_hit(judgement, c->rule);
    gboolean wanted = c->kind == CASE_HIT;
    if (wanted != (hit != NULL))
        fail_msg("line %u: %s %s (%s)", c->line, c->rule, wanted ? "does not hit" : "hits", form);
    if (hit && c->score >= 0 && ABS(hit->score - c->score) > 0.001)
        fail_msg("line %u: %s adds %g, not %g", c->line, c->rule, hit->score, c->score);
    if (hit)
        assert_false(has_placeholder(hit->advice));
}

/* Facts that tell of line ends themselves. */
static gboolean is_about_line_ends(guint slot) {
    return slot == OV_FACT_MESSAGE_BARE_LF || slot == OV_FACT_MESSAGE_SIZE;
}

static void check_same(const Case *c, const OvJudgement *crlf, const OvJudgement *lf) {
    for (guint slot = 0; slot < OV_N_FACTS; slot++) {
        if (is_about_line_ends(slot))
            continue;
        g_autofree char *one = value_text(&ov_judgement_facts(crlf)->value[slot]);
        g_autofree char *other = value_text(&ov_judgement_facts(lf)->value[slot]);
        if (strcmp(one, other) != 0)
            fail_msg("line %u: %s is '%s' with CRLF, '%s' with LF", c->line,
                     ov_fact_specs[slot].name, one, other);
    }
}

static void test_case(void **state) {
    const Case *c = *state;
    g_autoptr(GString) text = case_message(c, "\r\n");
    g_autoptr(OvJudgement) crlf =
        ov_judge_message(world.judge, &c->envelope, (OvSlice){text->str, text->len}, text->len, 0);
    check_hits(c, crlf, "CRLF");
    check_facts(c, crlf);
    if (c->mixed_line_ends)
        return;
    g_autoptr(GString) bare = case_message(c, "\n");
    g_autoptr(OvJudgement) lf =
        ov_judge_message(world.judge, &c->envelope, (OvSlice){bare->str, bare->len}, bare->len, 0);
    check_hits(c, lf, "LF");
    check_same(c, crlf, lf);
}

static void test_a_clean_message_hits_none_of_the_rules(void **state) {
    (void)state;
    const Case *base = g_ptr_array_index(world.cases, 0);
    g_autoptr(GString) text = case_message(base, "\r\n");
    g_autoptr(OvJudgement) judgement = ov_judge_message(
        world.judge, &base->envelope, (OvSlice){text->str, text->len}, text->len, 0);
    for (guint i = 0; i < ov_judgement_n_hits(judgement); i++)
        if (g_str_has_prefix(ov_judgement_hit(judgement, i)->rule->name, world.prefix))
            fail_msg("%s hits", ov_judgement_hit(judgement, i)->rule->name);
}

static gboolean has_case(const char *rule, CaseKind kind) {
    for (guint i = 1; i < world.cases->len; i++) {
        const Case *c = g_ptr_array_index(world.cases, i);
        if (c->kind == kind && strcmp(c->rule, rule) == 0)
            return TRUE;
    }
    return FALSE;
}

static void test_every_rule_has_a_case_that_hits_and_one_that_does_not(void **state) {
    (void)state;
    const OvRuleset *ruleset = ov_judge_ruleset(world.judge);
    guint n = 0;
    for (guint i = 0; i < ov_ruleset_n_rules(ruleset); i++) {
        const char *rule = ov_ruleset_rule(ruleset, i)->name;
        if (!g_str_has_prefix(rule, world.prefix))
            continue;
        n++;
        if (!has_case(rule, CASE_HIT))
            fail_msg("%s has no case that hits", rule);
        if (!has_case(rule, CASE_NEAR) && !has_case(rule, CASE_HAZARD))
            fail_msg("%s has no case that does not hit", rule);
    }
    assert_true(n >= world.least);
}

static void test_every_case_names_a_rule(void **state) {
    (void)state;
    for (guint i = 1; i < world.cases->len; i++) {
        const Case *c = g_ptr_array_index(world.cases, i);
        if (!ov_ruleset_find(ov_judge_ruleset(world.judge), c->rule))
            fail_msg("line %u: there is no rule %s", c->line, c->rule);
    }
}

int case_rules_run(const char *cases, const char *prefix, guint least) {
    const char *source = g_getenv("OUTVET_SOURCE");
    g_autofree char *rules = g_build_filename(source ? source : ".", "rules", NULL);
    g_autofree char *file =
        g_build_filename(source ? source : ".", "tests/data/rules", cases, NULL);
    g_autoptr(GError) error = NULL;
    ov_rules_init();
    world.prefix = prefix;
    world.least = least;
    g_autoptr(OvRuleset) ruleset =
        ov_ruleset_load((const char *const[]){rules, NULL}, NULL, &error);
    if (!ruleset)
        g_error("%s", error->message);
    world.judge = ov_judge_new(ruleset);
    world.cases = cases_load(file, &error);
    if (!world.cases)
        g_error("%s", error->message);

    g_autoptr(GArray) tests = g_array_new(FALSE, TRUE, sizeof(struct CMUnitTest));
    const struct CMUnitTest whole[] = {
        cmocka_unit_test(test_a_clean_message_hits_none_of_the_rules),
        cmocka_unit_test(test_every_rule_has_a_case_that_hits_and_one_that_does_not),
        cmocka_unit_test(test_every_case_names_a_rule),
    };
    g_array_append_vals(tests, whole, G_N_ELEMENTS(whole));
    for (guint i = 1; i < world.cases->len; i++) {
        Case *c = g_ptr_array_index(world.cases, i);
        struct CMUnitTest test = {c->name, test_case, NULL, NULL, c};
        g_array_append_val(tests, test);
    }
    int failed = _cmocka_run_group_tests(cases, (const struct CMUnitTest *)(void *)tests->data,
                                         tests->len, NULL, NULL);
    g_ptr_array_unref(world.cases);
    ov_judge_unref(world.judge);
    return failed;
}
