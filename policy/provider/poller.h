/* Asks the provider, on a thread of its own, which of our addresses it blocks and for what, and
 * takes the next step of each incident (policy/provider/response.h, unblock.h). Of several outvetd
 * on one ledger one asks: who holds the lease. The mail path never waits for it. */
#pragma once

#include "policy/provider/response.h"

#include <jansson.h>

typedef struct OvPoller OvPoller;

/* Borrows what it is given but the settings, to which it refers. Where [provider] kind is none it
 * waits for a reload that names one. */
OvPoller *ov_poller_start(OvLedger *ledger, OvSettings *settings, OvSuspensions *suspensions,
                          OvLimits *limits, OvAlerts *alerts);
/* At a reload. Thread-safe, as what follows. */
void ov_poller_set(OvPoller *poller, OvSettings *settings);
/* An incident wants to be looked at now. */
void ov_poller_wake(OvPoller *poller);
/* For `outvet status`: {"state": "off" | "asking" | "standby" | "failing", "provider", "networks",
 * "blocked", "rounds", "failed" (of these), "last_success", "since", "error"}. */
json_t *ov_poller_status(OvPoller *poller);
/* Ends the thread; a call that is under way is given up. NULL does nothing. */
void ov_poller_stop(OvPoller *poller);
