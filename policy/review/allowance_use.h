/* What is used of an allowance, as the ledger knows it: up to the last second. */
#pragma once

#include "policy/ledger/ledger.h"
#include "policy/limits/allowance.h"

#include <jansson.h>

/* Of a mailing recipients and messages since it began; of an easing those in its span up to now.
 * FALSE with error. */
gboolean ov_allowance_use(OvLedger *ledger, const OvAllowance *allowance, gint64 now,
                          guint64 *recipients, guint64 *messages, GError **error);

/* One in force, and what is used of it. */
typedef struct {
    OvAllowance allowance;
    guint64 recipients, messages;
} OvAllowanceUse;

/* Those of a subject (its text form), oldest first; an empty array for none, NULL with error. */
OvAllowanceUse *ov_allowance_uses(OvLedger *ledger, const char *subject, gint64 now, OvArena *arena,
                                  guint *n, GError **error);
/* {"kind", "since", "until", "recipients", "messages" or "in", "used": {"recipients", "messages"},
 * "operator", "reason"} */
json_t *ov_allowance_use_json(const OvAllowanceUse *use);
