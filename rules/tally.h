/* What facts of the kind "how many, and the first of them" are counted with. */
#pragma once

#include "rules/measure.h"

/* A fact that counts, and a fact with the first that was counted. */
typedef struct {
    OvFactId count;
    OvFactId text;
} OvTallyFacts;

typedef struct {
    guint n;
    OvSlice first;
} OvTally;

static inline void ov_tally(OvTally *tally, OvSlice text) {
    if (tally->n++ == 0)
        tally->first = text;
}

/* Sets both facts; text that is no UTF-8 is made valid. */
void ov_tally_set(OvMeasure *measure, OvTallyFacts facts, const OvTally *tally);
