/* Messages that were let through (accepted or tagged) and that the provider took for spam, beside
 * all that were let through at the same time. Only detections that come from one message for sure
 * count (OV_DETECTION_FOUND), and a message counts once. All mail of the time is read: for reports,
 * by a reader of their own. from and to: when messages were taken, microseconds since the epoch. */
#pragma once

#include "policy/ledger/incident.h"

typedef struct {
    gint64 detected; /* messages that the provider took for spam */
    gint64 missed;   /* of those let through; the others were held and released */
    gint64 shadowed; /* of those missed that were let through by shadow mode alone */
    gint64 bare;     /* of those missed that no rule hit */
} OvMisses;
gboolean ov_ledger_misses(OvLedger *ledger, gint64 from, gint64 to, OvMisses *misses,
                          GError **error);

/* By score, in steps of half a point: from each to the next. Scores below -10 and above 50 count in
 * the first and last. In ascending order, those with mail alone; NULL with error, as the others. */
typedef struct {
    double score;
    gint64 missed, passed; /* messages; passed: all that were let through, missed among them */
} OvMissesOfScore;
OvMissesOfScore *ov_ledger_misses_by_score(OvLedger *ledger, gint64 from, gint64 to, OvArena *arena,
                                           guint *n, GError **error);

/* What the provider took for spam, by the provider's score in steps of a hundred, and what we
 * thought of it, let through or not. In ascending order; detections without score are left out. */
typedef struct {
    gint64 score;    /* from here to the next step */
    gint64 messages; /* detections */
    double ours;     /* our mean score of them */
} OvScoresBeside;
OvScoresBeside *ov_ledger_scores_beside(OvLedger *ledger, gint64 from, gint64 to, OvArena *arena,
                                        guint *n, GError **error);

/* By rule, or by account; "" where none is known. The most missed first, those with any alone. */
typedef struct {
    const char *name;
    gint64 missed, passed; /* messages that it hit, or that it sent; likewise */
} OvMissesOf;
OvMissesOf *ov_ledger_misses_by_rule(OvLedger *ledger, gint64 from, gint64 to, guint limit,
                                     OvArena *arena, guint *n, GError **error);
OvMissesOf *ov_ledger_misses_by_account(OvLedger *ledger, gint64 from, gint64 to, guint limit,
                                        OvArena *arena, guint *n, GError **error);
