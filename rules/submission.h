/* Mail that a login submits: whose addresses it uses, and whether it came encrypted. */
#pragma once

#include "rules/measure.h"

/* Puts on its way what the header asks of the envelope's ownership, while the body still arrives.
 * header: its octets, to its end or some way. Nothing where there is no login or no ownership. */
void ov_submission_ask(const OvEnvelope *envelope, OvSlice header);

/* auth.owner.* and auth.submission.*; last of all, since it may wait for answers. */
void ov_measure_submission(OvMeasure *measure);
