/* Who was kept from sending, by whom, why and until when. Each change is a row of its own, and none
 * is ever altered: of a subject the last row tells how it stands. Rows that say nothing any more
 * leave the ledger at its retention. */
#pragma once

#include "policy/ledger/ledger.h"

typedef struct {
    gint64 id;           /* ascending; reading only */
    gint64 time;         /* when it was recorded, microseconds since the epoch */
    const char *subject; /* policy/limits/subject.h, its text form */
    gboolean ended;      /* it is resumed; else suspended */
    gint64 until;        /* likewise; G_MAXINT64: until it is resumed */
    const char *answer;  /* "hold", "defer", "reject"; NULL: as the settings say */
    const char *operator_name, *reason;
    gboolean queue; /* what it has in the MTA's queue is held, too */
} OvSuspensionRow;

/* Works on a reader too, where the process may write the file; outvetd knows of it within a second.
 * Thread-safe, as what follows. */
gboolean ov_ledger_add_suspension(OvLedger *ledger, const OvSuspensionRow *row, GError **error);

/* Those in force at now, oldest first; NULL with error. */
OvSuspensionRow *ov_ledger_suspensions_in_force(OvLedger *ledger, gint64 now, OvArena *arena,
                                                guint *n, GError **error);
/* The rows after an id, oldest first, at most limit; of subject alone where that is not NULL. */
OvSuspensionRow *ov_ledger_suspension_rows(OvLedger *ledger, const char *subject, gint64 after,
                                           guint limit, OvArena *arena, guint *n, GError **error);
/* The id of the last row, 0 where there is none: cheap enough to ask once a second. */
gboolean ov_ledger_last_suspension(OvLedger *ledger, gint64 *id, GError **error);

/* A message in the MTA's queue that is on hold for a suspended subject, until that is resumed. */
typedef struct {
    const char *queue_id;
    gint64 arrival; /* microseconds since the epoch */
    const char *sender;
    gint64 message; /* 0 where the ledger does not know it */
} OvSuspendedMail;

/* Lists, or takes off the list, all n or none. */
gboolean ov_ledger_keep_suspended(OvLedger *ledger, const char *subject, const char *node,
                                  const OvSuspendedMail *mail, guint n, GError **error);
gboolean ov_ledger_drop_suspended(OvLedger *ledger, const char *subject, const char *node,
                                  const OvSuspendedMail *mail, guint n, GError **error);
/* What is on hold on that node; an empty array for nothing, NULL with error. */
OvSuspendedMail *ov_ledger_suspended_mail(OvLedger *ledger, const char *subject, const char *node,
                                          OvArena *arena, guint *n, GError **error);
/* The subjects that have any there, and how many; likewise. */
typedef struct {
    const char *subject;
    gint64 messages;
} OvSuspendedCount;
OvSuspendedCount *ov_ledger_suspended_counts(OvLedger *ledger, const char *node, OvArena *arena,
                                             guint *n, GError **error);
/* As ov_ledger_add_action, of those that the ledger knows, all or none. */
gboolean ov_ledger_add_actions(OvLedger *ledger, const OvSuspendedMail *mail, guint n,
                               const char *action, const char *operator_name, const char *detail,
                               GError **error);
