#include "rules/expression_internal.h"

/* The grammar, loosest binding first:
 *   any      = all { "or" all }
 *   all      = denial { "and" denial }
 *   denial   = "not" denial | relation
 *   relation = sum [ ( "=" | "!=" | "<" | "<=" | ">" | ">=" ) sum | "matches" pattern ]
 *   sum      = product { ( "+" | "-" ) product }
 *   product  = factor { ( "*" | "/" ) factor }
 *   factor   = "-" factor | value
 *   value    = number | text | "true" | "false" | fact | "(" any ")"
 *            | ( "min" | "max" ) "(" any { "," any } ")" | "if" "(" any "," any "," any ")" */
typedef struct {
    const char *text;
    Token token; /* the next one */
    const OvFactNames *names;
    GArray *steps;   /* Step */
    GString *tokens; /* those taken, with one space between them */
    guint level;
    guint n_values; /* on the stack after the steps so far */
    OvExpression *expression;
    pcre2_compile_context *context;
    const char *at; /* the place to blame */
    GError **error;
} Compiler;

enum { MAX_GROUPS_IN_PATTERN = 50 }; /* nested in one another */

GQuark ov_expression_error_quark(void) {
    return g_quark_from_static_string("ov-expression-error");
}

static gboolean any(Compiler *compiler, OvType *type);

static gboolean G_GNUC_PRINTF(4, 5)
    fail(Compiler *compiler, const char *at, OvExpressionError code, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *sentence = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    compiler->at = at;
    g_set_error_literal(compiler->error, OV_EXPRESSION_ERROR, (gint)code, sentence);
    return FALSE;
}

static void note_token(Compiler *compiler, const char *start, const char *end) {
    if (compiler->tokens->len > 0)
        g_string_append_c(compiler->tokens, ' ');
    g_string_append_len(compiler->tokens, start, end - start);
}

/* Takes the token at hand and reads the next. */
static gboolean advance(Compiler *compiler) {
    note_token(compiler, compiler->token.start, compiler->token.end);
    return expression_token(compiler->token.end, &compiler->token, &compiler->at, compiler->error);
}

static gboolean unexpected(Compiler *compiler, const char *expected) {
    const Token *token = &compiler->token;
    if (token->kind == TOKEN_END)
        return fail(compiler, token->start, OV_EXPRESSION_ERROR_SYNTAX,
                    "the expression ends too early: %s is expected here.", expected);
    g_autofree char *found = g_strndup(token->start, (gsize)(token->end - token->start));
    return fail(compiler, token->start, OV_EXPRESSION_ERROR_SYNTAX, "%s is expected here, not %s.",
                expected, found);
}

static gboolean take(Compiler *compiler, TokenKind kind, const char *expected) {
    return compiler->token.kind == kind ? advance(compiler) : unexpected(compiler, expected);
}

static const char *with_article(OvType type) {
    return type == OV_NUMBER ? "a number" : type == OV_TEXT ? "a text" : "a truth value";
}

static gboolean check_type(Compiler *compiler, const char *at, OvType found, OvType wanted) {
    if (found == wanted)
        return TRUE;
    return fail(compiler, at, OV_EXPRESSION_ERROR_TYPE, "%s is wanted here, but this is %s%s",
                with_article(wanted), with_article(found),
                wanted == OV_TRUTH && found == OV_NUMBER ? "; compare it with something, as in > 0."
                                                         : ".");
}

/* Adds a step that takes n_taken values from the stack and leaves one. Returns its number, or -1
 * with error. */
static gint add_step(Compiler *compiler, const char *at, Step step, guint n_taken) {
    if (compiler->steps->len >= EXPRESSION_MAX_STEPS) {
        fail(compiler, at, OV_EXPRESSION_ERROR_SIZE,
             "the expression is too long: it has more than %d steps.", EXPRESSION_MAX_STEPS);
        return -1;
    }
    g_assert(compiler->n_values >= n_taken);
    compiler->n_values += 1 - n_taken;
    if (compiler->n_values > EXPRESSION_MAX_LEVELS) {
        fail(compiler, at, OV_EXPRESSION_ERROR_SIZE,
             "the expression is nested too deeply: more than %d values wait for an operator.",
             EXPRESSION_MAX_LEVELS);
        return -1;
    }
    g_array_append_val(compiler->steps, step);
    return (gint)compiler->steps->len - 1;
}

