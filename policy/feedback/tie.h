/* From a complaint to the message of ours that it is about. */
#pragma once

#include "policy/feedback/arf.h"
#include "policy/ledger/ledger.h"

typedef enum {
    OV_TIE_NONE,       /* the ledger knows no such message: not ours, or older than it */
    OV_TIE_OUTVET_ID,  /* by X-Outvet-Id, which tagged mail bears */
    OV_TIE_MESSAGE_ID, /* as detections are (policy/provider/correlate.h) */
    OV_TIE_QUEUE_ID,   /* by a Received of ours, where the Message-ID is redacted */
} OvTie;
/* "none", "outvet_id", "message_id", "queue_id". */
const char *ov_tie_name(OvTie tie);

/* Of several messages with one Message-ID, that which went to a recipient that is told, else the
 * likeliest. Ids that anybody can guess tie only a message whose From has the domain that is told.
 * *record is NULL with OV_TIE_NONE. FALSE with error where the ledger can't be read. Arena. */
gboolean ov_tie_find(OvLedger *ledger, const OvArf *arf, OvArena *arena, OvTie *tie,
                     const OvLedgerRecord **record, GError **error);
/* The organisational domain that a message is of, as suppressions have it (From's, else the
 * envelope sender's); "" where it has none. Arena. */
const char *ov_tie_domain(const OvLedgerRecord *record, OvArena *arena);
