/* Advice to a sender: a text with {fact.name} where a measured value belongs, `{{` for a brace. It
 * is cut into pieces once, when the rules are read. */
#pragma once

#include "rules/arena.h"
#include "rules/expression.h"

enum { OV_ADVICE_MAX_CHARACTERS = 400 };

typedef struct OvAdvice OvAdvice;

/* On error NULL with a sentence, and character (from 0) to blame. */
OvAdvice *ov_advice_new(const char *text, const OvFactNames *names, guint *character,
                        GError **error);
void ov_advice_free(OvAdvice *advice);

/* The text with values filled in: numbers with at most two decimals, truth values as yes and no,
 * texts as evidence (rules/evidence.h), what is unknown as "unknown". At most
 * OV_ADVICE_MAX_CHARACTERS, arena. */
const char *ov_advice_fill(const OvAdvice *advice, const OvFacts *facts, OvArena *arena);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvAdvice, ov_advice_free)
