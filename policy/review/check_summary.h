/* What `outvet check` says of a message in a sentence or two, the same for a terminal and a page.
 */
#pragma once

#include "policy/review/check_report.h"

/* "Held: it would wait until a person has looked at it." */
const char *ov_check_headline(const OvCheckReport *report);

/* Above the hits: "What to change". */
const char *ov_check_title(const OvCheckReport *report);

/* How many of the first hits, once changed, would have the message accepted: neither a threshold
 * nor a rule's own demand is met by the others. 0 where it is accepted as it is. */
guint ov_check_enough(const OvCheckReport *report);
/* "Changing 1 to 3 would be enough."; "" where the message is accepted. Arena of the judgement. */
const char *ov_check_enough_text(const OvCheckReport *report);

/* The score that the right end of a score bar stands for: beyond every threshold that is on. */
double ov_check_bar_end(const OvCheckReport *report);

/* Thresholds that are on, ascending in gravity; at most 3. */
typedef struct {
    const char *name; /* "tag" */
    double score;
} OvCheckMark;
guint ov_check_marks(const OvCheckReport *report, OvCheckMark marks[3]);

enum { OV_CHECK_ROWS = 5 }; /* that are shown */

/* The hits in short: by row of the guide, those with the most points first. */
typedef struct {
    const char *text; /* what the row asks for: "no capitals for emphasis" */
    double score;
    guint *numbers; /* of its hits, from 1, ascending */
    guint n_numbers;
} OvCheckRow;

/* n of them, in the judgement's arena; none where there are so few hits that a list of them is
 * short enough. Hits without effect, without a row, and of private rules are left out. */
const OvCheckRow *ov_check_rows(const OvCheckReport *report, guint *n);

/* What a page says of a hit: its advice, else the rule's name. A page is for the sender: of a
 * private rule it tells no more than that there is something. */
const char *ov_check_advice(const OvHit *hit);

/* What was found is a measured number, no quotation. */
gboolean ov_check_measured(const OvCheckReport *report, const OvHit *hit);

/* What else is to be known: exempt, shadow mode, judged in part ... Sentences, safe to show;
 * NULL-terminated, in the judgement's arena. */
const char *const *ov_check_remarks(const OvCheckReport *report);
