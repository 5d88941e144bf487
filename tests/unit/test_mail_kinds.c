/* Whole messages of the kinds that people wait for, and of those that nobody wants, judged as
 * shipped (tests/data/mail). */
#include "rules/init.h"
#include "rules/judge.h"
#include "tests/unit/case_message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* As shipped: tagged from 3, held from 6, or where a rule demands it. */
static const struct {
    const char *word;
    double least, below;
} outcomes[] = {
    {"accepted", 0.0, 3.0},
    {"passed", 0.0, 6.0},
    {"noticed", 3.0, 1000.0},
    {"held", 6.0, 1000.0},
};

enum { HELD_BY_DEMAND = 100 };

static OvJudge *judge;

static double score_of(const OvJudgement *judgement) {
    for (guint i = 0; i < ov_judgement_n_hits(judgement); i++)
        if (ov_judgement_hit(judgement, i)->rule->ask != OV_ASK_NOTHING)
            return HELD_BY_DEMAND;
    return ov_judgement_score(judgement);
}

static char *describe(const OvJudgement *judgement) {
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < ov_judgement_n_hits(judgement); i++) {
        const OvHit *hit = ov_judgement_hit(judgement, i);
        g_string_append_printf(text, " %s %g", hit->rule->name, hit->score);
    }
    return g_string_free(text, FALSE);
}

static void test_case(void **state) {
    const Case *c = *state;
    g_autoptr(GString) text = case_message(c, "\r\n");
    g_autoptr(OvJudgement) judgement =
        ov_judge_message(judge, &c->envelope, (OvSlice){text->str, text->len}, text->len, 0);
    double score = score_of(judgement);
    for (gsize i = 0; i < G_N_ELEMENTS(outcomes); i++) {
        if (strcmp(c->rule, outcomes[i].word) != 0)
            continue;
        if (score < outcomes[i].least || score >= outcomes[i].below) {
            g_autofree char *hits = describe(judgement);
            fail_msg("line %u: not %s with %g:%s", c->line, c->rule, score, hits);
        }
        return;
    }
    fail_msg("line %u: there is no outcome %s", c->line, c->rule);
}

/* The cases live as long as the tests that run them. */
static GPtrArray *add(GArray *tests, const char *name, const char *source) {
    g_autofree char *file = g_build_filename(source, "tests/data/mail", name, NULL);
    g_autoptr(GError) error = NULL;
    GPtrArray *cases = cases_load(file, &error);
    if (!cases)
        g_error("%s", error->message);
    for (guint i = 1; i < cases->len; i++) {
        Case *c = g_ptr_array_index(cases, i);
        struct CMUnitTest test = {c->name, test_case, NULL, NULL, c};
        g_array_append_val(tests, test);
    }
    return cases;
}

int main(void) {
    const char *source = g_getenv("OUTVET_SOURCE");
    g_autofree char *rules = g_build_filename(source ? source : ".", "rules", NULL);
    g_autoptr(GError) error = NULL;
    ov_rules_init();
    g_autoptr(OvRuleset) ruleset =
        ov_ruleset_load((const char *const[]){rules, NULL}, NULL, &error);
    if (!ruleset)
        g_error("%s", error->message);
    judge = ov_judge_new(ruleset);
    g_autoptr(GArray) tests = g_array_new(FALSE, TRUE, sizeof(struct CMUnitTest));
    g_autoptr(GPtrArray) wanted = add(tests, "wanted.cases", source ? source : ".");
    g_autoptr(GPtrArray) unwanted = add(tests, "unwanted.cases", source ? source : ".");
    int failed = _cmocka_run_group_tests(
        "kinds of mail", (const struct CMUnitTest *)(void *)tests->data, tests->len, NULL, NULL);
    ov_judge_unref(judge);
    return failed;
}
