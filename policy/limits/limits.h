/* The one place where mail is held against the plans ([plan NAME]) and counted, whichever way it
 * comes: through the policy service at RCPT and at the end of data, through the milter, or both. A
 * message is counted once; what is refused, deferred or never ends is not counted, so that a try
 * again later is no new mail. Thread-safe.
 *
 * A message on its way in is told by the client's address and port: a connection brings one message
 * after the other. Where the milter sees the connection, the policy service only reserves, and the
 * milter counts what the message came to; where it does not, the policy service counts at once. */
#pragma once

#include "policy/ledger/delivery.h"
#include "policy/limits/counters.h"
#include "policy/settings.h"

typedef struct OvLimits OvLimits;

OvLimits *ov_limits_new(void);
void ov_limits_free(OvLimits *limits);
OvCounters *ov_limits_counters(OvLimits *limits);
/* What is announced and eased from now on; borrowed. NULL: nothing is. Before mail comes. */
void ov_limits_set_allowances(OvLimits *limits, OvAllowances *allowances);
/* Subjects of the kind are counted: what mail is for them must be told. */
gboolean ov_limits_count(OvLimits *limits, const OvSettings *settings, OvSubjectKind kind);

/* Of the connection that comes from there; 0 where that is not known. port: as text. */
guint64 ov_limits_ticket(const char *address, const char *port);
/* The milter sees the connection, until it leaves it; what is reserved then is given back. Ticket 0
 * does nothing. */
void ov_limits_attend(OvLimits *limits, guint64 ticket);
void ov_limits_leave(OvLimits *limits, guint64 ticket);

/* Mail as the plans see it; NULL where something is not known. */
typedef struct {
    const char *account;
    const OvPlan *plan; /* the account's by look-up; else the first of the settings that takes it */
    const char *sender; /* of the envelope */
    const char *script, *client;
    const OvEgress *egress; /* counted where it leaves by one address for sure */
    const guint *providers; /* recipients by OvProvider, OV_N_PROVIDERS + 1 of them */
    OvThings domains;       /* recipients' */
    OvAmounts amounts;
    gboolean binding; /* FALSE: counted, and never refused (shadow mode, exempt mail) */
} OvLimitMail;

/* The domains of recipients, the first OV_LIMITS_MAX_DOMAINS different ones. */
enum { OV_LIMITS_MAX_DOMAINS = 200 };
OvThings ov_limits_domains(const char *const *recipients, guint n, OvArena *arena);

/* The bound that was passed, of several the one whose plan asks for most. An easing is a plan of
 * its own. */
typedef struct {
    const OvPlan *plan; /* NULL: none was passed */
    OvSubject subject;
    OvBound bound;
    gint64 until; /* of OV_BOUND_EASING, microseconds since the epoch */
    /* The announcement that it was drawn on, and what would have stopped it else, for the log and
     * people; NULL where nothing is announced, or nothing had to be. */
    const char *announced;
} OvPassed;

/* Reserves the message under the ticket (not 0), in the place of what is reserved there, until
 * ov_limits_keep or ov_limits_drop. FALSE where a bound refuses it: what was reserved before stays
 * so. Texts of *passed live as long as settings and arena. */
gboolean ov_limits_reserve(OvLimits *limits, const OvSettings *settings, guint64 ticket,
                           const OvLimitMail *mail, gint64 now, OvArena *arena, OvPassed *passed);
/* The message was taken, or was not. */
void ov_limits_keep(OvLimits *limits, guint64 ticket, gint64 now);
void ov_limits_drop(OvLimits *limits, guint64 ticket);

/* What was sent before, for the rules; what is reserved under the ticket is left out, and of
 * numbers that tell of unusual volume what was announced. */
void ov_limits_recent(OvLimits *limits, guint64 ticket, const OvLimitMail *mail, gint64 now,
                      OvArena *arena, OvRecent *recent);
/* Counts what became of a recipient for account, sender domain, egress address (where [egress]
 * tells one for sure) and provider of the recipient: what arrived, what never will, and each answer
 * that says that our mail is not wanted. */
void ov_limits_outcome(OvLimits *limits, const OvSettings *settings, const OvDelivery *delivery,
                       OvArena *arena);

/* Counts messages that the provider reported as spam for the account that sent them. */
void ov_limits_detected(OvLimits *limits, const char *account, guint n, gint64 now, OvArena *arena);

/* Counts one complaint about a message for the account that sent it and its envelope sender's
 * domain; either may be NULL. */
void ov_limits_complained(OvLimits *limits, const char *account, const char *sender, gint64 now,
                          OvArena *arena);

/* What the policy service is asked, and what comes of it. */
typedef struct {
    guint64 ticket;
    const char *instance; /* one message's, one try's */
    guint recipients;     /* at the end of data; 0 at RCPT, which is about one more */
    guint64 octets;       /* likewise */
    OvLimitMail mail;     /* but for its amounts */
    gint64 now;
    /* What comes of it. */
    gboolean taken;    /* as ov_limits_reserve */
    gboolean attended; /* the milter will see the message too, and do what is not to be done here */
    OvPassed passed;
} OvLimitStep;

/* Holds each of n messages as far as it has come against the plans: at RCPT with one recipient
 * more, at the end of data with all. They wait together for what has to be waited for. */
void ov_limits_step(OvLimits *limits, const OvSettings *settings, OvLimitStep *const *steps,
                    guint n, OvArena *arena);

/* "501 recipients in an hour, and plan shop allows 500", for the log, the ledger and people. */
const char *ov_passed_text(const OvPassed *passed, OvArena *arena);
