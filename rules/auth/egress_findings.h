/* What is wrong with an egress address, in words, and the records that mend it (guide G7, G23). */
#pragma once

#include "rules/auth/egress_check.h"
#include "rules/auth/findings.h"

/* check: without a pending answer. findings: initialised. */
void ov_egress_findings(const OvEgressCheck *check, OvFindings *findings);
