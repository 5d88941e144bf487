/* Counters: what each subject did in the last 30 days, in memory (policy/limits/meter.h), and the
 * one place where mail is measured against bounds and counted. Thread-safe; no call waits for a
 * disk.
 *
 * Mail is claimed: it is counted for all its subjects, or, where that would pass a bound that
 * refuses, for none. A claim under a ticket is a reservation: it counts in every span, but is kept
 * nowhere before it is counted for good, and can be given back. One ticket stands for one message
 * on its way in, so that a message is counted once, whoever asks for it first: the policy service
 * at RCPT, at the end of data, or the milter. */
#pragma once

#include "policy/ledger/counter_rows.h"
#include "policy/limits/allowance.h"
#include "policy/limits/bound.h"

/* What mail is for one of its subjects. */
typedef struct {
    OvSubject subject;
    OvAmounts amounts;
    OvThings things[OV_N_THINGS]; /* things that it is to be known to have to do with */
    OvBound *bounds;
    guint n_bounds;
    /* An announced mailing of the subject; NULL for none. Where a bound that it can raise would be
     * passed, or the mail is beyond the usual, and it has room for all of the mail, the mail is
     * drawn on it: amounts tell so then, and no such bound is passed. */
    const OvAllowance *announced;
    gboolean drawn;  /* comes of it */
    guint64 n_drawn; /* likewise: recipients drawn on it, the mail at hand with them */
} OvClaim;

typedef struct OvCounters OvCounters;

OvCounters *ov_counters_new(void);
void ov_counters_free(OvCounters *counters);

/* Reserves under the ticket (not 0) in the place of what is reserved there. FALSE where a bound
 * refuses: what was reserved stays so. now: microseconds since the epoch, of all of them. */
gboolean ov_counters_reserve(OvCounters *counters, guint64 ticket, OvClaim *claims, guint n_claims,
                             gint64 now);
/* Counts for good in the place of what is reserved under the ticket; 0 where nothing is. FALSE
 * where a bound refuses: nothing is counted, and nothing reserved any more. */
gboolean ov_counters_count(OvCounters *counters, guint64 ticket, OvClaim *claims, guint n_claims,
                           gint64 now);
/* Counts what is reserved as it is; FALSE where nothing is. */
gboolean ov_counters_keep(OvCounters *counters, guint64 ticket, gint64 now);
void ov_counters_give_back(OvCounters *counters, guint64 ticket);
/* Counts a claim without looking at its bounds: what becomes of mail later. */
void ov_counters_add(OvCounters *counters, const OvClaim *claim, gint64 now);

/* What is to be decided: claims of one message are counted, or reserved under the ticket. */
typedef struct {
    OvClaim *claims;
    guint n_claims;
    guint64 ticket;    /* as above */
    gboolean reserves; /* else counts */
    gint64 now;
    gboolean taken;   /* comes of it: as ov_counters_reserve and ov_counters_count */
    gboolean decided; /* for the counters alone: by all nodes */
} OvDecision;
/* The same of n messages, which wait together where there is something to wait for. */
void ov_counters_decide(OvCounters *counters, OvDecision *decisions, guint n);

/* How many different things a subject had to do with in the span. */
guint ov_counters_things(OvCounters *counters, const OvSubject *subject, OvThing thing, OvSpan span,
                         gint64 now);
/* What is known of a subject beside its different things, but for what the ticket has reserved (0
 * for none). */
void ov_counters_read(OvCounters *counters, const OvSubject *subject, guint64 ticket, gint64 now,
                      OvActivity *activity);

/* Calls each for every subject of the kind; it must not call the counters. Others wait for at most
 * one two hundred and fifty-sixth of them at a time. */
typedef void (*OvCountersEach)(const OvSubject *subject, const OvActivity *activity, gpointer data);
void ov_counters_each(OvCounters *counters, OvSubjectKind kind, gint64 now, OvCountersEach each,
                      gpointer data);

typedef struct {
    guint subjects;
    guint reserved;    /* tickets */
    guint64 forgotten; /* subjects that had to make room */
} OvCountersStatus;
void ov_counters_status(OvCounters *counters, OvCountersStatus *status);

/* Takes the rows of subjects that changed since they were taken last, at most most. The array's
 * rows are cleared by it. */
guint ov_counters_take_changed(OvCounters *counters, guint most, gint64 now, GArray *rows);
/* Lets those of which nothing is left count as changed; a two hundred and fifty-sixth of all
 * subjects a call. */
void ov_counters_sweep(OvCounters *counters, gint64 now);
/* They could not be kept: they count as changed again. */
void ov_counters_return(OvCounters *counters, const GArray *rows);
/* Adds a row from the ledger to what was counted meanwhile. FALSE where it can't be read. */
gboolean ov_counters_recall(OvCounters *counters, const OvCounterRow *row, gint64 now);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvCounters, ov_counters_free)
