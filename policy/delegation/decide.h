/* What a policy request is answered (access(5)). */
#pragma once

#include "policy/delegation/request.h"
#include "policy/limits/consequence.h"
#include "policy/limits/plan_maps.h"
#include "rules/ownership.h"

/* By what requests are decided. */
typedef struct {
    const OvSettings *settings;
    const OvOwnership *ownership; /* NULL where there are no maps */
    OvPlanMaps *plan_maps;        /* likewise */
    OvLimits *limits;
    OvSuspensions *suspensions;        /* for new ones; NULL for none */
    const OvSuspensionList *suspended; /* NULL where nothing is */
    OvAlerts *alerts;                  /* NULL for none */
} OvPolicyMeans;

/* Appends to each of n answers the action, one line without its end: DUNNO where there is nothing
 * against the mail, so that Postfix goes on with its other restrictions, never OK, which would end
 * them.
 *
 * A login that uses an envelope sender of others' (Postfix's reject_sender_login_mismatch, by the
 * maps of [accounts] sender_login_maps): as [policy] foreign_sender says, with a sentence for the
 * sender; what no map tells in time is let pass, as is what is exempt, and all in shadow mode. Each
 * refusal is logged.
 *
 * Before that, at RCPT: where sending is suspended, HOLD, DEFER_IF_PERMIT or REJECT with a sentence
 * for the sender, but to exempt recipient domains, and in shadow mode.
 *
 * At RCPT and at the end of data mail is held against the plans, and counted (limits.h);
 * requests that come together wait together for maps and counters. Thread-safe.
 */
void ov_policy_decide(const OvPolicyRequest *requests, guint n, const OvPolicyMeans *means,
                      GString *const *answers);
