/* Log lines in, deliveries in the ledger out: reads lines, remembers which Message-ID a queue id
 * has, gathers what is worth recording, and hands it to the ledger in batches. Used by one thread;
 * what it remembers is bounded. */
#pragma once

#include "policy/delivery/log_event.h"

/* Told of each outcome of a try that the ledger did not know before, after it was recorded: for
 * counters of failures by account (delivery->account), sender's domain, recipient's domain and
 * transport. Runs on the thread that flushes. */
typedef void (*OvOutcomeListener)(const OvDelivery *delivery, gpointer data);

typedef struct {
    guint64 lines;   /* read */
    guint64 events;  /* of them told of a delivery or of the queue */
    guint64 unknown; /* of these belong to no message of the ledger */
    guint64 fresh;   /* were not known before */
    gint64 last;     /* when the last line was written, microseconds since the epoch; 0: none */
} OvIntakeCounts;

typedef struct OvIntake OvIntake;

/* The ledger is borrowed. node: whose log it is, as in OvLedgerRecord. listener may be NULL. */
OvIntake *ov_intake_new(OvLedger *ledger, const char *node, OvOutcomeListener listener,
                        gpointer data);
void ov_intake_free(OvIntake *intake);

/* Since when the times of lines without a year are (OvLogClock's reference). */
void ov_intake_set_reference(OvIntake *intake, gint64 reference);
/* One line, without its line feed; or what the journal has of one. */
void ov_intake_line(OvIntake *intake, OvSlice line);
void ov_intake_entry(OvIntake *intake, gint64 time, OvSlice program, OvSlice text);

/* How many deliveries wait to be recorded. */
guint ov_intake_waiting(const OvIntake *intake);
/* Records them, with the mark (NULL for none). FALSE with error keeps them for another try. */
gboolean ov_intake_flush(OvIntake *intake, const OvLogMark *mark, GError **error);
OvIntakeCounts ov_intake_counts(const OvIntake *intake);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvIntake, ov_intake_free)
