#include "policy/review/check_summary.h"

#include "policy/review/guide.h"
#include "policy/review/output.h"

enum {
    MAX_REMARKS = 8,
    FEW_HITS = 3, /* that need no summary */
};

const char *ov_check_headline(const OvCheckReport *report) {
    switch (report->verdict.computed) {
    case OV_VERDICT_ACCEPT:
        return ov_judgement_n_hits(report->judgement) > 0
                   ? "Accepted: it would be sent as it is, though it could be better."
                   : "Accepted: it would be sent as it is.";
    case OV_VERDICT_TAG:
        return "Tagged: it would be sent, with a note in its header that it looks doubtful.";
    case OV_VERDICT_HOLD:
        return "Held: it would wait until a person has looked at it.";
    case OV_VERDICT_DEFER:
        return "Deferred: it would be sent later.";
    case OV_VERDICT_REJECT:
        return "Rejected: it would not be sent.";
    }
    return "";
}

const char *ov_check_title(const OvCheckReport *report) {
    return report->verdict.computed == OV_VERDICT_ACCEPT ? "What could be better"
                                                         : "What to change";
}

/* The score of all hits but the first ones, and whether one of these demands something. */
static double rest_of(const OvJudgement *judgement, guint changed, gboolean *asks) {
    const OvRuleset *ruleset = ov_judgement_ruleset(judgement);
    guint n_groups = ov_ruleset_n_groups(ruleset);
    g_autofree double *sums = g_new0(double, n_groups);
    *asks = FALSE;
    for (guint i = changed; i < ov_judgement_n_hits(judgement); i++) {
        const OvHit *hit = ov_judgement_hit(judgement, i);
        if (hit->rule->shadow)
            continue;
        sums[hit->rule->group] += hit->score;
        *asks = *asks || hit->rule->ask != OV_ASK_NOTHING;
    }
    double score = 0;
    for (guint group = 0; group < n_groups; group++)
        score += MIN(sums[group], ov_ruleset_group(ruleset, group)->cap);
    return score;
}

guint ov_check_enough(const OvCheckReport *report) {
    if (report->verdict.computed == OV_VERDICT_ACCEPT)
        return 0;
    OvCheckMark marks[3];
    double least = G_MAXDOUBLE;
    for (guint i = ov_check_marks(report, marks); i > 0; i--)
        least = MIN(least, marks[i - 1].score);
    guint n = ov_judgement_n_hits(report->judgement);
    for (guint changed = 1; changed < n; changed++) {
        gboolean asks;
        if (rest_of(report->judgement, changed, &asks) < least - 0.005 && !asks)
            return changed;
    }
    return n;
}

const char *ov_check_enough_text(const OvCheckReport *report) {
    guint enough = ov_check_enough(report), n = ov_judgement_n_hits(report->judgement);
    OvArena *arena = ov_judgement_arena(report->judgement);
    if (enough == 0 || n == 1)
        return "";
    if (enough == 1)
        return "Changing number 1 would be enough.";
    if (enough == n)
        return "All of them need changing.";
    return ov_arena_printf(arena, "Changing numbers 1 %s %u would be enough.",
                           enough == 2 ? "and" : "to", enough);
}

guint ov_check_marks(const OvCheckReport *report, OvCheckMark marks[3]) {
    const OvCheckMark all[] = {
        {"tag", report->thresholds.tag},
        {"hold", report->thresholds.hold},
        {"reject", report->thresholds.reject},
    };
    guint n = 0;
    for (guint i = 0; i < G_N_ELEMENTS(all); i++)
        if (all[i].score != G_MAXDOUBLE)
            marks[n++] = all[i];
    return n;
}

double ov_check_bar_end(const OvCheckReport *report) {
    OvCheckMark marks[3];
    double end = 1;
    for (guint i = ov_check_marks(report, marks); i > 0; i--)
        end = MAX(end, marks[i - 1].score);
    /* A score far beyond them must not push them together at the left. */
    return MAX(1.2 * end, MIN(ov_judgement_score(report->judgement), 2 * end));
}

