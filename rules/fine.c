#include "rules/fine.h"

/* A text that rules of one group share. */
typedef struct {
    guint group;
    const OvRule *rule; /* the first of them */
    gboolean holds;
} Statement;

static Statement *statement_of(Statement *statements, guint *n, const OvRule *rule) {
    for (guint i = 0; i < *n; i++)
        if (statements[i].group == rule->group && g_str_equal(statements[i].rule->fine, rule->fine))
            return &statements[i];
    statements[*n] = (Statement){.group = rule->group, .rule = rule, .holds = TRUE};
    return &statements[(*n)++];
}

static gboolean is(const OvExpression *condition, gboolean truth, const OvFacts *facts,
                   OvExpressionScratch *scratch) {
    OvValue value = ov_expression_evaluate(condition, facts, scratch);
    return value.type == OV_TRUTH && !value.truth == !truth;
}

static const char *text_of_group(OvJudgement *judgement, const Statement *statements, guint n,
                                 guint group) {
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < n; i++)
        if (statements[i].group == group && statements[i].holds)
            g_string_append_printf(
                text, "%s%s", text->len > 0 ? ", " : "",
                ov_ruleset_fine(ov_judgement_ruleset(judgement), statements[i].rule,
                                ov_judgement_facts(judgement), ov_judgement_arena(judgement)));
    return ov_arena_strndup(ov_judgement_arena(judgement), text->str, text->len);
}

const OvFine *ov_fine_read(OvJudgement *judgement, guint *n) {
    const OvRuleset *ruleset = ov_judgement_ruleset(judgement);
    const OvFacts *facts = ov_judgement_facts(judgement);
    OvArena *arena = ov_judgement_arena(judgement);
    g_autoptr(OvExpressionScratch) scratch = ov_expression_scratch_new();
    guint n_rules = ov_ruleset_n_rules(ruleset), n_statements = 0;
    Statement *statements = OV_ARENA_NEW(arena, Statement, n_rules);
    for (guint i = 0; i < n_rules; i++) {
        const OvRule *rule = ov_ruleset_rule(ruleset, i);
        if (!rule->fine[0])
            continue;
        Statement *statement = statement_of(statements, &n_statements, rule);
        statement->holds = statement->holds && is(rule->when, FALSE, facts, scratch);
    }

    guint n_groups = ov_ruleset_n_groups(ruleset);
    OvFine *fine = OV_ARENA_NEW(arena, OvFine, n_groups);
    *n = 0;
    for (guint group = 0; group < n_groups; group++) {
        const OvRuleGroup *about = ov_ruleset_group(ruleset, group);
        if (about->applies && !is(about->applies, TRUE, facts, scratch))
            continue;
        const char *text = text_of_group(judgement, statements, n_statements, group);
        if (text[0])
            fine[(*n)++] = (OvFine){.title = about->title, .text = text};
    }
    return fine;
}
