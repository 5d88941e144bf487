/* What `outvet check` says of one message. */
#pragma once

#include "policy/review/reading.h"
#include "policy/verdict.h"

typedef struct {
    const OvStored *stored;
    OvJudgement *judgement;
    OvVerdict verdict;
    OvThresholds thresholds; /* in force for this message */
    gboolean facts;          /* show them, too */
} OvCheckReport;

void ov_check_report_text(GString *out, const OvCheckReport *report, gboolean colour);
/* One object on one line. */
void ov_check_report_json(GString *out, const OvCheckReport *report);
