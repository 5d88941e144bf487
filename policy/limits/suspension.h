/* Who is kept from sending now: the ledger's suspensions in memory, so that the mail path asks
 * nobody. */
#pragma once

#include "policy/alert/alert.h"
#include "policy/ledger/suspension.h"
#include "policy/limits/subject.h"
#include "policy/verdict.h"

typedef struct {
    OvSubject subject;
    gint64 since, until;  /* microseconds since the epoch; until G_MAXINT64: until it is resumed */
    OvVerdictKind answer; /* hold, defer or reject; accept: as [suspension] answer says */
    const char *operator_name, *reason; /* never NULL */
    gboolean queue;                     /* what it has in the MTA's queue is put on hold, too */
} OvSuspension;

/* What was in force at one moment. Immutable; shared by reference. */
typedef struct OvSuspensionList OvSuspensionList;

/* Of rows of which each has another subject; those that can't be read are passed over. */
OvSuspensionList *ov_suspension_list_new(const OvSuspensionRow *rows, guint n);
void ov_suspension_list_unref(OvSuspensionList *list);
guint ov_suspension_list_length(const OvSuspensionList *list);

/* Those that end after one time and not after the other. */
typedef void (*OvSuspensionFunc)(const OvSuspension *suspension, gpointer data);
void ov_suspension_list_ending(const OvSuspensionList *list, gint64 after, gint64 until,
                               OvSuspensionFunc take, gpointer data);

/* That of a subject itself, whether its time is over or not; NULL for none. list may be NULL. */
const OvSuspension *ov_suspension_list_get(const OvSuspensionList *list, const OvSubject *subject);

/* The suspension of what sends the message, of where it comes from, or of where it goes; of several
 * the one with the gravest answer, which is put into *answer. It ends by the envelope's time, not
 * by the list's. script: account->script; the egress addresses and recipients are the envelope's:
 * one that is suspended is enough. list may be NULL. NULL where none is in force; lives as long as
 * the list. arena: for the search. */
const OvSuspension *ov_suspension_find(const OvSuspensionList *list, const OvSettings *settings,
                                       const OvAccount *account, const OvEnvelope *envelope,
                                       OvArena *arena, OvVerdictKind *answer);

/* For who sends, one line of printable ASCII: "Sending is suspended for account shop until
 * 2026-11-29 10:00 UTC: stolen password". */
const char *ov_suspension_sentence(const OvSuspension *suspension, OvArena *arena);
/* For who looks at the message later: "account:shop since 2026-11-29T08:00:00Z until ..., by olga:
 * stolen password". */
const char *ov_suspension_evidence(const OvSuspension *suspension, OvArena *arena);

/* The list in force, kept up with the ledger: a thread looks once a second whether there is
 * something new, which may come from another process. Thread-safe but for start and stop. */
typedef struct OvSuspensions OvSuspensions;

/* Reads the ledger before it returns; one that can't be read is logged, and tried again each
 * second. Borrows the ledger. */
OvSuspensions *ov_suspensions_start(OvLedger *ledger);
void ov_suspensions_stop(OvSuspensions *suspensions);
/* From now on each new suspension by others raises an alert; who calls ov_suspensions_add has more
 * to tell. Borrows alerts. */
void ov_suspensions_set_alerts(OvSuspensions *suspensions, OvAlerts *alerts);

/* A reference, given back with ov_suspension_list_unref; NULL where nothing is suspended. */
OvSuspensionList *ov_suspensions_list(OvSuspensions *suspensions);
/* Looks now. FALSE where the ledger can't be read. */
gboolean ov_suspensions_refresh(OvSuspensions *suspensions, GError **error);
/* The id of the last row of the ledger that is in force, -1 before one could be read. */
gint64 ov_suspensions_last(OvSuspensions *suspensions);
/* Suspends, and is in force when it returns. Nothing where the subject is suspended already for as
 * long, as by another message of the same moment, and its queue is held if that is wanted; *added
 * (may be NULL) tells. answer as in OvSuspension. FALSE where the ledger can't be written: nobody
 * is suspended then. */
gboolean ov_suspensions_add(OvSuspensions *suspensions, const OvSuspension *suspension,
                            gboolean *added, GError **error);

/* A change that another node made, as a row of its ledger; in force when it returns. Nothing where
 * the ledger has one of that subject and time already, or a later one. Raises no alert: the other
 * node does. FALSE where the ledger can't be read or written. */
gboolean ov_suspensions_take(OvSuspensions *suspensions, const OvSuspensionRow *row,
                             GError **error);

/* How often ov_suspensions_add has suspended somebody since the start. */
guint ov_suspensions_added(OvSuspensions *suspensions);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvSuspensionList, ov_suspension_list_unref)
