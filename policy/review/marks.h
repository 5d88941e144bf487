/* Where in a message the evidence of its hits stands, so that a page can mark it there. */
#pragma once

#include "rules/judge.h"
#include "rules/range.h"

/* What of a message is looked through: evidence of the subject is not marked in the body. */
typedef enum {
    OV_PLACE_SUBJECT,
    OV_PLACE_HEADER,
    OV_PLACE_TEXT,
    OV_PLACE_HIDDEN,
    OV_PLACE_ATTACHMENT
} OvPlace;

/* The evidence of one judgement. */
typedef struct OvMarks OvMarks;

/* All in the judgement's arena. */
OvMarks *ov_marks_new(OvJudgement *judgement);

/* The number of a hit, and where what it found ends. */
typedef struct {
    guint32 at;
    guint number; /* from 1, in the order of the judgement's hits */
} OvMarkLabel;

typedef struct {
    const OvRange *ranges; /* octets of the text, whole characters; ascending, without overlap */
    guint n_ranges;
    const OvMarkLabel *labels; /* ascending; each at or before the end of its range */
    guint n_labels;
} OvMarked;

/* Finds the evidence that belongs to place in text, which is valid UTF-8: compared folded
 * (rules/fold.h), all occurrences up to a bound; evidence that is a list of quoted phrases is found
 * phrase by phrase. Time grows with the text's size times the number of hits. */
OvMarked ov_marks_find(OvMarks *marks, OvPlace place, OvSlice text);
