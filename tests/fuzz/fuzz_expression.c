/* Compiles any text as a condition and as a score; what compiles is evaluated, and its canonical
 * text must compile to the same canonical text. */
#include "rules/expression.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static gboolean find(const char *name, guint *slot, OvType *type, gpointer data) {
    (void)data;
    for (guint i = 0; i < OV_N_FACTS; i++)
        if (g_str_equal(ov_fact_specs[i].name, name)) {
            *slot = i;
            *type = ov_fact_specs[i].type;
            return TRUE;
        }
    return FALSE;
}

static const char *nearest(const char *name, gpointer data) {
    (void)name;
    (void)data;
    return ov_fact_specs[0].name;
}

/* Every third fact stays unknown. */
static OvFacts *facts_new(OvSlice text) {
    OvFacts *facts = g_malloc0(sizeof(OvFacts) + OV_N_FACTS * sizeof(OvValue));
    facts->n_values = OV_N_FACTS;
    for (guint i = 0; i < OV_N_FACTS; i++) {
        if (i % 3 == 2)
            continue;
        if (ov_fact_specs[i].type == OV_NUMBER)
            ov_facts_set_number(facts, i, i);
        else if (ov_fact_specs[i].type == OV_TRUTH)
            ov_facts_set_truth(facts, i, i % 2 == 0);
        else
            ov_facts_set_text(facts, i, text);
    }
    return facts;
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
    static const OvFactNames names = {find, nearest, NULL};
    g_autofree char *text = g_strndup((const char *)data, size);
    g_autofree OvFacts *facts = facts_new((OvSlice){(const char *)data, size});
    g_autoptr(OvExpressionScratch) scratch = ov_expression_scratch_new();
    static const OvType wanted[] = {OV_TRUTH, OV_NUMBER};
    for (guint i = 0; i < G_N_ELEMENTS(wanted); i++) {
        g_autoptr(GError) error = NULL;
        guint column = 0;
        g_autoptr(OvExpression) expression =
            ov_expression_compile(text, wanted[i], &names, &column, &error);
        g_assert((expression == NULL) == (error != NULL));
        if (!expression) {
            g_assert(column >= 1 && column <= size + 1);
            continue;
        }
        OvValue value = ov_expression_evaluate(expression, facts, scratch);
        g_assert(value.type == wanted[i] || value.type == OV_UNKNOWN);
        g_autoptr(OvExpression) again =
            ov_expression_compile(ov_expression_text(expression), wanted[i], &names, &column, NULL);
        g_assert(again);
        g_assert(g_str_equal(ov_expression_text(again), ov_expression_text(expression)));
    }
    return 0;
}
