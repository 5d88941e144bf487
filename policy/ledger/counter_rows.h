/* What the ledger keeps of counters (policy/limits/counters.h): a row for each subject. */
#pragma once

#include "policy/ledger/ledger.h"
#include "policy/limits/subject.h"

typedef struct {
    OvSubject subject; /* the name is the row's own */
    gint64 since;      /* microseconds since the epoch: when it was counted first */
    guint32 first;  /* time of the meter's oldest entry, and its octets, which are the row's own; */
    guint8 *octets; /* NULL: nothing is left to keep */
    gsize length;
    GByteArray *things; /* of policy/limits/distinct.h; the row's own; NULL for none */
} OvCounterRow;
void ov_counter_row_clear(OvCounterRow *row);

/* Puts them in the place of what is kept of their subjects; they are committed with what else waits
 * for that. Thread-safe. */
gboolean ov_ledger_keep_counters(OvLedger *ledger, const OvCounterRow *rows, guint n,
                                 GError **error);

/* Calls take for each row, or that of one subject (NULL: all); what it is given lives as long as
 * the call. */
typedef void (*OvCounterRowFunc)(const OvCounterRow *row, gpointer data);
gboolean ov_ledger_counters(OvLedger *ledger, const OvSubject *subject, OvCounterRowFunc take,
                            gpointer data, GError **error);

/* Names of the subject's kind of which something is kept, those that have its name in them: the
 * name itself first, then in order, at most limit. In the arena; NULL with error. */
const char **ov_ledger_counter_names(OvLedger *ledger, const OvSubject *subject, guint limit,
                                     OvArena *arena, guint *n, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(OvCounterRow, ov_counter_row_clear)
