/* One round of questions to the provider: which networks are ours, which addresses in them are
 * blocked, since when and for what; and the incidents whose time has come. What fails of one
 * network or address keeps no other from being asked for. */
#pragma once

#include "policy/provider/response.h"

typedef struct OvRound OvRound;

/* What is remembered from round to round: the networks, and when each was asked for last. */
OvRound *ov_round_new(void);
/* NULL does nothing. */
void ov_round_free(OvRound *round);

/* Called between two questions, for what is more urgent; it may ask the hosting, too. TRUE ends the
 * round early. */
typedef gboolean (*OvRoundStop)(gpointer data);

/* What is wrong with one network or address is logged; what is wrong with the provider, its
 * credentials or the ledger ends the round. Networks that hold an [egress] address come first, all
 * in each round; of the others as many as the allowed calls of an interval are left for, one after
 * the other from round to round. Addresses that are seen blocked for the first time come before
 * those whose details are read again, which takes half of the calls at most once the round has had
 * those of an interval. FALSE where it was ended so, or nothing could be asked: the first error. */
gboolean ov_round_run(OvRound *round, const OvResponder *responder, OvHosting *hosting,
                      OvRoundStop stop, gpointer data, GError **error);
/* May the next step be taken? */
typedef gboolean (*OvRoundGoOn)(gpointer data);
/* Takes the next step of each incident whose time has come, as long as go_on, asked before each.
 * FALSE where the ledger fails. */
gboolean ov_round_step_incidents(const OvResponder *responder, OvHosting *hosting,
                                 OvRoundGoOn go_on, gpointer data, GError **error);

typedef struct {
    guint networks, blocked; /* as seen last */
} OvRoundStatus;
void ov_round_status(const OvRound *round, OvRoundStatus *status);
