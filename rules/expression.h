/* The language of conditions and scores.
 *
 *   subject.capitals >= 0.90 and subject.letters >= 12        comparisons: = != < <= > >=
 *   not message.threaded and subject.text matches /^re:/i      and or not, PCRE2 patterns
 *   min(2.0, 0.5 + 0.1 * body.exclamations)                     + - * /, min max of two or more
 *   if(message.class = 'bulk', 2.0, 1.5)                         if(condition, then, else)
 *
 * Facts by name, numbers, 'texts' ('' for a quote in one), true, false. Patterns know Unicode (\w
 * is any letter), take the flags i m s x, and write a slash as \/. Texts compare octet by octet.
 * Types are checked when an expression is compiled.
 *
 * Evaluation is three-valued: what depends on an unknown fact is unknown, except where the rest
 * decides (false and unknown = false, true or unknown = true). It allocates nothing and takes at
 * most as many steps as the expression has; patterns see the first 16 KiB of a text and run under a
 * match limit, and a pattern that hits it is unknown. Division by zero is unknown, and so is any
 * number that is not finite. */
#pragma once

#include "rules/facts.h"

typedef struct OvExpression OvExpression;

/* How names become slots of OvFacts. */
typedef struct {
    /* TRUE and slot, type set when there is a fact of that name. */
    gboolean (*find)(const char *name, guint *slot, OvType *type, gpointer data);
    /* The known name nearest to name, or NULL when none is near (for error messages). */
    const char *(*nearest)(const char *name, gpointer data);
    gpointer data;
} OvFactNames;

#define OV_EXPRESSION_ERROR (ov_expression_error_quark())
GQuark ov_expression_error_quark(void);
typedef enum {
    OV_EXPRESSION_ERROR_SYNTAX,
    OV_EXPRESSION_ERROR_NAME,
    OV_EXPRESSION_ERROR_TYPE,
    OV_EXPRESSION_ERROR_PATTERN,
    OV_EXPRESSION_ERROR_SIZE, /* more than 64 KiB of text, 1,000 steps or 64 levels */
} OvExpressionError;

/* Compiles text into an expression of type wanted. On error NULL; the message is a sentence without
 * file or rule (the caller knows them), and column (1-based, in characters) says where. */
OvExpression *ov_expression_compile(const char *text, OvType wanted, const OvFactNames *names,
                                    guint *column, GError **error);
void ov_expression_free(OvExpression *expression);

/* The expression's tokens with one space between them: the same for every layout of it. */
const char *ov_expression_text(const OvExpression *expression);

/* What evaluation needs beside the facts; one for each judgement that runs at a time. */
typedef struct OvExpressionScratch OvExpressionScratch;
OvExpressionScratch *ov_expression_scratch_new(void);
void ov_expression_scratch_free(OvExpressionScratch *scratch);

/* The value, of the type that was wanted, or OV_UNKNOWN. */
OvValue ov_expression_evaluate(const OvExpression *expression, const OvFacts *facts,
                               OvExpressionScratch *scratch);

/* Calls each for every fact slot that the expression reads. */
void ov_expression_facts(const OvExpression *expression, void (*each)(guint slot, gpointer data),
                         gpointer data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvExpression, ov_expression_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvExpressionScratch, ov_expression_scratch_free)
