/* The octets of a message that passed here: from the MTA's queue while it waits there, else from
 * the sample store ([samples]). */
#pragma once

#include "policy/ledger/ledger.h"

typedef struct OvSampleFinder OvSampleFinder;

/* Trouble with queue or store is told with each message that could have been there. ledger: open
 * for reading; it and settings outlive the finder. */
OvSampleFinder *ov_sample_finder_new(OvSettings *settings, OvLedger *ledger);
void ov_sample_finder_free(OvSampleFinder *finder);

typedef struct {
    const char *source; /* "queue", "store" */
    guint64 size;       /* octets of the whole message; more than length where it was cut */
    char *data;         /* with CRLF */
    gsize length;
} OvFoundSample;
void ov_found_sample_clear(OvFoundSample *found);

/* The message with that Outvet id. record: what the ledger has of it, else NULL. FALSE where it is
 * nowhere; *why is then a sentence that says where it was looked for, in the arena. */
gboolean ov_sample_find(OvSampleFinder *finder, gint64 id, const OvLedgerRecord *record,
                        OvArena *arena, OvFoundSample *found, const char **why);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvSampleFinder, ov_sample_finder_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(OvFoundSample, ov_found_sample_clear)
