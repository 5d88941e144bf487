/* The envelope of a message that lies in a file: what the command line tells, completed from the
 * message's header. */
#pragma once

#include "rules/message.h"

typedef struct {
    OvEnvelope known;     /* what the command line tells; the rest NULL or 0 */
    gboolean now_is_date; /* take each message's own Date as the time of judgement */
} OvEnvelopeWish;

/* Fills envelope for a message that starts with raw: sender from Return-Path, else the first
 * mailbox of From; recipients from every To and Cc, once each. Everything is in arena or in wish.
 */
void ov_envelope_complete(OvEnvelope *envelope, const OvEnvelopeWish *wish, OvSlice raw,
                          OvArena *arena);
