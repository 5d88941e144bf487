#include "rules/requirements.h"

const OvRequirement ov_requirements[OV_N_REQUIREMENTS] = {
#define REQUIREMENT(id, name, text, gmail, yahoo, microsoft, source, applies, met, remedy)         \
    {name,                                                                                         \
     text,                                                                                         \
     {[OV_PROVIDER_GMAIL] = OV_ASKED_##gmail,                                                      \
      [OV_PROVIDER_YAHOO] = OV_ASKED_##yahoo,                                                      \
      [OV_PROVIDER_MICROSOFT] = OV_ASKED_##microsoft},                                             \
     source,                                                                                       \
     applies,                                                                                      \
     met,                                                                                          \
     remedy},
#include "rules/requirements.def"
#undef REQUIREMENT
};

G_STATIC_ASSERT(OV_N_REQUIREMENTS <= 32);

struct OvRequirementSet {
    OvExpression *applies[OV_N_REQUIREMENTS];
    OvExpression *met[OV_N_REQUIREMENTS]; /* NULL: nothing tells it */
};

static gboolean find_fact(const char *name, guint *slot, OvType *type, gpointer data) {
    (void)data;
    for (guint i = 0; i < OV_N_FACTS; i++)
        if (strcmp(ov_fact_specs[i].name, name) == 0) {
            *slot = i;
            *type = ov_fact_specs[i].type;
            return TRUE;
        }
    return FALSE;
}

static const char *no_nearest(const char *name, gpointer data) {
    (void)name, (void)data;
    return NULL;
}

/* The table is ours: an error in it is a programmer's mistake. */
static OvExpression *compile(const char *name, const char *condition) {
    static const OvFactNames names = {find_fact, no_nearest, NULL};
    g_autoptr(GError) error = NULL;
    guint column;
    if (!*condition)
        return NULL;
    OvExpression *expression = ov_expression_compile(condition, OV_TRUTH, &names, &column, &error);
    if (!expression)
        g_error("requirement %s: %s, column %u: %s", name, condition, column, error->message);
    return expression;
}

OvRequirementSet *ov_requirement_set_new(void) {
    OvRequirementSet *set = g_new0(OvRequirementSet, 1);
    for (guint i = 0; i < OV_N_REQUIREMENTS; i++) {
        set->applies[i] = compile(ov_requirements[i].name, ov_requirements[i].applies);
        set->met[i] = compile(ov_requirements[i].name, ov_requirements[i].met);
    }
    return set;
}

void ov_requirement_set_free(OvRequirementSet *set) {
    for (guint i = 0; i < OV_N_REQUIREMENTS; i++) {
        ov_expression_free(set->applies[i]);
        g_clear_pointer(&set->met[i], ov_expression_free);
    }
    g_free(set);
}

static OvRequirementState state_of(const OvExpression *applies, const OvExpression *met,
                                   const OvFacts *facts, OvExpressionScratch *scratch) {
    OvValue value = ov_expression_evaluate(applies, facts, scratch);
    if (value.type == OV_TRUTH && !value.truth)
        return OV_REQUIREMENT_NOT_APPLICABLE;
    if (value.type != OV_TRUTH || !met)
        return OV_REQUIREMENT_UNKNOWN;
    value = ov_expression_evaluate(met, facts, scratch);
    if (value.type != OV_TRUTH)
        return OV_REQUIREMENT_UNKNOWN;
    return value.truth ? OV_REQUIREMENT_MET : OV_REQUIREMENT_NOT_MET;
}

OvRequirementMask ov_requirement_set_apply(const OvRequirementSet *set, const OvFacts *facts,
                                           OvExpressionScratch *scratch) {
    OvRequirementMask mask = 0;
    for (guint i = 0; i < OV_N_REQUIREMENTS; i++)
        mask |= (OvRequirementMask)state_of(set->applies[i], set->met[i], facts, scratch)
                << (2 * i);
    return mask;
}