static gboolean add(Compiler *compiler, const char *at, Step step, guint n_taken) {
    return add_step(compiler, at, step, n_taken) >= 0;
}

static Step *step_at(Compiler *compiler, gint number) {
    return &g_array_index(compiler->steps, Step, number);
}

static gboolean enter(Compiler *compiler) {
    if (++compiler->level <= EXPRESSION_MAX_LEVELS)
        return TRUE;
    return fail(compiler, compiler->token.start, OV_EXPRESSION_ERROR_SIZE,
                "the expression is nested more than %d levels deep.", EXPRESSION_MAX_LEVELS);
}

static gboolean fact(Compiler *compiler, OvType *type) {
    const Token token = compiler->token;
    g_autofree char *name = g_strndup(token.start, (gsize)(token.end - token.start));
    const OvFactNames *names = compiler->names;
    Step step = {.kind = STEP_FACT};
    if (names->find(name, &step.slot, &step.type, names->data)) {
        *type = step.type;
        return advance(compiler) && add(compiler, token.start, step, 0);
    }
    const char *nearest = names->nearest(name, names->data);
    if (nearest)
        return fail(compiler, token.start, OV_EXPRESSION_ERROR_NAME,
                    "there is no fact %s; did you mean %s?", name, nearest);
    return fail(compiler, token.start, OV_EXPRESSION_ERROR_NAME, "there is no fact %s.", name);
}

static gboolean text(Compiler *compiler, OvType *type) {
    const Token token = compiler->token;
    GString *content = g_string_new_len(token.start + 1, token.end - token.start - 2);
    g_string_replace(content, "''", "'", 0);
    Step step = {.kind = STEP_TEXT, .text = {content->str, content->len}};
    g_ptr_array_add(compiler->expression->texts, g_string_free(content, FALSE));
    *type = OV_TEXT;
    return advance(compiler) && add(compiler, token.start, step, 0);
}

/* min or max of two or more numbers. */
static gboolean extreme(Compiler *compiler, OvType *type) {
    const char *start = compiler->token.start;
    StepKind kind = compiler->token.kind == TOKEN_MIN ? STEP_MIN : STEP_MAX;
    if (!advance(compiler) || !take(compiler, TOKEN_OPEN, "("))
        return FALSE;
    guint n_values = 0;
    do {
        const char *at = compiler->token.start;
        if (!any(compiler, type) || !check_type(compiler, at, *type, OV_NUMBER))
            return FALSE;
        if (++n_values > 1 && !add(compiler, at, (Step){.kind = kind}, 2))
            return FALSE;
    } while (compiler->token.kind == TOKEN_COMMA && advance(compiler));
    if (*compiler->error)
        return FALSE;
    if (n_values < 2)
        return fail(compiler, start, OV_EXPRESSION_ERROR_SYNTAX,
                    "min and max need two numbers or more, with commas between them.");
    return take(compiler, TOKEN_CLOSE, ", or )");
}

