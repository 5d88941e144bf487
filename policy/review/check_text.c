#include "policy/review/check_summary.h"

#include <string.h>

#include "policy/review/guide.h"
#include "policy/review/output.h"
#include "rules/evidence.h"
#include "rules/fine.h"

/* A page of 80 columns that a customer could be sent. */
enum {
    WIDTH = 79,
    INDENT = 4,
    SCORE = 8, /* columns of a hit's score, at the right */
    BAR = 62,
    SHOWN_CHARACTERS = 160, /* of a subject or a name */
};

static void append_heading(GString *out, const char *heading, gboolean colour) {
    g_string_append_c(out, '\n');
    ov_paint(out, colour, OV_PAINT_BOLD, heading);
    g_string_append_c(out, '\n');
}

/* A paragraph of text that need not be safe. */
static void append_paragraph(GString *out, const char *text, guint indent) {
    g_autoptr(GString) safe = g_string_new(NULL);
    ov_safe_append(safe, text, -1, FALSE);
    ov_wrap_append(out, safe->str, indent, WIDTH - indent);
}

static void append_field(GString *out, OvArena *arena, const char *name, const char *value) {
    g_autofree char *line = g_strdup_printf(
        "%-8s %s", name, ov_evidence_limited(arena, ov_slice(value), SHOWN_CHARACTERS));
    ov_wrap_append(out, line, 0, WIDTH);
}

static guint column_of(double score, double end) {
    return (guint)CLAMP(score / end * BAR + 0.5, 0, BAR);
}

/* The bar, and below it the names of the thresholds where they stand. */
static void append_bar(GString *out, const OvCheckReport *report, gboolean colour) {
    double score = ov_judgement_score(report->judgement), end = ov_check_bar_end(report);
    char bar[BAR + 1];
    memset(bar, '.', BAR);
    bar[BAR] = '\0';
    memset(bar, '#', column_of(score, end));
    if (score > end)
        bar[BAR - 1] = '>';

    OvCheckMark marks[3];
    guint n = ov_check_marks(report, marks);
    g_autoptr(GString) names = g_string_new("0");
    for (guint i = 0; i < n; i++) {
        guint column = MIN(column_of(marks[i].score, end), BAR - 1);
        bar[column] = '|';
        /* Side by side where thresholds are close or turned round. */
        g_string_append_printf(names, "%*s%s %g", (int)MAX(1, (gint)column - (gint)names->len), "",
                               marks[i].name, marks[i].score);
    }
    g_string_append_printf(out, "\nScore %-8.2f ", score);
    ov_paint(out, colour, ov_verdict_paint(ov_verdict_name(report->verdict.computed)), bar);
    g_string_append_printf(out, "\n%*s%s\n", 15, "", names->str);
}

/* Number and score stand beside the first line of the advice. */
static void append_advice(GString *out, guint number, const OvHit *hit, gboolean colour) {
    g_autoptr(GString) safe = g_string_new(NULL);
    ov_safe_append(safe, ov_check_advice(hit), -1, FALSE);
    g_autoptr(GString) lines = g_string_new(NULL);
    ov_wrap_append(lines, safe->str, INDENT, WIDTH - INDENT - SCORE);
    const char *rest = strchr(lines->str, '\n');
    g_autofree char *first = g_strndup(lines->str + INDENT, (gsize)(rest - lines->str) - INDENT);
    g_autofree char *score = g_strdup_printf("%+.2f", hit->score);
    g_string_append_printf(out, "%*u. ", INDENT - 2, number);
    ov_paint(out, colour, OV_PAINT_BOLD, first);
    g_string_append_printf(out, "%*s%s\n",
                           (int)(WIDTH - INDENT - strlen(score) - ov_columns(first)), "", score);
    g_string_append(out, rest + 1);
}

