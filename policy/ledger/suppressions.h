/* Who wants no mail of whom, in memory: numbers of 16 octets, sorted. Thread-safe. */
#pragma once

#include "policy/ledger/recipient_key.h"

typedef struct OvSuppressions OvSuppressions;

OvSuppressions *ov_suppressions_new(void);
void ov_suppressions_free(OvSuppressions *suppressions);

typedef struct {
    guint64 number; /* of sender and recipient, ov_suppression_number */
    gint64 since;   /* microseconds since the epoch; 0: mail is wanted again; 1: he complained, and
                       is left in peace at once */
} OvSuppressed;

/* sender: an organisational domain without regard to ASCII case, or "*" for all senders. */
guint64 ov_suppression_number(const char *sender, gsize length,
                              const guint8 recipient[OV_RECIPIENT_HASH_SIZE]);

/* What happened since, oldest first: a later one takes the place of an earlier one of its number.
 * By one thread at a time.
 */
void ov_suppressions_change(OvSuppressions *suppressions, const OvSuppressed *changes, guint n);

gboolean ov_suppressions_empty(OvSuppressions *suppressions);
/* Since when; 0 for not at all. */
gint64 ov_suppressions_since(OvSuppressions *suppressions, guint64 number);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvSuppressions, ov_suppressions_free)
