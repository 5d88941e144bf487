/* auth.*: what receivers will make of the message (measure_auth.c, measure_auth_dkim.c). */
#pragma once

#include "rules/auth/dkim.h"
#include "rules/measure.h"

/* auth.arc.sets; needs no DNS. */
void ov_measure_arc(OvMeasure *measure);

/* What is kept of one message from turn to turn. */
typedef struct OvMeasureAuth OvMeasureAuth;

/* After ov_measure_header; asks for what can be asked by then. The envelope has a book. NULL where
 * nothing is to be known: the mail stays on local hosts. */
OvMeasureAuth *ov_measure_auth_begin(OvMeasure *measure);

/* Sets what is answered. TRUE: an answer is pending, and it runs again when that has come. */
gboolean ov_measure_auth(OvMeasure *measure, OvMeasureAuth *auth);

/* auth.dkim.*, of signatures that are all verified. final: one that is not there will not come.
 * Sets nothing but auth.dkim.valid where neither an own signature is there nor final. */
void ov_measure_auth_dkim(OvMeasure *measure, const OvDkim *dkim, gboolean final);
