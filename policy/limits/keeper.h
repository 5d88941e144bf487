/* Keeps the counters in the ledger, on a thread of its own: what changed, once a second and when it
 * stops. A process that is killed loses at most what was counted in its last second, or since the
 * ledger fails. */
#pragma once

#include "policy/limits/counters.h"

typedef struct OvKeeper OvKeeper;

/* Fills the counters from the ledger before it returns; where that can't be read now, as soon as it
 * can. Borrows both, which must outlive it. */
OvKeeper *ov_keeper_start(OvCounters *counters, OvLedger *ledger);
/* NULL does nothing. */
void ov_keeper_stop(OvKeeper *keeper);
