/* A message that is held now, as people are told of it. */
#pragma once

#include "policy/alert/alert.h"
#include "policy/ledger/ledger.h"

typedef struct {
    gint64 id; /* the message is in the ledger */
    const char *account;
    const char *sender;   /* of the envelope; "" is the null sender */
    const char *queue_id; /* or NULL */
    const char *subject;  /* or NULL */
    guint n_recipients;
    double score;
    const OvLedgerHit *hits; /* heaviest first */
    guint n_hits;
} OvHeldMessage;

/* Raises the operators' alert. alerts NULL: does nothing. */
void ov_held_raise(OvAlerts *alerts, const OvHeldMessage *message);
