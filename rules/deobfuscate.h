/* Phrases hidden from a plain comparison (guide G8, rule catalogue SUBJ_GAPPY): letters set apart,
 * as in "B U Y  N O W", "l.a.s.t c-h-a-n-c-e" or "L A S T chance". Four or more single letters in a
 * row, one to three of space, dot, dash or underscore between them, are taken together; only a
 * whole phrase of tier A is a finding, so initials and spaced headings are none. (What is hidden by
 * accents, invisible characters or wide letters is found plainly: folding undoes it.) */
#pragma once

#include "rules/language.h"

typedef struct {
    guint n_phrases; /* distinct phrases of tier A */
    guint phrase;    /* the first of them */
    OvSlice found;   /* the letters set apart that gave it, in the original text */
} OvGaps;

/* text: valid UTF-8; its first OV_GAPS_MAX octets are looked at. scratch is used. Arena. */
enum { OV_GAPS_MAX = 1024 };
OvGaps ov_deobfuscate_gaps(const OvPhraseSet *set, OvPhraseScratch *scratch, OvArena *arena,
                           OvSlice text, OvLanguage language);
