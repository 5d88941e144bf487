#include "policy/provider/report.h"

/* Steps with their sums, from the highest score downwards. */
static OvReportStep *sum_up(const OvMissesOfScore *scores, guint n, OvArena *arena) {
    OvReportStep *steps = OV_ARENA_NEW(arena, OvReportStep, n);
    gint64 caught = 0, stopped = 0;
    for (guint i = n; i-- > 0;) {
        caught += scores[i].missed;
        stopped += scores[i].passed;
        steps[i] = (OvReportStep){scores[i].score, scores[i].missed, scores[i].passed, caught,
                                  stopped - caught};
    }
    return steps;
}

OvProviderReport *ov_provider_report(OvLedger *ledger, gint64 from, gint64 to, guint limit,
                                     OvArena *arena, GError **error) {
    OvProviderReport *report = OV_ARENA_NEW(arena, OvProviderReport, 1);
    if (!ov_ledger_misses(ledger, from, to, &report->totals, error))
        return NULL;
    const OvMissesOfScore *scores =
        ov_ledger_misses_by_score(ledger, from, to, arena, &report->n_steps, error);
    if (!scores)
        return NULL;
    for (guint i = 0; i < report->n_steps; i++)
        report->passed += scores[i].passed;
    report->steps = sum_up(scores, report->n_steps, arena);
    report->rules =
        ov_ledger_misses_by_rule(ledger, from, to, limit, arena, &report->n_rules, error);
    if (!report->rules)
        return NULL;
    report->accounts =
        ov_ledger_misses_by_account(ledger, from, to, limit, arena, &report->n_accounts, error);
    if (!report->accounts)
        return NULL;
    report->beside = ov_ledger_scores_beside(ledger, from, to, arena, &report->n_beside, error);
    return report->beside ? report : NULL;
}

const OvReportStep *ov_provider_report_threshold(const OvProviderReport *report, double share) {
    gint64 missed = report->n_steps > 0 ? report->steps[0].caught : 0;
    for (guint i = report->n_steps; missed > 0 && i-- > 0;)
        if ((double)report->steps[i].caught >= share * (double)missed &&
            report->steps[i].missed > 0)
            return &report->steps[i];
    return NULL;
}
