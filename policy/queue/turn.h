/* Whose turn it is to work on a node's queue for the suspensions: outvetd does by itself, and a
 * command does while its operator waits. One after the other, nothing is held or told twice. */
#pragma once

#include "policy/ledger/ledger.h"

/* Waits for the turn, at most that long (microseconds), and has it for a minute; taking it again
 * prolongs it. FALSE where another has it still, or the ledger can't be written. */
gboolean ov_queue_turn_take(OvLedger *ledger, const char *node, gint64 patience);
/* Gives it to others; nothing where one has it not. */
void ov_queue_turn_give(OvLedger *ledger, const char *node);
