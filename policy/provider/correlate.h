/* From the provider's detections to messages of the ledger (guide G3). Message-IDs are compared
 * without <>, white space and ASCII case. Several messages may share one: resent, made by a client
 * twice, or split for many recipients; the likeliest comes first. A Message-ID that the MTA made
 * after the ledger's record holds the queue id, and is found by it. A detection without Message-ID
 * may be mail without one that went to its destination within minutes; one without time, too, is
 * unknown. */
#pragma once

#include "policy/ledger/delivery.h"
#include "policy/ledger/incident.h"

typedef struct {
    const OvLedgerRecord *record; /* with hits */
    gint64 sent;      /* when it went to the detection's destination, or else at all; 0: unknown */
    guint likelihood; /* 0 to 100 */
    const char *why;  /* "went to 198.51.100.7 from 192.0.2.1 at the time told", for people */
} OvCandidate;

/* The messages that one detection may be, likeliest first, at most 20: by destination and egress
 * address in the delivery log, by time, by whether it left at all (held or refused mail can't be
 * it). An empty array where the ledger knows none, NULL with error. address: the blocked one. */
OvCandidate *ov_correlate(OvLedger *ledger, const char *address, const OvDetection *detection,
                          OvArena *arena, guint *n, GError **error);

/* Finds finding, message and account of each, as ov_correlate does, for thousands at once. What was
 * marked by an operator stays, and so does what was explained before where the ledger knows nothing
 * now. account is NULL where several messages are about as likely and not of one account. Texts
 * live in the arena. */
gboolean ov_correlate_all(OvLedger *ledger, const char *address, OvDetection *detections, guint n,
                          OvArena *arena, GError **error);
