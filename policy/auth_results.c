#include "policy/auth_results.h"

/* NULL where the fact is unknown or empty. */
static const char *text_of(const OvFacts *facts, OvFactId fact, OvArena *arena) {
    const OvValue *value = &facts->value[fact];
    return value->type == OV_TEXT && value->text.length > 0
               ? ov_arena_strndup(arena, value->text.data, value->text.length)
               : NULL;
}

static const char *alignment(const OvFacts *facts) {
    const OvValue *spf = &facts->value[OV_FACT_AUTH_SPF_ALIGNED];
    /* Where signatures come later, that none is there says nothing. */
    gboolean signatures_known = facts->value[OV_FACT_AUTH_DKIM].type == OV_TEXT;
    gboolean by_spf = spf->type == OV_TRUTH && spf->truth;
    gboolean by_dkim = signatures_known && ov_facts_truth(facts, OV_FACT_AUTH_DKIM_ALIGNED);
    if (by_spf || by_dkim)
        return by_spf && by_dkim ? "spf dkim" : by_spf ? "spf" : "dkim";
    return spf->type == OV_TRUTH && signatures_known ? "none" : NULL;
}

OvAuthResults ov_auth_results_take(const OvFacts *facts, OvArena *arena) {
    return (OvAuthResults){
        .spf = text_of(facts, OV_FACT_AUTH_SPF, arena),
        .spf_address = text_of(facts, OV_FACT_AUTH_SPF_ADDRESS, arena),
        .dkim = text_of(facts, OV_FACT_AUTH_DKIM, arena),
        .dkim_domain = text_of(facts, OV_FACT_AUTH_DKIM_DOMAIN, arena),
        .dkim_selector = text_of(facts, OV_FACT_AUTH_DKIM_SELECTOR, arena),
        .dmarc = text_of(facts, OV_FACT_AUTH_DMARC, arena),
        .aligned = alignment(facts),
    };
}

guint ov_auth_results_parts(const OvAuthResults *results, OvArena *arena,
                            const char *parts[OV_AUTH_MAX_PARTS]) {
    const struct {
        const char *name, *value, *of;
    } known[OV_AUTH_MAX_PARTS] = {
        {"spf", results->spf, results->spf_address},
        {"dkim", results->dkim, results->dkim_domain},
        {"dmarc", results->dmarc, NULL},
    };
    guint n = 0;
    for (guint i = 0; i < OV_AUTH_MAX_PARTS; i++)
        if (known[i].value)
            parts[n++] = known[i].of
                             ? ov_arena_printf(arena, "%s=%s (%s)", known[i].name, known[i].value,
                                               known[i].of)
                             : ov_arena_printf(arena, "%s=%s", known[i].name, known[i].value);
    return n;
}
