/* From an operator's wish to an address that sends again (guide G30, G31): the phases of an
 * incident one after the other, each recorded before the step that it allows. outvetd takes the
 * steps; the command only asks. */
#pragma once

#include "policy/provider/interlock.h"
#include "policy/provider/response.h"

/* An operator asks for the unblock: it is recorded, and outvetd begins. forced: whatever the
 * interlock says. *asked: FALSE where another one asked before, or there is nothing to ask for any
 * more; then nothing is recorded. */
gboolean ov_unblock_ask(OvLedger *ledger, const OvIncident *incident, const char *operator_name,
                        gboolean forced, const char *reason, gboolean *asked, GError **error);

/* Takes the next step of an incident whose time to wake has come, by its phase:
 *
 * asked       waits for the block's time to be over, holds the interlock once more (refused: open)
 *             and sends the request, once. Too early, by the provider, or throttled: asked, until
 *             it says. Taken, whatever state it shows yet: unblocking. Credentials refused: open.
 *             The address is not ours any more: closed. No answer, or none that tells: sending.
 * sending     asks for the state, and sends nothing. Still blocked: asked; no block: easing.
 * unblocking  asks for the state until it is unblocked: easing. After a quarter of an hour in which
 *             nothing changed: open.
 * easing      the small rate was recorded before; those who were suspended for it send at it, but
 *             who was suspended again. After the quiet time they send as they like: closed.
 *
 * A question for the state that fails in any way leaves the phase. FALSE with error where the
 * ledger fails: the step may be repeated. */
gboolean ov_unblock_step(const OvResponder *responder, OvHosting *hosting, gint64 incident,
                         GError **error);

/* The block ended without a request: the incident is closed, what is suspended stays so. */
gboolean ov_unblock_ended(const OvResponder *responder, const OvIncident *incident, GError **error);
