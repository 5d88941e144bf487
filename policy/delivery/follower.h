/* Follows the MTA's log from where it stopped last, on a thread of its own, and records what became
 * of messages. Trouble is logged once and told by the status; it goes on by itself when that is
 * over. */
#pragma once

#include "policy/alert/alert.h"
#include "policy/delivery/intake.h"

typedef struct OvFollower OvFollower;

/* NULL where [delivery] log is off. The ledger is borrowed; listener as in ov_intake_new, called on
 * the follower's thread. */
OvFollower *ov_follower_start(const OvSettings *settings, OvLedger *ledger,
                              OvOutcomeListener listener, gpointer data);
/* A log that can't be read raises an alert from now on. Borrows alerts. Either may be NULL. */
void ov_follower_set_alerts(OvFollower *follower, OvAlerts *alerts);
/* Keeps how far it came. NULL does nothing. */
void ov_follower_stop(OvFollower *follower);

typedef struct {
    const char *state; /* "following", "waiting" for a log that is not there yet, "failing" */
    char *source;      /* path, or "journal"; NULL until it is found */
    char *trouble;     /* NULL where there is none */
    OvIntakeCounts counts;
} OvFollowerStatus;
/* Thread-safe; what it fills is freed by ov_follower_status_clear. */
void ov_follower_status(OvFollower *follower, OvFollowerStatus *status);
void ov_follower_status_clear(OvFollowerStatus *status);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(OvFollowerStatus, ov_follower_status_clear)
