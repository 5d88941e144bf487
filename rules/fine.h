/* What is right of a message: what the rules looked at and found nothing to say against, as
 * `outvet check` tells it beside the hits. */
#pragma once

#include "rules/judge.h"

typedef struct {
    const char *title; /* the group's, "Subject" */
    const char *text;  /* "no capitals, no exclamation marks" */
} OvFine;

/* One for each group that applies and has something to tell, in the groups' order; n of them. A
 * rule's `fine` is told where its condition is false, not where it is unknown; where several rules
 * of a group have the same one, when it is false of all. Safe to show; in the judgement's arena. */
const OvFine *ov_fine_read(OvJudgement *judgement, guint *n);
