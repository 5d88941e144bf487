/* Who may send more than the plans say for a while, or less: the ledger's allowances in memory, so
 * that the mail path asks nobody.
 *
 * An announced mailing raises the bounds of messages, recipients and recipients' domains of its
 * subject's plan by so many recipients and messages: a message that is beyond such a bound, or
 * beyond what is usual of the subject (ov_activity_is_usual), passes as long as the announcement
 * has room for all of it, and is counted for the announcement then, not for the plan. Bounds of
 * octets, of held, bounced, blocked and detected mail hold all the same, as do those of the
 * message's other subjects. An easing is one bound more, of recipients in a span, that no
 * announcement raises; what is beyond it is deferred. */
#pragma once

#include "policy/ledger/allowance.h"
#include "policy/limits/meter.h"
#include "policy/limits/subject.h"

typedef struct {
    OvSubject subject;
    OvAllowanceKind kind;
    gint64 since, until; /* microseconds since the epoch */
    guint64 recipients;
    guint64 messages;                   /* of a mailing */
    OvSpan span;                        /* of an easing */
    const char *operator_name, *reason; /* never NULL */
} OvAllowance;

/* What was in force at one moment. Immutable; shared by reference. */
typedef struct OvAllowanceList OvAllowanceList;

/* Fills it in from a row, which has not ended. FALSE where that can't be read, or tells of what is
 * not counted by. Texts are the arena's. */
gboolean ov_allowance_read(OvAllowance *allowance, const OvAllowanceRow *row, OvArena *arena);

/* Of rows of which each has another subject or kind; those that can't be read are passed over. */
OvAllowanceList *ov_allowance_list_new(const OvAllowanceRow *rows, guint n);
void ov_allowance_list_unref(OvAllowanceList *list);
guint ov_allowance_list_length(const OvAllowanceList *list);

/* That of a subject which is in force at now; NULL for none. list may be NULL. */
const OvAllowance *ov_allowance_list_get(const OvAllowanceList *list, const OvSubject *subject,
                                         OvAllowanceKind kind, gint64 now);
/* There is one of that kind of subject, in force or not: such subjects are to be counted. */
gboolean ov_allowance_list_has(const OvAllowanceList *list, OvSubjectKind kind);

/* Those that end after one time and not after the other. */
typedef void (*OvAllowanceFunc)(const OvAllowance *allowance, gpointer data);
void ov_allowance_list_ending(const OvAllowanceList *list, gint64 after, gint64 until,
                              OvAllowanceFunc take, gpointer data);

/* For people: "20000 recipients more until 2026-12-01 18:00 UTC, by olga: Christmas letter", "100
 * recipients in an hour until ...". */
const char *ov_allowance_text(const OvAllowance *allowance, OvArena *arena);

/* The list in force, kept up with the ledger (policy/limits/in_force.h). */
typedef struct OvAllowances OvAllowances;

OvAllowances *ov_allowances_start(OvLedger *ledger);
void ov_allowances_stop(OvAllowances *allowances);
/* A reference, given back with ov_allowance_list_unref; NULL where there is none. allowances may be
 * NULL. */
OvAllowanceList *ov_allowances_list(OvAllowances *allowances);
/* Looks now. FALSE where the ledger can't be read. */
gboolean ov_allowances_refresh(OvAllowances *allowances, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvAllowanceList, ov_allowance_list_unref)
