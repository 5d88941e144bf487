#include "policy/review/check_summary.h"

#include "policy/review/hits.h"
#include "policy/review/output.h"
#include "rules/evidence.h"

enum { SHOWN_CHARACTERS = 160 }; /* of a subject or a name */

static void append_threshold(GString *out, const char *name, double threshold) {
    if (threshold == G_MAXDOUBLE)
        g_string_append_printf(out, "%s off", name);
    else
        g_string_append_printf(out, "%s %g", name, threshold);
}

static void append_verdict(GString *out, const OvCheckReport *report, gboolean colour) {
    const OvJudgement *judgement = report->judgement;
    const char *verdict = ov_verdict_name(report->verdict.computed);
    ov_paint(out, colour, ov_verdict_paint(verdict), verdict);
    g_string_append_printf(out, "  score %.2f (", ov_judgement_score(judgement));
    append_threshold(out, "tag", report->thresholds.tag);
    append_threshold(out, ", hold", report->thresholds.hold);
    append_threshold(out, ", reject", report->thresholds.reject);
    g_string_append_printf(out, ")  class %s\n", ov_class_name(ov_judgement_class(judgement)));
}

static void append_field(GString *out, OvArena *arena, const char *name, const char *value) {
    g_string_append_printf(out, "  %s: %s\n", name,
                           ov_evidence_limited(arena, ov_slice(value), SHOWN_CHARACTERS));
}

void ov_check_report_facts(GString *out, const OvCheckReport *report) {
    const OvRuleset *ruleset = ov_judgement_ruleset(report->judgement);
    const OvFacts *facts = ov_judgement_facts(report->judgement);
    OvArena *arena = ov_judgement_arena(report->judgement);
    for (guint slot = 0; slot < facts->n_values; slot++) {
        const OvValue *value = &facts->value[slot];
        g_string_append_printf(out, "    %s = ", ov_ruleset_fact(ruleset, slot).name);
        if (value->type == OV_NUMBER)
            g_string_append_printf(out, "%.6g", value->number);
        else if (value->type == OV_TRUTH)
            g_string_append(out, value->truth ? "true" : "false");
        else if (value->type == OV_TEXT)
            g_string_append_printf(out, "'%s'", ov_evidence(arena, value->text));
        else
            g_string_append(out, "unknown");
        g_string_append_c(out, '\n');
    }
}

char *ov_check_report_name(const OvCheckReport *report) {
    GString *name = g_string_new(NULL);
    ov_safe_append(name, report->stored->name, -1, FALSE);
    if (report->stored->number > 0)
        g_string_append_printf(name, " (message %u)", report->stored->number);
    return g_string_free(name, FALSE);
}

void ov_check_report_short(GString *out, const OvCheckReport *report, gboolean colour) {
    OvJudgement *judgement = report->judgement;
    OvArena *arena = ov_judgement_arena(judgement);
    g_autofree char *name = ov_check_report_name(report);
    ov_paint(out, colour, OV_PAINT_BOLD, name);
    g_string_append(out, ": ");
    append_verdict(out, report, colour);
    append_field(out, arena, "Subject", ov_judgement_subject(judgement));
    append_field(out, arena, "From", ov_judgement_from(judgement));
    for (const char *const *remark = ov_check_remarks(report); *remark; remark++)
        g_string_append_printf(out, "  %s\n", *remark);
    ov_hits_append(out, ov_hits_of_judgement(judgement, arena), ov_judgement_n_hits(judgement),
                   colour);
    if (report->facts) {
        g_string_append(out, "  Facts:\n");
        ov_check_report_facts(out, report);
    }
}

static json_t *value_json(const OvValue *value) {
    switch (value->type) {
    case OV_NUMBER:
        return ov_json_number(value->number);
    case OV_TRUTH:
        return json_boolean(value->truth);
    case OV_TEXT: {
        json_t *text =
            json_stringn(value->text.length > 0 ? value->text.data : "", value->text.length);
        if (text)
            return text;
        g_autofree char *valid = g_utf8_make_valid(value->text.data, (gssize)value->text.length);
        return json_string(valid);
    }
    case OV_UNKNOWN:
        break;
    }
    return json_null();
}

static json_t *facts_json(const OvJudgement *judgement) {
    const OvRuleset *ruleset = ov_judgement_ruleset(judgement);
    const OvFacts *facts = ov_judgement_facts(judgement);
    json_t *object = json_object();
    for (guint slot = 0; slot < facts->n_values; slot++)
        json_object_set_new(object, ov_ruleset_fact(ruleset, slot).name,
                            value_json(&facts->value[slot]));
    return object;
}

void ov_check_report_json(GString *out, const OvCheckReport *report) {
    OvJudgement *judgement = report->judgement;
    const OvStored *stored = report->stored;
    json_t *object = json_object();
    json_object_set_new(object, "file", ov_json_text(stored->name));
    if (stored->number > 0)
        json_object_set_new(object, "number", json_integer(stored->number));
    json_object_set_new(object, "message_id", ov_json_text(ov_judgement_message_id(judgement)));
    json_object_set_new(object, "from", ov_json_text(ov_judgement_from(judgement)));
    json_object_set_new(object, "subject", ov_json_text(ov_judgement_subject(judgement)));
    json_object_set_new(object, "class", json_string(ov_class_name(ov_judgement_class(judgement))));
    json_object_set_new(object, "verdict", json_string(ov_verdict_name(report->verdict.computed)));
    json_object_set_new(object, "score", ov_json_number(ov_judgement_score(judgement)));
    ov_json_put_text(object, "exempt", report->verdict.exempt);
    if (report->verdict.shadow)
        json_object_set_new(object, "shadow", json_true());
    if (stored->size > stored->length)
        json_object_set_new(object, "truncated", json_true());
    if (ov_judgement_late(judgement))
        json_object_set_new(object, "late", json_true());
    OvLedgerHit *hits = ov_hits_of_judgement(judgement, ov_judgement_arena(judgement));
    json_object_set_new(object, "hits", ov_hits_json(hits, ov_judgement_n_hits(judgement)));
    if (report->facts)
        json_object_set_new(object, "facts", facts_json(judgement));
    ov_json_append(out, object);
    json_decref(object);
}