static gboolean conditional(Compiler *compiler, OvType *type) {
    const char *start = compiler->token.start;
    if (!advance(compiler) || !take(compiler, TOKEN_OPEN, "("))
        return FALSE;
    const char *at = compiler->token.start;
    if (!any(compiler, type) || !check_type(compiler, at, *type, OV_TRUTH) ||
        !take(compiler, TOKEN_COMMA, ","))
        return FALSE;

    /* The branch takes the condition and leaves room for what either side gives. */
    gint branch = add_step(compiler, start, (Step){.kind = STEP_BRANCH}, 1);
    compiler->n_values--;
    if (branch < 0 || !any(compiler, type) || !take(compiler, TOKEN_COMMA, ","))
        return FALSE;
    gint jump = add_step(compiler, start, (Step){.kind = STEP_JUMP}, 1);
    compiler->n_values--;
    if (jump < 0)
        return FALSE;
    step_at(compiler, branch)->jump.otherwise = compiler->steps->len;

    at = compiler->token.start;
    OvType otherwise;
    if (!any(compiler, &otherwise) || !check_type(compiler, at, otherwise, *type))
        return FALSE;
    step_at(compiler, branch)->jump.end = compiler->steps->len;
    step_at(compiler, jump)->jump.end = compiler->steps->len;
    return take(compiler, TOKEN_CLOSE, ")");
}

static gboolean value(Compiler *compiler, OvType *type) {
    const Token token = compiler->token;
    switch (token.kind) {
    case TOKEN_NUMBER:
        *type = OV_NUMBER;
        return advance(compiler) &&
               add(compiler, token.start, (Step){.kind = STEP_NUMBER, .number = token.number}, 0);
    case TOKEN_TRUE:
    case TOKEN_FALSE: {
        Step step = {.kind = STEP_TRUTH, .truth = token.kind == TOKEN_TRUE};
        *type = OV_TRUTH;
        return advance(compiler) && add(compiler, token.start, step, 0);
    }
    case TOKEN_TEXT:
        return text(compiler, type);
    case TOKEN_NAME:
        return fact(compiler, type);
    case TOKEN_OPEN:
        return advance(compiler) && any(compiler, type) &&
               take(compiler, TOKEN_CLOSE, "an operator or )");
    case TOKEN_MIN:
    case TOKEN_MAX:
        return extreme(compiler, type);
    case TOKEN_IF:
        return conditional(compiler, type);
    default:
        return unexpected(compiler, "a fact, number, 'text' or (");
    }
}

static gboolean factor(Compiler *compiler, OvType *type) {
    gboolean minus = compiler->token.kind == TOKEN_MINUS;
    if (!minus)
        return value(compiler, type);
    const char *start = compiler->token.start;
    if (!enter(compiler) || !advance(compiler))
        return FALSE;
    const char *at = compiler->token.start;
    if (!factor(compiler, type) || !check_type(compiler, at, *type, OV_NUMBER))
        return FALSE;
    compiler->level--;
    return add(compiler, start, (Step){.kind = STEP_NEGATE}, 1);
}

/* One level of operators that take numbers from the left and the right. */
static gboolean arithmetic(Compiler *compiler, OvType *type,
                           gboolean (*operand)(Compiler *, OvType *), TokenKind first_token,
                           StepKind first_step, TokenKind second_token, StepKind second_step) {
    const char *left = compiler->token.start;
    if (!operand(compiler, type))
        return FALSE;
    while (compiler->token.kind == first_token || compiler->token.kind == second_token) {
        const Token sign = compiler->token;
        if (!check_type(compiler, left, *type, OV_NUMBER) || !advance(compiler))
            return FALSE;
        const char *right = compiler->token.start;
        Step step = {.kind = sign.kind == first_token ? first_step : second_step};
        if (!operand(compiler, type) || !check_type(compiler, right, *type, OV_NUMBER) ||
            !add(compiler, sign.start, step, 2))
            return FALSE;
    }
    return TRUE;
}

static gboolean product(Compiler *compiler, OvType *type) {
    return arithmetic(compiler, type, factor, TOKEN_TIMES, STEP_MULTIPLY, TOKEN_OVER, STEP_DIVIDE);
}

static gboolean sum(Compiler *compiler, OvType *type) {
    return arithmetic(compiler, type, product, TOKEN_PLUS, STEP_ADD, TOKEN_MINUS, STEP_SUBTRACT);
}

