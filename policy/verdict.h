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
    gboolean shadow;
    char exempt[256]; /* why no threshold applied ("account billing@*"), "" where none did */
} OvVerdict;

/* The thresholds in force: account's override, else sender domain's, else class's, else general,
 * each threshold on its own. A bounce (dsn class) is never rejected: hold is the most. */
void ov_verdict_decide(OvVerdict *verdict, const OvSettings *settings, const OvAccount *account,
                       const OvEnvelope *envelope, const OvJudgement *judgement);
void ov_verdict_thresholds(OvThresholds *thresholds, const OvSettings *settings,
                           const OvAccount *account, const OvEnvelope *envelope,
                           OvClass message_class);
const char *ov_verdict_name(OvVerdictKind verdict); /* "accept" ... */
gboolean ov_verdict_from_name(const char *name, OvVerdictKind *verdict);
