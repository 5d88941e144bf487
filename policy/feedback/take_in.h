/* Takes a feedback loop's report in: finds the message of ours, records the complaint, and leaves
 * its recipient in peace (RFC 6650 4.1; Gmail and Yahoo ask for it within two days). */
#pragma once

#include "policy/feedback/tie.h"
#include "policy/ledger/complaint.h"

typedef struct {
    OvArf arf;
    OvTie tie;
    const OvLedgerRecord *record; /* NULL: not ours */
    const char *domain;           /* of the record, or "" */
    OvComplaintDone done;
} OvTakenIn;

/* Reports of type abuse, fraud and virus are complaints; not-spam, auth-failure and others are
 * recorded and count for nothing. Abuse, fraud and the opt-out of loops that have it suppress the
 * recipient of a message of ours for its domain, from now on. data: the report as it came. FALSE
 * with OV_ARF_ERROR where it is none, with OV_LEDGER_ERROR where the ledger can't be read or
 * written: nothing is recorded then. Everything in the arena. */
gboolean ov_feedback_take_in(OvLedger *ledger, const char *data, gsize length,
                             const char *operator_name, OvArena *arena, OvTakenIn *taken,
                             GError **error);
