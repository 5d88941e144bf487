/* Keeps the MTA's queue as the suspensions say, on a thread of outvetd's, through outvet-queue:
 * holds what a subject has there whose suspension wants that, within seconds and again as long as
 * anything of it moves; lets it go when the subject is resumed or the time is over. Tells the
 * ledger what it saw (policy/ledger/incident.h, OvNodeReport), also where there is no agent. In
 * shadow mode nothing is held. */
#pragma once

#include "policy/alert/alert.h"
#include "policy/limits/suspension.h"

#include <jansson.h>

typedef struct OvQueueKeeper OvQueueKeeper;

/* Borrows ledger, suspensions and alerts, and takes a reference to the settings. An alert tells
 * that the queue could not be held, and that it is again. */
OvQueueKeeper *ov_queue_keeper_start(OvSettings *settings, OvLedger *ledger,
                                     OvSuspensions *suspensions, OvAlerts *alerts);
/* At a reload. Thread-safe, as what follows. */
void ov_queue_keeper_set(OvQueueKeeper *keeper, OvSettings *settings);
/* Looks at once. NULL does nothing. */
void ov_queue_keeper_wake(OvQueueKeeper *keeper);
/* For `outvet status`: {"state": "answering", "failing" (there is one, and it does not answer or
 * can't work) or "none", "since", "looked", "moving", "trouble"}. keeper NULL: the state "off". */
json_t *ov_queue_keeper_status(OvQueueKeeper *keeper);
/* Breaks off what it asks of the agent. NULL does nothing. */
void ov_queue_keeper_stop(OvQueueKeeper *keeper);
