/* What a suspended subject already has in the MTA's queue: put on hold with it, and let go when it
 * is resumed, that and nothing else. The ledger keeps a list of it (policy/ledger/suspension.h). */
#pragma once

#include "policy/limits/suspension.h"
#include "policy/queue/held.h"

/* Puts on hold what the subject has in the incoming, active and deferred queues of this machine. A
 * message is the subject's by the ledger's record of it, which is found by queue id and time, and
 * proven where the envelope sender is another one; its sender, recipients and egress address are
 * those of the queue. *n: how many were put on hold. FALSE with error where it went wrong; *n is
 * right then, too. */
gboolean ov_suspended_queue_hold(OvHeld *held, const OvSubject *subject, const char *operator_name,
                                 guint *n, GError **error);

/* Lets go what was put on hold for the subject, but what another subject of in_force has by now:
 * that waits for the other one to be resumed. Who released or deleted a message himself meanwhile
 * is not overruled. *n_kept: how many wait for another. */
gboolean ov_suspended_queue_release(OvHeld *held, const OvSubject *subject,
                                    const OvSuspensionList *in_force, const char *operator_name,
                                    guint *n, guint *n_kept, GError **error);
