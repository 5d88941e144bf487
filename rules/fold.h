/* Folding: one form of a text for all comparing, with the way back to the original.
 *
 * Compatibility decomposition, lower case, without Mn marks; letters that do not decompose (l with
 * stroke, o with stroke, d with stroke, sharp s, ae, oe, dotless i, final sigma) as plain ones;
 * every apostrophe as '; one to three of white space, dash, comma, colon or double quote as one
 * space; more of them, or two line ends (an empty line), as a line feed; none of them at the start,
 * at the end or before %; invisible format characters and NUL dropped. A line end counts once,
 * whether it is CR LF, LF or CR. */
#pragma once

#include "rules/arena.h"

typedef struct OvFolded OvFolded;
struct OvFolded {
    OvSlice text;     /* folded UTF-8 */
    OvSlice original; /* what it was made of */
    /* Checkpoints: folded offset and original offset, ascending; n_points of them. The first is
     * (0, where the first character came from), the last (text.length, end of what gave text). */
    const guint32 *folded_at;
    const guint32 *original_at;
    guint n_points;
};

/* Folds valid UTF-8, of at most OV_FOLD_MAX octets: what is longer is cut there, between
 * characters. The original must outlive the result. Arena. */
enum { OV_FOLD_MAX = 256 * 1024 * 1024 };
OvFolded *ov_fold(OvArena *arena, OvSlice text);

/* Folds one phrase or word (no checkpoints). NUL-terminated, the caller frees it. */
char *ov_fold_string(const char *text);

/* The part of the original that gave folded[start..end), whole characters, without separators at
 * its end. */
OvSlice ov_folded_original(const OvFolded *folded, guint32 start, guint32 end);

/* Where in folded.text stands what original[offset] and what follows it gave; at most text.length.
 */
guint32 ov_folded_offset(const OvFolded *folded, gsize offset);
