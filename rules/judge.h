/* The judgement: a message in, hits and score out. Pure and thread-safe: no clock but the
 * envelope's, no file, no network. */
#pragma once

#include "rules/measure.h"

typedef struct {
    const OvRule *rule;
    double score;         /* what it adds, after class multiplier, before the group's cap */
    const char *evidence; /* what was found: at most 80 characters, printable, "" where none */
    const char *advice;   /* with values filled in */
} OvHit;

typedef struct OvJudgement OvJudgement;

typedef struct {
    gint64 time_limit; /* microseconds for one message; 0 for no limit */
} OvJudgeOptions;

/* Judges raw (at most the first scan_limit octets of size). Never fails. The envelope and raw must
 * outlive the judgement. Holds a reference to the ruleset. */
OvJudgement *ov_judge(OvRuleset *ruleset, const OvEnvelope *envelope, OvSlice raw, gsize size,
                      const OvJudgeOptions *options);
void ov_judgement_free(OvJudgement *judgement);

double ov_judgement_score(const OvJudgement *judgement); /* sum of capped groups, two decimals */
OvClass ov_judgement_class(const OvJudgement *judgement);
OvAsk ov_judgement_ask(const OvJudgement *judgement); /* the strongest demand of its hits */
guint ov_judgement_n_hits(const OvJudgement *judgement);  /* shadow rules' hits too */
const OvHit *ov_judgement_hit(const OvJudgement *judgement, guint hit); /* heaviest first */
const OvFacts *ov_judgement_facts(const OvJudgement *judgement);
const OvMessage *ov_judgement_message(const OvJudgement *judgement);
gboolean ov_judgement_late(const OvJudgement *judgement); /* the time limit passed */
const OvRuleset *ov_judgement_ruleset(const OvJudgement *judgement);
/* Decoded for people, valid UTF-8, "" where absent; live as long as the judgement. */
const char *ov_judgement_subject(const OvJudgement *judgement);
const char *ov_judgement_from(const OvJudgement *judgement); /* first mailbox's address, else text */
const char *ov_judgement_message_id(const OvJudgement *judgement); /* with <>, as it came */

/* Evidence for people and logs: at most 80 characters of text; control, bidi, zero-width and other
 * invisible characters and invalid UTF-8 shown as \u{...}, white space folded. Arena. */
const char *ov_evidence(OvArena *arena, OvSlice text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvJudgement, ov_judgement_free)
