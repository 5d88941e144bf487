#include "rules/expression_internal.h"

#include <math.h>

/* What one pattern may cost on one text; a pattern that needs more is unknown. */
enum {
    MATCH_LIMIT = 100000,       /* backtracking points */
    MATCH_DEPTH = 1000,         /* of the interpreter, where there is no JIT */
    MATCH_HEAP = 1024,          /* KiB, of the interpreter */
    MATCH_MAX_TEXT = 16 * 1024, /* octets of the text that are looked at */
    JIT_STACK = 32 * 1024,
    JIT_STACK_MAX = 512 * 1024,
};

struct OvExpressionScratch {
    pcre2_match_data *match;
    pcre2_match_context *context;
    pcre2_jit_stack *jit_stack;
    OvValue stack[EXPRESSION_MAX_LEVELS];
};

OvExpressionScratch *ov_expression_scratch_new(void) {
    OvExpressionScratch *scratch = g_new0(OvExpressionScratch, 1);
    scratch->match = pcre2_match_data_create(1, NULL);
    scratch->context = pcre2_match_context_create(NULL);
    pcre2_set_match_limit(scratch->context, MATCH_LIMIT);
    pcre2_set_depth_limit(scratch->context, MATCH_DEPTH);
    pcre2_set_heap_limit(scratch->context, MATCH_HEAP);
    scratch->jit_stack = pcre2_jit_stack_create(JIT_STACK, JIT_STACK_MAX, NULL);
    if (scratch->jit_stack)
        pcre2_jit_stack_assign(scratch->context, NULL, scratch->jit_stack);
    return scratch;
}

void ov_expression_scratch_free(OvExpressionScratch *scratch) {
    if (!scratch)
        return;
    pcre2_match_data_free(scratch->match);
    pcre2_match_context_free(scratch->context);
    pcre2_jit_stack_free(scratch->jit_stack);
    g_free(scratch);
}

static OvValue unknown(void) {
    return (OvValue){.type = OV_UNKNOWN};
}

static OvValue truth(gboolean is) {
    return (OvValue){.type = OV_TRUTH, .truth = is != FALSE};
}

static OvValue number(double result) {
    return isfinite(result) ? (OvValue){.type = OV_NUMBER, .number = result} : unknown();
}

static OvValue fact(const Step *step, const OvFacts *facts) {
    if (step->slot >= facts->n_values || facts->value[step->slot].type != step->type)
        return unknown();
    OvValue value = facts->value[step->slot];
    return value.type == OV_NUMBER ? number(value.number) : value;
}

static OvValue matches(const Step *step, OvValue value, OvExpressionScratch *scratch) {
    if (value.type == OV_UNKNOWN)
        return value;
    PCRE2_SIZE length = MIN(value.text.length, (gsize)MATCH_MAX_TEXT);
    int found = pcre2_match(step->pattern, (PCRE2_SPTR)(length > 0 ? value.text.data : ""), length,
                            0, 0, scratch->match, scratch->context);
    if (found == PCRE2_ERROR_NOMATCH)
        return truth(FALSE);
    return found >= 0 ? truth(TRUE) : unknown();
}

static gboolean equal(OvValue left, OvValue right) {
    switch (left.type) {
    case OV_NUMBER:
        return left.number == right.number;
    case OV_TRUTH:
        return left.truth == right.truth;
    default:
        return ov_slice_equal(left.text, right.text);
    }
}

/* Steps that take two values, neither of them unknown. */
static OvValue binary(StepKind kind, OvValue left, OvValue right) {
    switch (kind) {
    case STEP_ADD:
        return number(left.number + right.number);
    case STEP_SUBTRACT:
        return number(left.number - right.number);
    case STEP_MULTIPLY:
        return number(left.number * right.number);
    case STEP_DIVIDE:
        return right.number == 0 ? unknown() : number(left.number / right.number);
    case STEP_MIN:
        return number(MIN(left.number, right.number));
    case STEP_MAX:
        return number(MAX(left.number, right.number));
    case STEP_LESS:
        return truth(left.number < right.number);
    case STEP_AT_MOST:
        return truth(left.number <= right.number);
    case STEP_MORE:
        return truth(left.number > right.number);
    case STEP_AT_LEAST:
        return truth(left.number >= right.number);
    case STEP_EQUAL:
        return truth(equal(left, right));
    case STEP_UNEQUAL:
        return truth(!equal(left, right));
    default:
        g_assert_not_reached();
    }
}

/* `and` (decider FALSE) and `or` (decider TRUE): the decider on either side decides, then unknown
 * on either side leaves it open. */
static OvValue combine(OvValue left, OvValue right, gboolean decider) {
    if ((left.type == OV_TRUTH && left.truth == decider) ||
        (right.type == OV_TRUTH && right.truth == decider))
        return truth(decider);
    return left.type == OV_UNKNOWN || right.type == OV_UNKNOWN ? unknown() : truth(!decider);
}

OvValue ov_expression_evaluate(const OvExpression *expression, const OvFacts *facts,
                               OvExpressionScratch *scratch) {
    OvValue *top = scratch->stack; /* the first free one; the compiler has checked that it lasts */
    for (guint at = 0; at < expression->n_steps;) {
        const Step *step = &expression->steps[at++];
        switch (step->kind) {
        case STEP_NUMBER:
            *top++ = (OvValue){.type = OV_NUMBER, .number = step->number};
            break;
        case STEP_TRUTH:
            *top++ = truth(step->truth);
            break;
        case STEP_TEXT:
            *top++ = (OvValue){.type = OV_TEXT, .text = step->text};
            break;
        case STEP_FACT:
            *top++ = fact(step, facts);
            break;
        case STEP_NEGATE:
            if (top[-1].type != OV_UNKNOWN)
                top[-1].number = -top[-1].number;
            break;
        case STEP_NOT:
            if (top[-1].type != OV_UNKNOWN)
                top[-1].truth = !top[-1].truth;
            break;
        case STEP_MATCHES:
            top[-1] = matches(step, top[-1], scratch);
            break;
        case STEP_AND:
        case STEP_OR:
            top--;
            top[-1] = combine(top[-1], top[0], step->kind == STEP_OR);
            break;
        case STEP_UNLESS_FALSE:
        case STEP_UNLESS_TRUE:
            if (top[-1].type == OV_TRUTH && top[-1].truth == (step->kind == STEP_UNLESS_TRUE))
                at = step->jump.end;
            break;
        case STEP_BRANCH:
            if (top[-1].type == OV_UNKNOWN) {
                at = step->jump.end;
                break;
            }
            top--;
            if (!top->truth)
                at = step->jump.otherwise;
            break;
        case STEP_JUMP:
            at = step->jump.end;
            break;
        default:
            top--;
            top[-1] = top[-1].type == OV_UNKNOWN || top[0].type == OV_UNKNOWN
                          ? unknown()
                          : binary(step->kind, top[-1], top[0]);
        }
    }
    return top[-1];
}
