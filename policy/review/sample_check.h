/* What Outvet would say today of a message that passed here: the code of `outvet check`, with the
 * envelope that the ledger has. */
#pragma once

#include "policy/ledger/ledger.h"
#include "policy/review/check_message.h"
#include "policy/review/sample_find.h"

/* The envelope of a message that starts with raw. record: what the ledger has of it; NULL: all is
 * taken from the header. Of recipients whose addresses are not kept there are as many as there
 * were, in the same domains: those of To and Cc, and names without meaning for the rest. It is
 * judged as at the time when it passed. Everything is in arena or in record. */
void ov_sample_envelope(OvEnvelope *envelope, const OvLedgerRecord *record, OvSlice raw,
                        OvArena *arena);
