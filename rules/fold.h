/* Folding: one form of a text for all comparing, with the way back to the original.
 *
 * NFKC, full case folding, canonical decomposition without Mn marks, letters that do not decompose
 * (l with stroke, o with stroke, d with stroke, sharp s, ae, oe, dotless i) as Latin ones, every
 * apostrophe as ', one to three of white space, hyphen, comma, colon or quote as one space, more as
 * a line feed, no space before %, invisible format characters dropped. */
#pragma once

#include "rules/arena.h"

typedef struct OvFolded OvFolded;
struct OvFolded {
    OvSlice text;     /* folded UTF-8 */
    OvSlice original; /* what it was made of */
    /* Checkpoints: folded offset and original offset, ascending; n_points of them. */
    const guint32 *folded_at;
    const guint32 *original_at;
    guint n_points;
};

/* Folds valid UTF-8. The original must outlive the result. Arena. */
OvFolded *ov_fold(OvArena *arena, OvSlice text);

/* Folds one phrase or word (no checkpoints). NUL-terminated, the caller frees it. */
char *ov_fold_string(const char *text);

/* The part of the original that gave folded[start..end), whole characters. */
OvSlice ov_folded_original(const OvFolded *folded, guint32 start, guint32 end);
