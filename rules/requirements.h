/* What Gmail, Yahoo and Microsoft ask of senders, and how far a message meets it. ONE table,
 * rules/requirements.def; a row is told from the message's facts. */
#pragma once

#include "rules/expression.h"
#include "rules/provider.h"

typedef enum {
#define REQUIREMENT(id, name, text, gmail, yahoo, microsoft, source, applies, met, remedy)         \
    OV_REQUIREMENT_##id,
#include "rules/requirements.def"
#undef REQUIREMENT
    OV_N_REQUIREMENTS
} OvRequirementId;

/* Of whom a provider asks it. */
typedef enum {
    OV_ASKED_NOBODY,
    OV_ASKED_ADVISED, /* good for bulk senders, not refused without */
    OV_ASKED_BULK,    /* bulk senders */
    OV_ASKED_ALL,     /* all senders */
} OvAsked;

typedef struct {
    const char *name;              /* "one-click" */
    const char *text;              /* what is met, as a sentence without its full stop */
    OvAsked asked[OV_N_DEMANDING]; /* by OvProvider */
    const char *source;            /* of the guide or of an RFC */
    const char *applies, *met;     /* conditions; met "": nothing in a message tells it */
    const char *remedy;            /* a sentence for the sender */
} OvRequirement;

extern const OvRequirement ov_requirements[OV_N_REQUIREMENTS];

/* What a message makes of a requirement. */
typedef enum {
    OV_REQUIREMENT_NOT_APPLICABLE,
    OV_REQUIREMENT_MET,
    OV_REQUIREMENT_NOT_MET,
    OV_REQUIREMENT_UNKNOWN, /* the facts for it are */
    OV_N_REQUIREMENT_STATES
} OvRequirementState;

/* All states of a message, two bits a requirement: it is what the ledger keeps. */
typedef guint64 OvRequirementMask;

static inline OvRequirementState ov_requirement_state(OvRequirementMask mask, guint requirement) {
    return (OvRequirementState)(mask >> (2 * requirement) & 3);
}

/* The table's conditions, compiled. Immutable; shared by any number of threads. */
typedef struct OvRequirementSet OvRequirementSet;
OvRequirementSet *ov_requirement_set_new(void);
void ov_requirement_set_free(OvRequirementSet *set);

/* facts: with a slot for every OvFactId. Pure; allocates nothing. */
OvRequirementMask ov_requirement_set_apply(const OvRequirementSet *set, const OvFacts *facts,
                                           OvExpressionScratch *scratch);
