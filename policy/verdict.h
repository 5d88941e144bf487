/* What is done with a message: thresholds, the rules' own demands, exemptions, shadow mode. */
#pragma once

#include "policy/account.h"
#include "rules/judge.h"

typedef enum {
    OV_VERDICT_ACCEPT,
    OV_VERDICT_TAG,
    OV_VERDICT_HOLD,
    OV_VERDICT_DEFER,
    OV_VERDICT_REJECT,
} OvVerdictKind;

typedef struct {
    OvVerdictKind verdict;  /* what is done */
    OvVerdictKind computed; /* what would be done without shadow mode */
    gboolean shadow;        /* shadow mode was on; then verdict is accept */
    char exempt[256];       /* why no threshold applied ("account billing@*"), "" where none did */
} OvVerdict;

/* The gravest verdict whose threshold the score reaches. Beyond the score:
 *   - ask = hold and ask = reject of a rule that hit raise the verdict to hold and reject, as far
 *     as these are switched on for the message: where reject is off they mean hold, where hold is
 *     off too, tag.
 *   - a bounce (class dsn) is never rejected: hold is the most.
 *   - an exempt account, sender's domain, client network, or only exempt recipient domains: accept,
 *     and exempt says which.
 *   - shadow mode: accept, and computed says what it would have been. */
void ov_verdict_weigh(OvVerdict *verdict, const OvSettings *settings, const OvAccount *account,
                      const OvEnvelope *envelope, OvClass message_class, double score, OvAsk ask);

/* The same for a judgement. */
static inline void ov_verdict_decide(OvVerdict *verdict, const OvSettings *settings,
                                     const OvAccount *account, const OvEnvelope *envelope,
                                     const OvJudgement *judgement) {
    ov_verdict_weigh(verdict, settings, account, envelope, ov_judgement_class(judgement),
                     ov_judgement_score(judgement), ov_judgement_ask(judgement));
}

/* Sending is suspended: raises the verdict to answer, whatever exempts the message but its
 * recipients, and but for shadow mode as above. FALSE where it goes to exempt recipient domains
 * alone, and nothing changes. */
gboolean ov_verdict_suspend(OvVerdict *verdict, const OvSettings *settings,
                            const OvEnvelope *envelope, OvVerdictKind answer);

/* The thresholds in force, each on its own: from the account's override, else the envelope sender's
 * domain's, else the class's, else [verdict]. */
void ov_verdict_thresholds(OvThresholds *thresholds, const OvSettings *settings,
                           const OvAccount *account, const OvEnvelope *envelope,
                           OvClass message_class);

const char *ov_verdict_name(OvVerdictKind verdict); /* "accept", "tag", "hold", ... */
gboolean ov_verdict_from_name(const char *name, OvVerdictKind *verdict);
