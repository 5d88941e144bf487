#include "policy/review/hits.h"

#include <math.h>
#include <string.h>

#include "policy/review/output.h"

enum { ADVICE_INDENT = 11, ADVICE_WIDTH = 86 };

static void append_advice(GString *out, const char *advice) {
    if (!advice || !advice[0])
        return;
    g_autoptr(GString) safe = g_string_new(NULL);
    ov_safe_append(safe, advice, -1, FALSE);
    ov_wrap_append(out, safe->str, ADVICE_INDENT, ADVICE_WIDTH);
}

void ov_hits_append(GString *out, const OvLedgerHit *hits, guint n, gboolean colour) {
    for (guint i = 0; i < n; i++) {
        const OvLedgerHit *hit = &hits[i];
        g_string_append_printf(out, "  %+7.2f  ", hit->score);
        ov_paint(out, colour, OV_PAINT_BOLD, hit->rule);
        if (hit->guide && hit->guide[0])
            g_string_append_printf(out, "  %s", hit->guide);
        if (hit->reference && hit->reference[0])
            g_string_append_printf(out, "%s %s", hit->guide && hit->guide[0] ? "," : " ",
                                   hit->reference);
        if (hit->shadow)
            ov_paint(out, colour, OV_PAINT_DIM, "  (shadow: without effect)");
        if (hit->evidence && hit->evidence[0]) {
            /* Phrases come with quotation marks of their own. */
            const char *mark = strchr(hit->evidence, '"') ? "" : "\"";
            g_string_append_printf(out, "  %s", mark);
            ov_safe_append(out, hit->evidence, -1, FALSE);
            g_string_append(out, mark);
        }
        g_string_append_c(out, '\n');
        append_advice(out, hit->advice);
    }
}

json_t *ov_hits_json(const OvLedgerHit *hits, guint n) {
    json_t *array = json_array();
    for (guint i = 0; i < n; i++) {
        const OvLedgerHit *hit = &hits[i];
        json_t *object = json_object();
        json_object_set_new(object, "rule", ov_json_text(hit->rule));
        json_object_set_new(object, "score", ov_json_number(round(hit->score * 100) / 100));
        json_object_set_new(object, "guide", ov_json_text(hit->guide ? hit->guide : ""));
        json_object_set_new(object, "reference",
                            ov_json_text(hit->reference ? hit->reference : ""));
        json_object_set_new(object, "advice", ov_json_text(hit->advice ? hit->advice : ""));
        json_object_set_new(object, "evidence", ov_json_text(hit->evidence ? hit->evidence : ""));
        if (hit->shadow)
            json_object_set_new(object, "shadow", json_true());
        if (hit->private)
            json_object_set_new(object, "private", json_true());
        json_array_append_new(array, object);
    }
    return array;
}

OvLedgerHit *ov_hits_of_judgement(const OvJudgement *judgement, OvArena *arena) {
    guint n = ov_judgement_n_hits(judgement);
    OvLedgerHit *hits = OV_ARENA_NEW(arena, OvLedgerHit, n);
    for (guint i = 0; i < n; i++) {
        const OvHit *hit = ov_judgement_hit(judgement, i);
        hits[i] = (OvLedgerHit){
            .rule = hit->rule->name,
            .score = hit->score,
            .shadow = hit->rule->shadow,
            .private = hit->rule->private,
            .guide = hit->rule->guide,
            .reference = hit->rule->reference,
            .advice = hit->advice,
            .evidence = hit->evidence,
        };
    }
    return hits;
}
