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
    gboolean no_egress;      /* the DNS is asked, and no address is known from which mail leaves */
} OvCheckReport;

/* A page of 80 columns: verdict, score bar, hits with what was found and advice, what is fine. */
void ov_check_report_text(GString *out, const OvCheckReport *report, gboolean colour);
/* A few lines, for one message of many. */
void ov_check_report_short(GString *out, const OvCheckReport *report, gboolean colour);
/* The same as an HTML page that needs nothing else and loads nothing, with the message's text in
 * which what was found is marked. */
void ov_check_report_html(GString *out, const OvCheckReport *report);
/* One object on one line. */
void ov_check_report_json(GString *out, const OvCheckReport *report);

/* The message's file, with its number in an mbox; safe to show. The caller frees. */
char *ov_check_report_name(const OvCheckReport *report);
/* Every fact, one a line. */
void ov_check_report_facts(GString *out, const OvCheckReport *report);
