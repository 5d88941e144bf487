/* What the files of the expression language share: tokens, steps, the compiled form. */
#pragma once

#define PCRE2_CODE_UNIT_WIDTH 8

#include "rules/expression.h"

#include <pcre2.h>

enum {
    EXPRESSION_MAX_TEXT = 64 * 1024,
    EXPRESSION_MAX_STEPS = 1000,
    EXPRESSION_MAX_LEVELS = 64, /* of nesting, and of values that wait for an operator */
};

typedef enum {
    TOKEN_END,
    TOKEN_NUMBER,
    TOKEN_TEXT,
    TOKEN_NAME,
    TOKEN_AND,
    TOKEN_OR,
    TOKEN_NOT,
    TOKEN_MATCHES,
    TOKEN_TRUE,
    TOKEN_FALSE,
    TOKEN_MIN,
    TOKEN_MAX,
    TOKEN_IF,
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_COMMA,
    TOKEN_PLUS,
    TOKEN_MINUS,
    TOKEN_TIMES,
    TOKEN_OVER,
    TOKEN_EQUAL,
    TOKEN_UNEQUAL,
    TOKEN_LESS,
    TOKEN_AT_MOST,
    TOKEN_MORE,
    TOKEN_AT_LEAST,
} TokenKind;

typedef struct {
    TokenKind kind;
    const char *start, *end; /* in the text; a text with its quotes */
    double number;           /* of TOKEN_NUMBER */
} Token;

/* Reads the token at text, white space before it skipped. FALSE with error and *at, the place to
 * blame. text is NUL-terminated UTF-8. */
gboolean expression_token(const char *text, Token *token, const char **at, GError **error);

typedef struct {
    const char *start, *end; /* between the slashes */
    const char *after;       /* behind the flags */
    guint32 options;         /* of pcre2_compile */
} PatternToken;

/* Reads `/pattern/flags` at text, white space before it skipped. As expression_token. */
gboolean expression_pattern_token(const char *text, PatternToken *pattern, const char **at,
                                  GError **error);

/* Steps work on a stack of values. Unknown goes through all but the logical ones. */
typedef enum {
    STEP_NUMBER,
    STEP_TRUTH,
    STEP_TEXT,
    STEP_FACT,
    STEP_NEGATE,
    STEP_ADD,
    STEP_SUBTRACT,
    STEP_MULTIPLY,
    STEP_DIVIDE,
    STEP_MIN,
    STEP_MAX,
    STEP_LESS,
    STEP_AT_MOST,
    STEP_MORE,
    STEP_AT_LEAST,
    STEP_EQUAL,
    STEP_UNEQUAL,
    STEP_MATCHES,
    STEP_NOT,
    STEP_AND,
    STEP_OR,
    STEP_UNLESS_FALSE, /* false on top: jump and keep it */
    STEP_UNLESS_TRUE,  /* true on top: jump and keep it */
    STEP_BRANCH,       /* true: go on; false: jump to otherwise; unknown: keep it, jump to end */
    STEP_JUMP,
} StepKind;

/* Jumps lead forward only, so an evaluation takes no more steps than there are. */
typedef struct {
    StepKind kind;
    OvType type; /* of a fact, or of what is compared */
    union {
        double number;
        gboolean truth;
        guint slot;
        OvSlice text;
        pcre2_code *pattern;
        struct {
            guint otherwise, end;
        } jump;
    };
} Step;

struct OvExpression {
    Step *steps;
    guint n_steps;
    char *text;          /* its tokens with one space between them */
    GPtrArray *patterns; /* pcre2_code, owned */
    GPtrArray *texts;    /* of STEP_TEXT, owned */
};