/* Compiles what stands after `matches`, which is the token at hand. */
static gboolean pattern(Compiler *compiler, const char *left, OvType *type) {
    const Token word = compiler->token;
    PatternToken found;
    if (!check_type(compiler, left, *type, OV_TEXT) ||
        !expression_pattern_token(word.end, &found, &compiler->at, compiler->error))
        return FALSE;
    note_token(compiler, word.start, word.end);

    int code;
    PCRE2_SIZE offset;
    pcre2_code *compiled = pcre2_compile(
        (PCRE2_SPTR)found.start, (PCRE2_SIZE)(found.end - found.start),
        found.options | PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C,
        &code, &offset, compiler->context);
    if (!compiled) {
        char reason[256] = "";
        pcre2_get_error_message(code, (PCRE2_UCHAR *)reason, sizeof reason);
        offset = MIN(offset, (PCRE2_SIZE)(found.end - found.start));
        return fail(compiler, found.start + offset, OV_EXPRESSION_ERROR_PATTERN,
                    "the pattern is wrong: %s.", reason);
    }
    /* Where there may be no executable memory, patterns are interpreted. */
    pcre2_jit_compile(compiled, PCRE2_JIT_COMPLETE);
    g_ptr_array_add(compiler->expression->patterns, compiled);

    compiler->token.start = found.start - 1;
    compiler->token.end = found.after;
    *type = OV_TRUTH;
    return advance(compiler) &&
           add(compiler, word.start, (Step){.kind = STEP_MATCHES, .pattern = compiled}, 1);
}

static gboolean is_comparison(TokenKind kind) {
    return kind >= TOKEN_EQUAL && kind <= TOKEN_AT_LEAST;
}

static gboolean relation(Compiler *compiler, OvType *type) {
    static const StepKind steps[] = {
        [TOKEN_EQUAL] = STEP_EQUAL, [TOKEN_UNEQUAL] = STEP_UNEQUAL,
        [TOKEN_LESS] = STEP_LESS,   [TOKEN_AT_MOST] = STEP_AT_MOST,
        [TOKEN_MORE] = STEP_MORE,   [TOKEN_AT_LEAST] = STEP_AT_LEAST,
    };
    const char *left = compiler->token.start;
    if (!sum(compiler, type))
        return FALSE;
    if (compiler->token.kind == TOKEN_MATCHES)
        return pattern(compiler, left, type);
    if (!is_comparison(compiler->token.kind))
        return TRUE;

    const Token sign = compiler->token;
    gboolean ordered = sign.kind != TOKEN_EQUAL && sign.kind != TOKEN_UNEQUAL;
    if (ordered && !check_type(compiler, left, *type, OV_NUMBER))
        return FALSE;
    if (!advance(compiler))
        return FALSE;
    const char *right = compiler->token.start;
    OvType compared;
    if (!sum(compiler, &compared) || !check_type(compiler, right, compared, *type))
        return FALSE;
    if (is_comparison(compiler->token.kind))
        return fail(compiler, compiler->token.start, OV_EXPRESSION_ERROR_SYNTAX,
                    "comparisons don't chain; write a < b and b < c.");
    *type = OV_TRUTH;
    return add(compiler, sign.start, (Step){.kind = steps[sign.kind], .type = compared}, 2);
}

static gboolean denial(Compiler *compiler, OvType *type) {
    if (compiler->token.kind != TOKEN_NOT)
        return relation(compiler, type);
    const char *start = compiler->token.start;
    if (!enter(compiler) || !advance(compiler))
        return FALSE;
    const char *at = compiler->token.start;
    if (!denial(compiler, type) || !check_type(compiler, at, *type, OV_TRUTH))
        return FALSE;
    compiler->level--;
    return add(compiler, start, (Step){.kind = STEP_NOT}, 1);
}

