/* Discounts told from other percentages (rule catalogue 3.2.1, guide G12).
 *
 * A percentage is a number over 0 and under 100 with a percent sign or word. It is a discount when
 * a discount cue ("off", "Rabatt") is within 45 characters and nothing there says otherwise ("VAT",
 * "battery"; a minus overrides that only beside a price or "off"); or when it has a minus,
 * is a whole multiple of five and either at least 10 or within 60 characters of a price, and
 * nothing within 45 characters says otherwise. 100 % never is, nor is a share ("20 % of"). A range
 * counts once, by its upper value, and its hyphen is no minus. */
#pragma once

#include "rules/zones.h"

typedef enum {
    OV_CUE_DISCOUNT,     /* "discount*": makes a discount of a percentage */
    OV_CUE_OFF,          /* the word "off": the same, and strong enough for a minus to lean on */
    OV_CUE_NOT_DISCOUNT, /* "interest": makes it none */
    OV_CUE_PERCENT,      /* a word for the percent sign */
} OvCueKind;

typedef struct {
    OvRange range; /* in the text */
    OvCueKind kind;
} OvCue;

typedef struct {
    double value;
    OvRange range; /* sign, number and percent sign or word */
    gboolean discount;
} OvPercentage;

/* The percentages of the OV_BLOCK_OWN blocks of text (valid UTF-8) in order, at most
 * OV_PERCENT_MAX. cues: ascending by start; cues of another block do not count. Arena. */
enum { OV_PERCENT_MAX = 256 };
const OvPercentage *ov_percent_find(OvArena *arena, OvSlice text, const OvBlock *blocks,
                                    guint n_blocks, const OvCue *cues, guint n_cues,
                                    guint *n_percentages);
/* TRUE when text has a percent sign at all; OV_CUE_PERCENT cues may name more. Cheap. */
gboolean ov_percent_sign_in(OvSlice text);

/* The octets of text around range, at most characters on either side, whole words, within block. */
OvSlice ov_context(OvSlice text, const OvBlock *block, OvRange range, guint characters);
