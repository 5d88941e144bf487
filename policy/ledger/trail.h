/* Messages as far as it matters whether, when and to where they left: what a detection of the
 * provider's is compared with. Times are microseconds since the epoch. */
#pragma once

#include "policy/ledger/ledger.h"

typedef struct {
    gint64 id, time;
    const char *account; /* NULL where it is not known, as the others */
    const char *verdict;
    const char *egress; /* the address for which SPF was looked up */
    gboolean released;  /* by an operator */
    const char *event;  /* what its queue did with it last (OvQueueEvent) */
} OvTrail;

/* Those with a Message-ID (compared as by ov_ledger_find), in the order of time: at most 15 that
 * were taken before near, the newest of them, and at most 5 from near to far, the oldest of them.
 * An array in the arena; NULL with error; so the others. */
OvTrail *ov_ledger_trails(OvLedger *ledger, const char *message_id, gint64 near, gint64 far,
                          OvArena *arena, guint *n, GError **error);
/* Those without Message-ID that were taken from from to to, the newest 200. */
OvTrail *ov_ledger_nameless_trails(OvLedger *ledger, gint64 from, gint64 to, OvArena *arena,
                                   guint *n, GError **error);
/* Likewise, those with that queue id; at most 20. */
OvTrail *ov_ledger_trails_of_queue_id(OvLedger *ledger, const char *queue_id, gint64 from,
                                      gint64 to, OvArena *arena, guint *n, GError **error);

/* Where deliveries of a message went, whatever came of them; at most 1,000. */
typedef struct {
    const char *relay;  /* "mx.example.net[198.51.100.7]:25"; "" where none is told */
    gint64 first, last; /* tries */
} OvTrailRelay;
OvTrailRelay *ov_ledger_trail_relays(OvLedger *ledger, gint64 message, OvArena *arena, guint *n,
                                     GError **error);

/* Has the kernel read what the trails of so many Message-IDs need from the disk, some at a time,
 * and mail from from to to in one go, before each is asked for alone. Little work where it is in
 * memory already. Trouble here is none: who asks then is told. */
void ov_ledger_read_ahead(OvLedger *ledger, const char *const *message_ids, guint n, gint64 from,
                          gint64 to);