/* One level of `and` or `or`: the right side is left out where the left one decides. */
static gboolean logical(Compiler *compiler, OvType *type, gboolean (*operand)(Compiler *, OvType *),
                        TokenKind word, StepKind unless, StepKind combine) {
    const char *left = compiler->token.start;
    if (!operand(compiler, type))
        return FALSE;
    while (compiler->token.kind == word) {
        const char *start = compiler->token.start;
        if (!check_type(compiler, left, *type, OV_TRUTH) || !advance(compiler))
            return FALSE;
        gint decided = add_step(compiler, start, (Step){.kind = unless}, 1);
        const char *right = compiler->token.start;
        if (decided < 0 || !operand(compiler, type) ||
            !check_type(compiler, right, *type, OV_TRUTH) ||
            !add(compiler, start, (Step){.kind = combine}, 2))
            return FALSE;
        step_at(compiler, decided)->jump.end = compiler->steps->len;
    }
    return TRUE;
}

static gboolean all(Compiler *compiler, OvType *type) {
    return logical(compiler, type, denial, TOKEN_AND, STEP_UNLESS_FALSE, STEP_AND);
}

static gboolean any(Compiler *compiler, OvType *type) {
    if (!enter(compiler) || !logical(compiler, type, all, TOKEN_OR, STEP_UNLESS_TRUE, STEP_OR))
        return FALSE;
    compiler->level--;
    return TRUE;
}

static gboolean whole(Compiler *compiler, OvType wanted) {
    const char *bad;
    gsize length = strlen(compiler->text);
    if (length > EXPRESSION_MAX_TEXT)
        return fail(compiler, compiler->text, OV_EXPRESSION_ERROR_SIZE,
                    "the expression is longer than %d octets.", EXPRESSION_MAX_TEXT);
    if (!g_utf8_validate_len(compiler->text, length, &bad))
        return fail(compiler, bad, OV_EXPRESSION_ERROR_SYNTAX, "the text is not UTF-8.");
    OvType type;
    if (!expression_token(compiler->text, &compiler->token, &compiler->at, compiler->error))
        return FALSE;
    const char *start = compiler->token.start;
    if (!any(compiler, &type))
        return FALSE;
    if (compiler->token.kind != TOKEN_END)
        return unexpected(compiler, "an operator, and, or, or the end");
    return check_type(compiler, start, type, wanted);
}

OvExpression *ov_expression_compile(const char *source, OvType wanted, const OvFactNames *names,
                                    guint *column, GError **error) {
    g_autoptr(OvExpression) expression = g_new0(OvExpression, 1);
    expression->patterns = g_ptr_array_new_with_free_func((GDestroyNotify)pcre2_code_free);
    expression->texts = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GArray) steps = g_array_new(FALSE, FALSE, sizeof(Step));
    GString *tokens = g_string_new(NULL);
    g_autoptr(GError) found = NULL;
    Compiler compiler = {
        .text = source,
        .names = names,
        .steps = steps,
        .tokens = tokens,
        .expression = expression,
        .context = pcre2_compile_context_create(NULL),
        .at = source,
        .error = &found,
    };
    pcre2_set_parens_nest_limit(compiler.context, MAX_GROUPS_IN_PATTERN);
    gboolean compiled = whole(&compiler, wanted);
    pcre2_compile_context_free(compiler.context);
    expression->text = g_string_free(tokens, FALSE);
    expression->n_steps = steps->len;
    expression->steps = (Step *)(void *)g_array_free(g_steal_pointer(&steps), FALSE);
    if (compiled)
        return g_steal_pointer(&expression);
    *column = (guint)g_utf8_pointer_to_offset(source, compiler.at) + 1;
    g_propagate_error(error, g_steal_pointer(&found));
    return NULL;
}

void ov_expression_free(OvExpression *expression) {
    if (!expression)
        return;
    g_ptr_array_unref(expression->patterns);
    g_ptr_array_unref(expression->texts);
    g_free(expression->steps);
    g_free(expression->text);
    g_free(expression);
}

const char *ov_expression_text(const OvExpression *expression) {
    return expression->text;
}

void ov_expression_facts(const OvExpression *expression, void (*each)(guint slot, gpointer data),
                         gpointer data) {
    for (guint i = 0; i < expression->n_steps; i++)
        if (expression->steps[i].kind == STEP_FACT)
            each(expression->steps[i].slot, data);
}
