/* Counts complaints that were taken in, by whatever process, for the account and the domain that
 * sent the mail, and logs them: a thread looks once a second for those that nobody has counted. One
 * that is killed between taking a complaint and keeping the counters loses it; none is counted
 * twice. */
#pragma once

#include "policy/ledger/ledger.h"
#include "policy/limits/limits.h"

typedef struct OvComplaintCounter OvComplaintCounter;

/* Borrows both, which must outlive it. */
OvComplaintCounter *ov_complaint_counter_start(OvLedger *ledger, OvLimits *limits);
/* Since the start. */
typedef struct {
    guint64 counted, not_ours;
} OvComplaintCounts;
OvComplaintCounts ov_complaint_counter_counts(OvComplaintCounter *counter);
/* NULL does nothing. */
void ov_complaint_counter_stop(OvComplaintCounter *counter);
