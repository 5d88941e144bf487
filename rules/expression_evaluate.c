#include "rules/expression_internal.h"

#include <math.h>

/* What one pattern may cost on one text; a pattern that needs more is unknown. */
enum {
    MATCH_LIMIT = 100000,       /* backtracking points */
    MATCH_HEAP = 1024,          /* KiB, of the interpreter, where there is no JIT */
    MATCH_MAX_TEXT = 16 * 1024, /* octets of the text that are looked at */
    JIT_STACK = 32 * 1024,
    JIT_STACK_MAX = 512 * 1024,
};

/* A value on the stack: small enough for registers. */
typedef struct {
    OvType type;
    union {
        double number;
        gboolean truth;
        const OvSlice *text;
    };
} Value;

struct OvExpressionScratch {
    pcre2_match_data *match;
    pcre2_match_context *context;
    pcre2_jit_stack *jit_stack;
    Value stack[EXPRESSION_MAX_LEVELS]; /* all values but the last */
};

OvExpressionScratch *ov_expression_scratch_new(void) {
    OvExpressionScratch *scratch = g_new0(OvExpressionScratch, 1);
    scratch->match = pcre2_match_data_create(1, NULL);
    scratch->context = pcre2_match_context_create(NULL);
    pcre2_set_match_limit(scratch->context, MATCH_LIMIT);
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

static inline Value unknown(void) {
    return (Value){.type = OV_UNKNOWN};
}

static inline Value truth(gboolean is) {
    return (Value){.type = OV_TRUTH, .truth = is != FALSE};
}

static inline Value number(double result) {
    return isfinite(result) ? (Value){.type = OV_NUMBER, .number = result} : unknown();
}

static inline Value fact(const Step *step, const OvFacts *facts) {
    if (step->slot >= facts->n_values)
        return unknown();
    const OvValue *value = &facts->value[step->slot];
    if (value->type != step->type)
        return unknown();
    switch (value->type) {
    case OV_NUMBER:
        return number(value->number);
    case OV_TRUTH:
        return truth(value->truth);
    case OV_TEXT:
        return (Value){.type = OV_TEXT, .text = &value->text};
    default:
        return unknown();
    }
}

static Value matches(const Step *step, const OvSlice *text, OvExpressionScratch *scratch) {
    PCRE2_SIZE length = MIN(text->length, (gsize)MATCH_MAX_TEXT);
    int found = pcre2_match(step->pattern, (PCRE2_SPTR)(length > 0 ? text->data : ""), length, 0, 0,
                            scratch->match, scratch->context);
    if (found == PCRE2_ERROR_NOMATCH)
        return truth(FALSE);
    return found >= 0 ? truth(TRUE) : unknown();
}

static gboolean equal(Value left, Value right) {
    switch (left.type) {
    case OV_NUMBER:
        return left.number == right.number;
    case OV_TRUTH:
        return left.truth == right.truth;
    default:
        return ov_slice_equal(*left.text, *right.text);
    }
}

/* Steps that take two values, neither of them unknown. */
static inline Value binary(StepKind kind, Value left, Value right) {
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
static inline Value combine(Value left, Value right, gboolean decider) {
    if ((left.type == OV_TRUTH && left.truth == decider) ||
        (right.type == OV_TRUTH && right.truth == decider))
        return truth(decider);
    return left.type == OV_UNKNOWN || right.type == OV_UNKNOWN ? unknown() : truth(!decider);
}

static OvValue result(Value value) {
    switch (value.type) {
    case OV_NUMBER:
        return (OvValue){.type = OV_NUMBER, .number = value.number};
    case OV_TRUTH:
        return (OvValue){.type = OV_TRUTH, .truth = value.truth};
    case OV_TEXT:
        return (OvValue){.type = OV_TEXT, .text = *value.text};
    default:
        return (OvValue){.type = OV_UNKNOWN};
    }
}

OvValue ov_expression_evaluate(const OvExpression *expression, const OvFacts *facts,
                               OvExpressionScratch *scratch) {
    Value last = unknown();      /* the value on top; those below it are on the stack */
    Value *top = scratch->stack; /* the first free place; the compiler has checked that it lasts */
    const Step *const steps = expression->steps;
    const Step *const end = steps + expression->n_steps;
    for (const Step *step = steps; step < end;) {
        const Step *const now = step++;
        switch (now->kind) {
        case STEP_NUMBER:
            *top++ = last;
            last = (Value){.type = OV_NUMBER, .number = now->number};
            break;
        case STEP_TRUTH:
            *top++ = last;
            last = truth(now->truth);
            break;
        case STEP_TEXT:
            *top++ = last;
            last = (Value){.type = OV_TEXT, .text = &now->text};
            break;
        case STEP_FACT:
            *top++ = last;
            last = fact(now, facts);
            break;
        case STEP_NEGATE:
            if (last.type != OV_UNKNOWN)
                last.number = -last.number;
            break;
        case STEP_NOT:
            if (last.type != OV_UNKNOWN)
                last.truth = !last.truth;
            break;
        case STEP_MATCHES:
            if (last.type != OV_UNKNOWN)
                last = matches(now, last.text, scratch);
            break;
        case STEP_AND:
        case STEP_OR:
            last = combine(*--top, last, now->kind == STEP_OR);
            break;
        case STEP_UNLESS_FALSE:
        case STEP_UNLESS_TRUE:
            if (last.type == OV_TRUTH && last.truth == (now->kind == STEP_UNLESS_TRUE))
                step = steps + now->jump.end;
            break;
        case STEP_BRANCH:
            if (last.type == OV_UNKNOWN) {
                step = steps + now->jump.end;
                break;
            }
            if (!last.truth)
                step = steps + now->jump.otherwise;
            last = *--top;
            break;
        case STEP_JUMP:
            step = steps + now->jump.end;
            break;
        default:
            top--;
            last = top->type == OV_UNKNOWN || last.type == OV_UNKNOWN
                       ? unknown()
                       : binary(now->kind, *top, last);
        }
    }
    return result(last);
}