static void append_hit(GString *out, const OvCheckReport *report, guint number, const OvHit *hit,
                       gboolean colour) {
    const OvRule *rule = hit->rule;
    append_advice(out, number, hit, colour);
    if (rule->private)
        return;
    g_autoptr(GString) text = g_string_new(NULL);
    if (hit->evidence[0] && !strstr(hit->advice, hit->evidence)) {
        /* Phrases come with quotation marks of their own. */
        gboolean measured = ov_check_measured(report, hit);
        const char *mark = measured || hit->evidence[0] == '"' ? "" : "\"";
        g_string_printf(text, "%s: %s%s%s", measured ? "Measured" : "Found", mark, hit->evidence,
                        mark);
        append_paragraph(out, text->str, INDENT);
    }
    const char *guide = ov_guide_text(rule->guide);
    g_string_assign(text, "Why: ");
    if (rule->guide[0])
        g_string_append_printf(text, "guide %s%s%s; ", rule->guide, guide ? ", " : "",
                               guide ? guide : "");
    if (rule->reference[0])
        g_string_append_printf(text, "%s; ", rule->reference);
    g_string_append_printf(text, "rule %s%s", rule->name,
                           rule->shadow ? " (on trial, without effect)" : "");
    g_autoptr(GString) why = g_string_new(NULL);
    append_paragraph(why, text->str, INDENT);
    ov_paint(out, colour, OV_PAINT_DIM, why->str);
}

static void append_rows(GString *out, const OvCheckReport *report, gboolean colour) {
    guint n = 0;
    const OvCheckRow *rows = ov_check_rows(report, &n);
    if (n > 0)
        append_heading(out, "In short, the guide asks for", colour);
    for (guint i = 0; i < MIN(n, OV_CHECK_ROWS); i++) {
        g_autoptr(GString) line = g_string_new(rows[i].text);
        for (guint j = 0; j < rows[i].n_numbers; j++)
            g_string_append_printf(line, "%s%u", j > 0 ? ", " : " (", rows[i].numbers[j]);
        g_string_append_c(line, ')');
        gsize start = out->len;
        append_paragraph(out, line->str, INDENT);
        out->str[start + INDENT - 2] = '-';
    }
    if (n > OV_CHECK_ROWS)
        g_string_append_printf(out, "%*sand %u more\n", INDENT, "", n - OV_CHECK_ROWS);
}

static void append_hits(GString *out, const OvCheckReport *report, gboolean colour) {
    guint n = ov_judgement_n_hits(report->judgement);
    if (n == 0)
        return;
    g_autofree char *heading = g_strconcat(ov_check_title(report), ", the heaviest first", NULL);
    append_heading(out, heading, colour);
    for (guint i = 0; i < n; i++)
        append_hit(out, report, i + 1, ov_judgement_hit(report->judgement, i), colour);
}

static void append_fine(GString *out, const OvCheckReport *report, gboolean colour) {
    guint n = 0;
    const OvFine *fine = ov_fine_read(report->judgement, &n);
    if (n == 0)
        return;
    append_heading(out, "What is fine", colour);
    for (guint i = 0; i < n; i++) {
        g_autofree char *line = g_strdup_printf("%s: %s", fine[i].title, fine[i].text);
        gsize start = out->len;
        append_paragraph(out, line, INDENT);
        out->str[start + INDENT - 2] = '+';
    }
}

void ov_check_report_text(GString *out, const OvCheckReport *report, gboolean colour) {
    OvJudgement *judgement = report->judgement;
    OvArena *arena = ov_judgement_arena(judgement);
    g_autofree char *name = ov_check_report_name(report);
    ov_paint(out, colour, OV_PAINT_BOLD, name);
    g_string_append_c(out, '\n');
    append_field(out, arena, "From:", ov_judgement_from(judgement));
    append_field(out, arena, "Subject:", ov_judgement_subject(judgement));
    g_string_append_c(out, '\n');
    ov_paint(out, colour, ov_verdict_paint(ov_verdict_name(report->verdict.computed)),
             ov_check_headline(report));
    g_string_append_c(out, '\n');
    const char *enough = ov_check_enough_text(report);
    if (enough[0])
        append_paragraph(out, enough, 0);
    for (const char *const *remark = ov_check_remarks(report); *remark; remark++)
        append_paragraph(out, *remark, 0);
    append_bar(out, report, colour);
    append_rows(out, report, colour);
    append_hits(out, report, colour);
    append_fine(out, report, colour);
    if (report->facts) {
        append_heading(out, "Facts", colour);
        ov_check_report_facts(out, report);
    }
}
