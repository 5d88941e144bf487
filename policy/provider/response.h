/* What is done at once when the provider blocks an address (guide G1, G3): an incident is opened,
 * the messages that it names are tied to accounts, who sent them is suspended as [provider] act
 * says, and the operators are told. */
#pragma once

#include "policy/alert/alert.h"
#include "policy/ledger/incident.h"
#include "policy/limits/limits.h"
#include "policy/limits/suspension.h"
#include "policy/provider/hosting.h"

/* What it works with; all borrowed. */
typedef struct {
    OvLedger *ledger;
    const OvSettings *settings;
    OvSuspensions *suspensions;
    OvAlerts *alerts; /* NULL: nobody is told */
    OvLimits *limits; /* in which detections count, for plans; NULL: they don't */
} OvResponder;

/* What the provider says of one address now. */
typedef struct {
    const char *hosting; /* ov_hosting_name */
    const OvBlock *block;
    const OvDetected *detected;
    guint n_detected;
    const OvReport *reports;
    guint n_reports;
} OvSight;

/* Takes in a sight, new or seen before: what is recorded already changes nothing, and whom an
 * operator let go is suspended again by new detections alone; after an unblock by those of
 * messages that were sent after it. An incident of
 * the address that is easing gets its subjects suspended again, whether the address is blocked
 * anew, which is another incident, or spam was seen alone. A block of which it is not told when it
 * began is that of the incident that is open. *incident (may be NULL): its id. FALSE
 * where the ledger can't be read or written; the same sight may be taken again. */
gboolean ov_response_take(const OvResponder *responder, const OvSight *sight, gint64 *incident,
                          GError **error);

/* Has what sent spam suspended until it is resumed, with its queue, and records it in the incident,
 * with which it is let go; but what an operator suspended before, as long and as much, is his to
 * resume. */
gboolean ov_response_suspend(const OvResponder *responder, gint64 incident,
                             const OvSubject *subject, const char *reason, GError **error);

/* Whether so many of an incident's detections make an account one that must be stopped: a
 * twentieth. What is less is a newsletter or an invoice that somebody's filter took for spam. */
gboolean ov_response_is_culprit(const OvCulprit *culprit, gint64 detections);

/* An event of the timeline, by Outvet itself; logged, too. */
gboolean ov_response_note(OvLedger *ledger, gint64 incident, const char *kind, const char *text,
                          GError **error);