static int more_points_first(gconstpointer a, gconstpointer b) {
    const OvCheckRow *one = a, *other = b;
    if (one->score != other->score)
        return one->score > other->score ? -1 : 1;
    return (one->numbers[0] > other->numbers[0]) - (one->numbers[0] < other->numbers[0]);
}

const OvCheckRow *ov_check_rows(const OvCheckReport *report, guint *n) {
    OvArena *arena = ov_judgement_arena(report->judgement);
    guint n_hits = ov_judgement_n_hits(report->judgement);
    OvCheckRow *rows = OV_ARENA_NEW(arena, OvCheckRow, n_hits);
    *n = 0;
    if (n_hits <= FEW_HITS)
        return rows;
    for (guint i = 0; i < n_hits; i++) {
        const OvHit *hit = ov_judgement_hit(report->judgement, i);
        const char *text = ov_guide_text(hit->rule->guide);
        if (!text || hit->rule->shadow || hit->rule->private)
            continue;
        guint row = 0;
        while (row < *n && rows[row].text != text)
            row++;
        if (row == *n) {
            rows[row] = (OvCheckRow){.text = text, .numbers = OV_ARENA_NEW(arena, guint, n_hits)};
            (*n)++;
        }
        rows[row].score += hit->score;
        rows[row].numbers[rows[row].n_numbers++] = i + 1;
    }
    if (*n > 0)
        qsort(rows, *n, sizeof *rows, more_points_first);
    return rows;
}

const char *ov_check_advice(const OvHit *hit) {
    if (hit->rule->private)
        return "Ask those who run this server: they are told what this is, and nobody else.";
    return hit->advice[0] ? hit->advice : hit->rule->name;
}

gboolean ov_check_measured(const OvCheckReport *report, const OvHit *hit) {
    return hit->rule->evidence >= 0 &&
           ov_ruleset_fact(ov_judgement_ruleset(report->judgement), (guint)hit->rule->evidence)
                   .type == OV_NUMBER;
}

const char *const *ov_check_remarks(const OvCheckReport *report) {
    const OvJudgement *judgement = report->judgement;
    OvArena *arena = ov_judgement_arena(report->judgement);
    const char **remarks = OV_ARENA_NEW(arena, const char *, MAX_REMARKS);
    guint n = 0;
    if (report->verdict.exempt[0]) {
        g_autoptr(GString) safe = g_string_new(NULL);
        ov_safe_append(safe, report->verdict.exempt, -1, FALSE);
        remarks[n++] = ov_arena_printf(arena, "Exempt: %s", safe->str);
    }
    if (report->verdict.shadow)
        remarks[n++] = "Shadow mode is on: outvetd would let it pass untouched.";
    if (ov_judgement_ask(judgement) != OV_ASK_NOTHING)
        remarks[n++] = ov_judgement_ask(judgement) == OV_ASK_HOLD
                           ? "A rule asks for hold whatever the score."
                           : "A rule asks for reject whatever the score.";
    if (report->stored->size > report->stored->length)
        remarks[n++] = ov_arena_printf(arena,
                                       "Judged on the first %" G_GSIZE_FORMAT
                                       " of %" G_GUINT64_FORMAT " octets (scan_limit).",
                                       report->stored->length, report->stored->size);
    if (report->no_egress)
        remarks[n++] = "SPF not judged: [egress] addresses is empty.";
    if (ov_judgement_late(judgement))
        remarks[n++] = "The time limit passed before everything was measured.";

    double sum = 0;
    for (guint i = 0; i < ov_judgement_n_hits(judgement); i++) {
        const OvHit *hit = ov_judgement_hit(judgement, i);
        sum += hit->rule->shadow ? 0 : hit->score;
    }
    if (sum > ov_judgement_score(judgement) + 0.05)
        remarks[n++] = ov_arena_printf(
            arena, "The hits add up to %.2f; what one group of rules may add is limited.", sum);
    remarks[n] = NULL;
    return remarks;
}
