/* Compliance for people. */
#include "policy/review/compliance.h"

#include "policy/review/output.h"

enum { MOST_SHOWN = 40 /* domains on a screen */, WIDTH = 100, INDENT = 4 };

static double share_not_met(const OvCompliance *compliance, guint requirement) {
    const gint64 *states = compliance->states[requirement];
    gint64 applies = compliance->messages - states[OV_REQUIREMENT_NOT_APPLICABLE];
    return applies > 0 ? 100.0 * (double)states[OV_REQUIREMENT_NOT_MET] / (double)applies : 0;
}

static gboolean is_short(const OvCompliance *compliance, guint requirement, guint provider) {
    return ov_compliance_outcome(compliance, requirement) == OV_COMPLIANCE_NOT_MET &&
           ov_compliance_is_asked(compliance, requirement, provider);
}

/* "fine", "falls short", "falls short (bulk)". */
static char *provider_cell(const OvCompliance *compliance, guint provider) {
    gboolean falls_short = FALSE;
    for (guint i = 0; i < OV_N_REQUIREMENTS; i++)
        falls_short |= is_short(compliance, i, provider);
    return g_strconcat(falls_short ? "falls short" : "fine",
                       compliance->bulk_since[provider] > 0 ? " (bulk)" : "", NULL);
}

static char *not_met_cell(const OvCompliance *compliance) {
    GString *names = g_string_new(NULL);
    for (guint i = 0; i < OV_N_REQUIREMENTS; i++)
        if (ov_compliance_outcome(compliance, i) == OV_COMPLIANCE_NOT_MET)
            g_string_append_printf(names, "%s%s %.0f %%", names->len > 0 ? ", " : "",
                                   ov_requirements[i].name, share_not_met(compliance, i));
    return g_string_free(names, FALSE);
}

void ov_compliance_append_matrix(GString *out, OvCompliance *const *all, guint n, gboolean colour) {
    g_autoptr(OvTable) table =
        ov_table_new(6, "DOMAIN", ">MESSAGES", "GMAIL", "YAHOO", "MICROSOFT", "NOT MET BY");
    for (guint i = 0; i < MIN(n, MOST_SHOWN); i++) {
        g_autofree char *messages = g_strdup_printf("%" G_GINT64_FORMAT, all[i]->messages);
        g_autofree char *gmail = provider_cell(all[i], OV_PROVIDER_GMAIL);
        g_autofree char *yahoo = provider_cell(all[i], OV_PROVIDER_YAHOO);
        g_autofree char *microsoft = provider_cell(all[i], OV_PROVIDER_MICROSOFT);
        g_autofree char *not_met = not_met_cell(all[i]);
        ov_table_add(table, all[i]->domain, messages, gmail, yahoo, microsoft, not_met);
    }
    ov_table_append(table, out, colour);
    if (n > MOST_SHOWN)
        g_string_append_printf(out, "and %u more; name a domain, or use --json\n", n - MOST_SHOWN);
    g_string_append(out, "\nName a domain to see what it lacks, and the remedy.\n");
}

/* What is not met and asked of the domain is bad; not met otherwise a warning. */
static OvPaint paint_of(const OvCompliance *compliance, guint requirement) {
    OvComplianceOutcome outcome = ov_compliance_outcome(compliance, requirement);
    if (outcome != OV_COMPLIANCE_NOT_MET)
        return outcome == OV_COMPLIANCE_MET ? OV_PAINT_GOOD : OV_PAINT_DIM;
    for (guint p = 0; p < OV_N_DEMANDING; p++)
        if (is_short(compliance, requirement, p))
            return OV_PAINT_BAD;
    return OV_PAINT_WARN;
}

/* "Asked by Gmail of all senders, Yahoo of bulk senders; guide G24." */
static void append_asked(GString *out, guint requirement) {
    static const char *const whom[] = {
        [OV_ASKED_ADVISED] = "as advice to bulk senders",
        [OV_ASKED_BULK] = "of bulk senders",
        [OV_ASKED_ALL] = "of all senders",
    };
    const OvRequirement *row = &ov_requirements[requirement];
    g_autoptr(GString) line = g_string_new("Asked");
    for (guint p = 0; p < OV_N_DEMANDING; p++)
        if (row->asked[p] != OV_ASKED_NOBODY)
            g_string_append_printf(line, "%s by %s %s", line->len > 5 ? "," : "",
                                   ov_provider_title((OvProvider)p), whom[row->asked[p]]);
    g_string_append_printf(line, "; %s.", row->source);
    ov_wrap_append(out, line->str, INDENT, WIDTH);
}

static void append_requirement(GString *out, const OvCompliance *compliance, guint requirement,
                               gboolean colour) {
    static const char *const marks[] = {"", "+ ", "? ", "! "};
    const OvRequirement *row = &ov_requirements[requirement];
    OvComplianceOutcome outcome = ov_compliance_outcome(compliance, requirement);
    g_autoptr(GString) line = g_string_new(marks[outcome]);
    g_string_append(line, row->text);
    if (outcome == OV_COMPLIANCE_NOT_MET)
        g_string_append_printf(line, ": not so in %.1f %% of the mail",
                               share_not_met(compliance, requirement));
    else if (outcome == OV_COMPLIANCE_UNKNOWN)
        g_string_append(line, *row->met ? ": not known of all mail" : ": no message tells");
    ov_paint(out, colour, paint_of(compliance, requirement), line->str);
    g_string_append_c(out, '\n');
    if (outcome != OV_COMPLIANCE_NOT_MET)
        return;
    ov_wrap_append(out, row->remedy, INDENT, WIDTH);
    append_asked(out, requirement);
}

void ov_compliance_append(GString *out, const OvCompliance *compliance, gboolean colour) {
    ov_safe_append(out, compliance->domain, -1, FALSE);
    g_string_append_printf(out, ": %" G_GINT64_FORMAT " messages\n", compliance->messages);
    for (guint p = 0; p < OV_N_DEMANDING; p++) {
        g_string_append_printf(out, "  %-10s %" G_GINT64_FORMAT " recipients on the busiest day",
                               ov_provider_title((OvProvider)p), compliance->peak[p]);
        if (compliance->bulk_since[p] > 0) {
            g_autofree char *since = ov_time_for_people(compliance->bulk_since[p]);
            g_string_append_printf(out, "; a bulk sender there since %s", since);
        }
        g_string_append_c(out, '\n');
    }
    g_string_append_c(out, '\n');
    for (int outcome = OV_COMPLIANCE_NOT_MET; outcome > OV_COMPLIANCE_NOTHING; outcome--)
        for (guint i = 0; i < OV_N_REQUIREMENTS; i++)
            if ((int)ov_compliance_outcome(compliance, i) == outcome)
                append_requirement(out, compliance, i, colour);
}
