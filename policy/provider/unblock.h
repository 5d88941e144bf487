/* From an operator's wish to an address that sends again (guide G30, G31): the phases of an
 * incident one after the other, each recorded before the step that it allows. outvetd takes the
 * steps; the command only asks. */
#pragma once

#include "policy/provider/interlock.h"
#include "policy/provider/response.h"

/* An operator asks for the unblock: it is recorded, and outvetd begins. forced: whatever the
 * interlock says. *asked: FALSE where another one asked before, or there is nothing to ask for any
 * more. */
gboolean ov_unblock_ask(OvLedger *ledger, const OvIncident *incident, const char *operator_name,
                        gboolean forced, const char *reason, gboolean *asked, GError **error);

/* Takes the next step of an incident whose time to wake has come: holds the interlock once more and
 * sends the request, asks how it stands, lets those who were suspended for it send at a small rate,
 * and in the end as they like. What the provider refuses is recorded, and tried again when it says
 * so. FALSE where the ledger fails: the step may be repeated. */
gboolean ov_unblock_step(const OvResponder *responder, OvHosting *hosting, gint64 incident,
                         GError **error);

/* The block ended without a request: the incident is closed, what is suspended stays so. */
gboolean ov_unblock_ended(const OvResponder *responder, const OvIncident *incident, GError **error);
