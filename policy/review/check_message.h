/* One message judged as `outvet check` judges it, under the settings in force. */
#pragma once

#include "policy/review/check_report.h"

/* What all messages of a run share; read-only while they are judged. */
typedef struct {
    OvSettings *settings;
    OvJudge *judge;
    OvResolver *resolver;   /* NULL where the DNS is not asked */
    const OvEgress *egress; /* as the command line has it; NULL: as the settings have it */
    OvStanding *standing;   /* of these addresses; NULL where the DNS is not asked */
    gboolean facts;         /* show them, too */
} OvChecker;

/* What outvetd finds in the background, asked before the first message. When the time that one
 * message has is over, no more is asked: the rest is unknown. The caller gives it back with
 * ov_standing_unref; NULL where there is nothing to ask. now: microseconds since the epoch. */
OvStanding *ov_checker_ask_standing(const OvChecker *checker, gint64 now);

/* Fills report, which refers to stored, envelope and arena, and puts into the envelope what the
 * checker knows. Thread-safe. */
void ov_checker_judge(const OvChecker *checker, const OvStored *stored, OvEnvelope *envelope,
                      OvArena *arena, OvCheckReport *report);
/* When the report is written. */
void ov_checker_done(OvEnvelope *envelope, OvCheckReport *report);
