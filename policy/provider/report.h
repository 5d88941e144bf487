/* What the provider's detections say of our rules: what it took for spam and we let through, by
 * rule, account and score, and which threshold would have caught it at what price (guide G29). */
#pragma once

#include "policy/ledger/misses.h"

/* Messages from score on: what a threshold there would have stopped. */
typedef struct {
    double score;
    gint64 missed, passed; /* from here to the next; passed: all that were let through */
    gint64 caught;         /* of those missed, from here upwards */
    gint64 price;          /* other mail that was let through and would have been stopped with it */
} OvReportStep;

typedef struct {
    OvMisses totals;
    gint64 passed; /* all that were let through */
    const OvReportStep *steps;
    guint n_steps; /* by ascending score */
    const OvMissesOf *rules, *accounts;
    guint n_rules, n_accounts;
    const OvScoresBeside *beside; /* the provider's scores and ours */
    guint n_beside;
} OvProviderReport;

/* Of mail that was taken from from to to (microseconds since the epoch), with at most limit rules
 * and accounts. Reads all mail of the time. NULL with error. Arena. */
OvProviderReport *ov_provider_report(OvLedger *ledger, gint64 from, gint64 to, guint limit,
                                     OvArena *arena, GError **error);
/* The highest step from which on at least that share of what was missed (0 to 1) would have been
 * caught; NULL where nothing was missed. */
const OvReportStep *ov_provider_report_threshold(const OvProviderReport *report, double share);
