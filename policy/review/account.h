/* What is known of one account, or of another subject: what it sent, what its plan allows, what is
 * announced of it, its suspensions, which rules its mail hit, its last messages. */
#pragma once

#include "policy/ledger/suspension.h"
#include "policy/limits/plan.h"
#include "policy/review/allowance_use.h"

typedef struct {
    OvSubject subject;
    gint64 now; /* microseconds since the epoch */
    OvActivity activity;
    const OvPlan *plan;               /* NULL: none has it */
    OvBound *bounds;                  /* the plan's, weighed; plan->n_bounds of them */
    const OvAllowanceUse *allowances; /* in force, oldest first */
    guint n_allowances;
    const OvSuspensionRow *suspensions; /* every change, oldest first */
    guint n_suspensions;
    OvLedgerRecord **records; /* the last messages, newest first; of accounts only */
    guint n_records;
} OvAccountReport;

/* Reads it from the ledger, which is a second behind at most. given: the plan that an account has
 * by look-up; NULL for none. FALSE with error; what it refers to lives as long as settings and
 * arena.
 */
gboolean ov_account_report_read(OvAccountReport *report, OvLedger *ledger,
                                const OvSettings *settings, const OvSubject *subject,
                                const OvPlan *given, OvArena *arena, GError **error);
/* Nothing is known of it. */
gboolean ov_account_report_is_empty(const OvAccountReport *report);

void ov_account_report_append(GString *out, const OvAccountReport *report, gboolean colour);
json_t *ov_account_report_json(const OvAccountReport *report);
