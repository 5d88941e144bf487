/* outvet provider report: what the provider took for spam and our rules let through. */
#include <stdio.h>

#include "policy/provider/report.h"
#include "policy/review/command.h"
#include "policy/review/json.h"
#include "policy/review/ledger_command.h"
#include "policy/review/output.h"
#include "policy/review/when.h"
#include "rules/init.h"

static const gint64 MONTH = G_GINT64_CONSTANT(30) * 24 * 3600 * G_USEC_PER_SEC;
enum { MOST = 20 };

/* What would have stopped so much of it. */
static const double SHARES[] = {0.5, 0.8, 0.95};

static json_t *rows_json(const OvMissesOf *rows, guint n, const char *what) {
    json_t *array = json_array();
    for (guint i = 0; i < n; i++)
        json_array_append_new(array, json_pack("{s:o, s:I, s:I}", what, ov_json_text(rows[i].name),
                                               "missed", (json_int_t)rows[i].missed, "passed",
                                               (json_int_t)rows[i].passed));
    return array;
}

static void print_json(const OvProviderReport *report) {
    json_t *steps = json_array(), *beside = json_array();
    for (guint i = 0; i < report->n_steps; i++) {
        const OvReportStep *step = &report->steps[i];
        json_array_append_new(
            steps, json_pack("{s:f, s:I, s:I, s:I, s:I}", "score", step->score, "missed",
                             (json_int_t)step->missed, "passed", (json_int_t)step->passed, "caught",
                             (json_int_t)step->caught, "price", (json_int_t)step->price));
    }
    for (guint i = 0; i < report->n_beside; i++)
        json_array_append_new(beside, json_pack("{s:I, s:I, s:f}", "provider_score",
                                                (json_int_t)report->beside[i].score, "messages",
                                                (json_int_t)report->beside[i].messages, "our_score",
                                                report->beside[i].ours));
    ov_json_print(json_pack(
        "{s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:o}", "detected",
        (json_int_t)report->totals.detected, "missed", (json_int_t)report->totals.missed,
        "shadowed", (json_int_t)report->totals.shadowed, "bare", (json_int_t)report->totals.bare,
        "passed", (json_int_t)report->passed, "thresholds", steps, "rules",
        rows_json(report->rules, report->n_rules, "rule"), "accounts",
        rows_json(report->accounts, report->n_accounts, "account"), "scores", beside));
}

static char *number(gint64 n) {
    return g_strdup_printf("%" G_GINT64_FORMAT, n);
}

static void append_totals(GString *out, const OvProviderReport *report) {
    const OvMisses *totals = &report->totals;
    g_string_append_printf(out,
                           "The provider took %" G_GINT64_FORMAT
                           " of our messages for spam; we let %" G_GINT64_FORMAT
                           " of them through, among %" G_GINT64_FORMAT " in all.\n",
                           totals->detected, totals->missed, report->passed);
    if (totals->shadowed > 0)
        g_string_append_printf(out, "%" G_GINT64_FORMAT " of these by shadow mode alone.\n",
                               totals->shadowed);
    if (totals->bare > 0)
        g_string_append_printf(out, "On %" G_GINT64_FORMAT " of these no rule hit.\n",
                               totals->bare);
}

static void append_thresholds(GString *out, const OvProviderReport *report, gboolean colour) {
    g_autoptr(OvTable) table =
        ov_table_new(4, ">OF THEM", ">[verdict] hold", ">WOULD STOP", ">AND OF OTHER MAIL");
    for (guint i = 0; i < G_N_ELEMENTS(SHARES); i++) {
        const OvReportStep *step = ov_provider_report_threshold(report, SHARES[i]);
        if (!step || step->score <= 0)
            break; /* no rule hit them: a threshold can't tell them from other mail */
        g_autofree char *share = g_strdup_printf("%.0f %%", SHARES[i] * 100);
        g_autofree char *score = g_strdup_printf("%.1f", step->score);
        g_autofree char *caught = number(step->caught), *price = number(step->price);
        ov_table_add(table, share, score, caught, price);
    }
    if (report->totals.missed == 0)
        return;
    g_string_append(out, "\nWhat would have stopped it, and what it would have cost:\n");
    ov_table_append(table, out, colour);
}

static void append_rows(GString *out, const char *title, const OvMissesOf *rows, guint n,
                        gboolean colour) {
    g_autoptr(OvTable) table = ov_table_new(3, ">MISSED", ">LET THROUGH", "NAME");
    if (n == 0)
        return;
    for (guint i = 0; i < n; i++) {
        g_autofree char *missed = number(rows[i].missed), *passed = number(rows[i].passed);
        ov_table_add(table, missed, passed, *rows[i].name ? rows[i].name : "(not known)");
    }
    g_string_append_printf(out, "\n%s\n", title);
    ov_table_append(table, out, colour);
}

static void append_beside(GString *out, const OvProviderReport *report, gboolean colour) {
    g_autoptr(OvTable) table = ov_table_new(3, ">THE PROVIDER'S SCORE", ">MESSAGES", ">OUR MEAN");
    if (report->n_beside == 0)
        return;
    for (guint i = 0; i < report->n_beside; i++) {
        g_autofree char *score = number(report->beside[i].score);
        g_autofree char *messages = number(report->beside[i].messages);
        g_autofree char *ours = g_strdup_printf("%.2f", report->beside[i].ours);
        ov_table_add(table, score, messages, ours);
    }
    g_string_append_c(out, '\n');
    ov_table_append(table, out, colour);
}

static void print_text(const OvProviderReport *report) {
    gboolean colour = ov_output_colour();
    g_autoptr(GString) out = g_string_new(NULL);
    append_totals(out, report);
    append_thresholds(out, report, colour);
    append_rows(out, "Rules that hit what was missed, without stopping it:", report->rules,
                report->n_rules, colour);
    append_rows(out, "Accounts that sent it:", report->accounts, report->n_accounts, colour);
    append_beside(out, report, colour);
    fwrite(out->str, 1, out->len, stdout);
}

OvExit ov_command_provider_report(const OvArguments *arguments) {
    ov_rules_init();
    gint64 now = g_get_real_time();
    const char *since = ov_arguments_value(arguments, "since");
    gint64 from = since ? ov_when_parse(since, now) : now - MONTH;
    if (!from) {
        ov_complain("--since %s: not a day or time that is past, such as 2026-11-23", since);
        return OV_EXIT_USAGE;
    }
    g_auto(OvLedgerCommand) command = {.settings = NULL};
    OvExit code;
    if (!ov_ledger_command_open(&command, arguments, &code))
        return code;
    g_autoptr(GError) error = NULL;
    const OvProviderReport *report =
        ov_provider_report(command.ledger, from, now, MOST, command.arena, &error);
    if (!report) {
        return ov_ledger_complain(error);
    }
    if (ov_arguments_has(arguments, "json"))
        print_json(report);
    else
        print_text(report);
    return OV_EXIT_OK;
}
