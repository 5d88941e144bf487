/* The judgement: a message and answers of the DNS in, hits and score out. Pure and thread-safe: no
 * clock but the envelope's (the time limit aside), no file, no network; where it waits for answers,
 * the envelope's book says how long. */
#pragma once

#include "rules/measure.h"
#include "rules/requirements.h"

/* A ruleset made ready to judge with: it keeps the work space of finished judgements for the next
 * ones. Shared by any number of threads. */
typedef struct OvJudge OvJudge;

/* Takes a reference to the ruleset. */
OvJudge *ov_judge_new(OvRuleset *ruleset);
OvJudge *ov_judge_ref(OvJudge *judge);
void ov_judge_unref(OvJudge *judge);
OvRuleset *ov_judge_ruleset(OvJudge *judge); /* borrowed */

typedef struct {
    const OvRule *rule;
    double score; /* what it adds, after class multiplier, before the group's cap */
    /* What was found: at most 80 characters, printable; a number with its unit; "" where none. */
    const char *evidence;
    const char *advice; /* with values filled in */
} OvHit;

typedef struct OvJudgement OvJudgement;

/* Judges raw, the whole message or the first part of its size octets. Never fails. time_limit:
 * microseconds for this message, 0 for no limit; what it left unmeasured is unknown. envelope and
 * raw must outlive the judgement, which holds a reference to the judge. */
OvJudgement *ov_judge_message(OvJudge *judge, const OvEnvelope *envelope, OvSlice raw, gsize size,
                              gint64 time_limit);
void ov_judgement_free(OvJudgement *judgement);

double ov_judgement_score(const OvJudgement *judgement); /* sum of capped groups, two decimals */
OvClass ov_judgement_class(const OvJudgement *judgement);
OvAsk ov_judgement_ask(const OvJudgement *judgement);    /* the strongest demand of its hits */
guint ov_judgement_n_hits(const OvJudgement *judgement); /* shadow rules' hits too */
const OvHit *ov_judgement_hit(const OvJudgement *judgement, guint hit); /* heaviest first */
const OvFacts *ov_judgement_facts(const OvJudgement *judgement);
const OvMessage *ov_judgement_message(const OvJudgement *judgement);
/* What Gmail, Yahoo and Microsoft ask for (rules/requirements.h); 0 for mail that stays on local
 * hosts. */
OvRequirementMask ov_judgement_requirements(const OvJudgement *judgement);
/* Recipients with personal mailboxes at a provider (of the first OV_N_DEMANDING). */
guint ov_judgement_copies(const OvJudgement *judgement, OvProvider provider);
/* What history keeps of the message; all 0 where the envelope had none. */
const OvFingerprint *ov_judgement_fingerprint(const OvJudgement *judgement);
gboolean ov_judgement_late(const OvJudgement *judgement); /* the time limit passed */
const OvRuleset *ov_judgement_ruleset(const OvJudgement *judgement);
/* Memory that is freed with the judgement, for what is derived from it. */
OvArena *ov_judgement_arena(OvJudgement *judgement);
/* Decoded for people, valid UTF-8, "" where absent; live as long as the judgement. */
const char *ov_judgement_subject(const OvJudgement *judgement);
const char *ov_judgement_from(const OvJudgement *judgement);       /* the From field's text */
const char *ov_judgement_message_id(const OvJudgement *judgement); /* with <>, as it came */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvJudge, ov_judge_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvJudgement, ov_judgement_free)
