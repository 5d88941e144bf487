/* The window: what lately recorded mail was like, in memory, so that a message's questions of
 * history (rules/history.h) never wait for the disk. The ledger tells it of each message that was
 * recorded, and fills it from its rows at start. Thread-safe.
 *
 * What it knows of mail is bounded by memory, not by time: it keeps Message-IDs of 7 days and the
 * rest of 24 hours as far as they fit, and forgets first what was seen longest ago. */
#pragma once

#include "policy/ledger/recipient_key.h"
#include "policy/ledger/suppressions.h"
#include "policy/ledger/volumes.h"
#include "rules/history.h"

typedef struct OvWindow OvWindow;

/* memory: the most octets it may grow to, rounded down; it starts with some 100 KiB. What is
 * suppressed, and what logins sent in the last hour, comes on top. key: the recipients' hashes are
 * made with it; borrowed. */
OvWindow *ov_window_new(gsize memory, const OvRecipientKey *key);
void ov_window_free(OvWindow *window);

/* How far back its answers look, microseconds. */
#define OV_WINDOW_DAY  (G_GINT64_CONSTANT(24) * 3600 * G_USEC_PER_SEC)
#define OV_WINDOW_LONG (7 * OV_WINDOW_DAY)

/* A message that was recorded. login: who sent it, or NULL. time: microseconds since the epoch.
 * recipients: their keyed hashes, OV_RECIPIENT_HASH_SIZE octets each. Messages may come in any
 * order; one that comes again changes nothing but what left by its egress address. */
void ov_window_add(OvWindow *window, const OvFingerprint *fingerprint, const char *login,
                   gint64 time, const guint8 *recipients, guint n_recipients);
/* Before a message that is recorded now. Where the clock was set back by a day or more, all is
 * forgotten but suppressions and who is a bulk sender: what comes now would be too old to count. */
void ov_window_follow_clock(OvWindow *window, gint64 now);
/* TRUE when older Message-IDs would only take the place of newer ones. */
gboolean ov_window_full(OvWindow *window);

/* Who wants no mail; the window's. */
OvSuppressions *ov_window_suppressions(OvWindow *window);

/* How much mail each domain sends to whom; the window's. */
OvVolumes *ov_window_volumes(OvWindow *window);

/* Answers from the window, which must outlive it. */
const OvHistory *ov_window_history(OvWindow *window);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvWindow, ov_window_free)
