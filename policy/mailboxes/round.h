/* The weekly round over abuse@ and postmaster@ of the domains that receivers write to about our
 * mail (guide G6): those of our HELO names and reverse names, and those that sent lately. What is
 * known lies in the ledger, so that nobody is asked again because outvetd was started again. */
#pragma once

#include "policy/ledger/ledger.h"
#include "policy/settings.h"
#include "rules/auth/standing.h"

typedef struct {
    const OvSettings *settings;
    OvResolver *resolver;
    OvLedger *ledger;
    const OvStanding *standing; /* of the egress addresses */
    gint64 now;                 /* microseconds since the epoch */
    int stop;                   /* a descriptor that is readable when it is to end */
} OvMailboxRound;

/* Asks for what is due, one server after the other: who told something is asked again after a week,
 * who did not after a day; at most 8 domains, of 32. Each answer is kept in the ledger, each change
 * logged. TRUE: something was learnt. */
gboolean ov_mailbox_round(const OvMailboxRound *round);

/* Adds what the ledger knows of mailboxes; nothing where it can't be read. */
void ov_mailboxes_add(OvStanding *standing, OvLedger *ledger);
