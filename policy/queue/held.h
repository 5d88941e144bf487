/* Held mail: the MTA's queue and the ledger, joined by queue id and proven to be the same message.
 */
#pragma once

#include "policy/ledger/ledger.h"
#include "policy/queue/queue.h"

/* Somebody's hold on queue and ledger. */
typedef struct {
    OvSettings *settings;
    OvQueue *queue;
    OvLedger *ledger; /* open for reading, and for actions where the process may write it */
    OvArena *arena;
} OvHeld;

/* Lets go of all that is there. */
void ov_held_clear(OvHeld *held);

/* The ledger's record of a message in the queue: same queue id, and recorded when it arrived; else
 * one that has this queue id as another one, after a content filter at most a day later or because
 * Sendmail split the message, and is from the same envelope sender. NULL when the ledger knows
 * none, or with error. */
OvLedgerRecord *ov_held_record(OvHeld *held, const OvQueued *queued, GError **error);

/* TRUE when a record can be of a message that came into the queue then: queue ids are reused, and a
 * message is judged when it is complete, after it arrived. */
gboolean ov_held_in_time(gint64 arrival, gint64 recorded);

/* How a queue file's header compares with a record. */
typedef enum {
    OV_HELD_SAME,      /* its X-Outvet-Id is the record's, or it has none and the Message-ID is */
    OV_HELD_DIFFERENT, /* a reused queue id */
} OvHeldMatch;
OvHeldMatch ov_held_match(const OvLedgerRecord *record, OvSlice header, OvArena *arena);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(OvHeld, ov_held_clear)
