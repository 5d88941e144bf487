/* Who may send more than the plans say for a while, or less: announced mailings, and easing after
 * an incident. Each change is a row of its own, and none is ever altered: of a subject and a kind
 * the last row tells how it stands. Rows that say nothing any more leave the ledger at its
 * retention. */
#pragma once

#include "policy/ledger/ledger.h"

typedef enum {
    OV_ALLOWANCE_MAILING, /* so many recipients and messages in all beyond the plan */
    OV_ALLOWANCE_EASING,  /* so many recipients in each span at most, whatever the plan says */
    OV_N_ALLOWANCE_KINDS
} OvAllowanceKind;

/* "mailing", "easing" */
const char *ov_allowance_kind_name(OvAllowanceKind kind);

typedef struct {
    gint64 id;   /* ascending; reading only */
    gint64 time; /* when it was recorded and began, microseconds since the epoch */
    /* policy/limits/subject.h, its text form; one that mail is counted by: an address and no
     * network, and not everything. */
    const char *subject;
    OvAllowanceKind kind;
    gboolean ended;    /* it is over before its time; else in force until then */
    gint64 until;      /* likewise */
    gint64 recipients; /* at least 1 of a mailing, at least 0 of an easing */
    gint64 messages;   /* of a mailing; 0: as many as recipients */
    const char *span;  /* of an easing, ov_span_name: "hour"; NULL of a mailing */
    const char *operator_name, *reason;
} OvAllowanceRow;

/* Works on a reader too, where the process may write the file; outvetd knows of it within a second.
 * Thread-safe, as what follows. */
gboolean ov_ledger_add_allowance(OvLedger *ledger, const OvAllowanceRow *row, GError **error);

/* Those in force at now, oldest first; NULL with error. */
OvAllowanceRow *ov_ledger_allowances_in_force(OvLedger *ledger, gint64 now, OvArena *arena,
                                              guint *n, GError **error);
/* The rows after an id, oldest first, at most limit; of subject alone where that is not NULL. */
OvAllowanceRow *ov_ledger_allowance_rows(OvLedger *ledger, const char *subject, gint64 after,
                                         guint limit, OvArena *arena, guint *n, GError **error);
/* The id of the last row, 0 where there is none: cheap enough to ask once a second. */
gboolean ov_ledger_last_allowance(OvLedger *ledger, gint64 *id, GError **error);
