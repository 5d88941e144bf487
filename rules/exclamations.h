/* Exclamation marks of a text (guide G11). `!`, fullwidth and emoji marks count one, the double
 * forms two; the opening Spanish mark never counts. Marks of code are none: `!=`, `!x`, `#!`,
 * `![`, `<!`, `!important`, and what stands between backticks on one line. */
#pragma once

#include "rules/zones.h"

typedef struct {
    const OvRange *brands; /* names that end with a mark of their own; ascending */
    guint n_brands;
    gboolean greeting; /* a single mark that ends the first line, a greeting, is free */
} OvExclamationsExempt;

typedef struct {
    guint marks;
    guint questions;   /* question marks */
    guint runs_of_two; /* runs of two marks or more; white space and `?` do not break a run */
    guint runs_of_three;
    guint longest_run;
    OvSlice evidence; /* the longest run, else the first mark, with the words before it */
} OvExclamations;

/* Measures the OV_BLOCK_OWN blocks of text (valid UTF-8). exempt may be NULL. */
OvExclamations ov_exclamations_measure(OvSlice text, const OvBlock *blocks, guint n_blocks,
                                       const OvExclamationsExempt *exempt);
