/* How the mail of a domain meets what Gmail, Yahoo and Microsoft ask (rules/requirements.h), summed
 * over days of the ledger; and what is printed of it. */
#pragma once

#include "policy/ledger/ledger.h"

#include <jansson.h>

/* Of one requirement over all messages of a domain; the worst that any message came to. */
typedef enum {
    OV_COMPLIANCE_NOTHING, /* it applies to none of them */
    OV_COMPLIANCE_MET,
    OV_COMPLIANCE_UNKNOWN, /* of some it is not known, the others meet it */
    OV_COMPLIANCE_NOT_MET,
} OvComplianceOutcome;

typedef struct {
    const char *domain; /* organisational domain of From */
    gint64 messages;
    gint64 states[OV_N_REQUIREMENTS][OV_N_REQUIREMENT_STATES]; /* messages */
    gint64 peak[OV_N_DEMANDING];       /* recipients there on the busiest day, UTC */
    gint64 bulk_since[OV_N_DEMANDING]; /* microseconds since the epoch; 0: no bulk sender there */
    gint64 day, today[OV_N_DEMANDING]; /* the day that is being summed */
} OvCompliance;

/* Sums the last days, today counted (UTC), of domain alone where it is not NULL. Worst first: by
 * what providers refuse it for, then by what it does not meet, then by messages. Array and domains
 * are the arena's. NULL with error. */
OvCompliance **ov_compliance_read(OvLedger *ledger, gint64 days, const char *domain, OvArena *arena,
                                  guint *n, GError **error);

OvComplianceOutcome ov_compliance_outcome(const OvCompliance *compliance, guint requirement);
/* TRUE where the provider asks it of all senders, or of bulk senders and this one is one there. */
gboolean ov_compliance_is_asked(const OvCompliance *compliance, guint requirement, guint provider);
/* How many times a provider asks what is not met. */
guint ov_compliance_n_refused(const OvCompliance *compliance);

json_t *ov_compliance_json(const OvCompliance *compliance);
/* A row a domain, the first 40. */
void ov_compliance_append_matrix(GString *out, OvCompliance *const *all, guint n, gboolean colour);
/* One domain with all that is not met, why and what to do. */
void ov_compliance_append(GString *out, const OvCompliance *compliance, gboolean colour);
