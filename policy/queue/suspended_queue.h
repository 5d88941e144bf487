/* What suspended subjects have in the MTA's queue of this machine: put on hold with them, and let
 * go when they are resumed, that and nothing else. The ledger keeps a list of it
 * (policy/ledger/suspension.h). Whoever calls this has the turn (policy/queue/turn.h). */
#pragma once

#include "policy/limits/suspension.h"
#include "policy/queue/held.h"

/* What came of looking through the queue for some subjects. */
typedef struct {
    gint64 looked; /* when the last look began; microseconds since the epoch */
    guint held;    /* messages that were put on hold */
    guint moving;  /* theirs that were not on hold at the last look: on their way from maildrop, let
                      go  by an operator, or too quick */
} OvSuspendedLook;

/* Puts on hold what the subjects of the list have in the incoming, active and deferred queues. A
 * message is a subject's by the ledger's record of it, which is found by queue id and time, and
 * proven where the envelope sender is another one; its sender, recipients and egress address are
 * those of the queue. What an operator released by `outvet held` since the suspension began is let
 * be. *others: what a look before found to be none of these subjects', which the ledger is not
 * asked about again; NULL at first and when the subjects change; g_hash_table_unref. FALSE with
 * error where it went wrong; look is right then, too, as far as it came. */
gboolean ov_suspended_queue_hold(OvHeld *held, const OvSuspensionList *list, GHashTable **others,
                                 OvSuspendedLook *look, GError **error);

/* Why mail is let go, for the ledger. */
typedef struct {
    const char *operator_name;
    gboolean over; /* the time was over; else it is resumed */
} OvSuspensionEnd;

/* Lets go what was put on hold for the subject (in its text form), but what another subject of
 * in_force has by now: that waits for the other one to be resumed. Who released or deleted a
 * message himself meanwhile is not overruled. *n_kept: how many wait for another. */
gboolean ov_suspended_queue_release(OvHeld *held, const char *subject,
                                    const OvSuspensionList *in_force, const OvSuspensionEnd *end,
                                    guint *n, guint *n_kept, GError **error);
