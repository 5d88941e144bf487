/* The message as a section of a page: header fields, the text that is shown and the text that is
 * hidden, addresses of links, pictures, attachments; the evidence of its hits marked in it. Nothing
 * in it can be followed, loaded or run. Bounded: of a long text the beginning is shown. */
#pragma once

#include "policy/review/marks.h"

/* Labels in the text lead to the anchors c1, c2 ... of the hits. marked has an element for each
 * hit; TRUE is set where there is a label of it, the first of which has the anchor m1, m2 ... */
void ov_page_message_append(GString *out, OvJudgement *judgement, OvMarks *marks, gboolean *marked);
