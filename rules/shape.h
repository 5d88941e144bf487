/* The shape of a text (rule catalogue 1.2): a number that texts made from one template share but
 * for a few bits. A SimHash (Charikar) over the words of the sender's own text.
 *
 * Words of less than four octets, words with a digit in them (numbers, dates, prices, tokens) and
 * the recipient's name have no part in it; web and e-mail addresses are not in the text. A text of
 * few words has no shape: too many say the same in a line.
 *
 * Two shapes are near when they differ in at most OV_SHAPE_NEAR of their 64 bits. Cut into
 * OV_SHAPE_BANDS bands of equal width, near ones have a band in common, bit by bit: so they are
 * found by looking bands up, and then by counting bits. */
#pragma once

#include "rules/fold.h"
#include "rules/zones.h"

enum {
    OV_SHAPE_NEAR = 7,
    OV_SHAPE_BANDS = 8,
    OV_SHAPE_LEAST_WORDS = 16,
};

/* The shape of the blocks of kind OV_BLOCK_OWN; blocks are ranges of the text that was folded.
 * name: folded, the words of the recipient's name. 0 for none. Looks at their first
 * 4 KiB; allocates nothing. */
guint64 ov_shape(const OvFolded *text, const OvBlock *blocks, guint n_blocks, OvSlice name);

/* Bits in which two shapes differ. */
static inline guint ov_shape_distance(guint64 one, guint64 other) {
    return (guint)__builtin_popcountll(one ^ other);
}

static inline guint8 ov_shape_band(guint64 shape, guint band) {
    return (guint8)(shape >> (band * (64 / OV_SHAPE_BANDS)));
}
