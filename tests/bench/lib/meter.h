/* Measures judgements in this process: CPU time and memory of each. The rules are loaded once and
 * counted for none. */
#pragma once

#include "rules/judge.h"

typedef struct {
    const char *name;
    gsize size; /* octets of the message */
    double ms;  /* user and system CPU time of the fastest round */
    double mib; /* most that resident memory grew, the message itself not counted */
} OvMetered;

/* The shipped rules below OUTVET_SOURCE (default: the working directory). Ends the process where
 * they can't be read. */
OvJudge *ov_meter_judge(void);

/* CPU time of this thread, milliseconds. */
double ov_meter_cpu(void);

/* The judgement of raw as mail from one address to two. The caller frees it. */
OvJudgement *ov_meter_judge_message(OvJudge *judge, OvSlice raw);

OvMetered ov_meter(OvJudge *judge, const char *name, OvSlice raw, guint rounds);

void ov_meter_print_head(void);
void ov_meter_print(const OvMetered *metered);
