/* The sending domains of which mail passed lately, and the DKIM keys that signed it, as the ledger
 * knows them. */
#pragma once

#include "policy/ledger/ledger.h"

enum { OV_SEEN_DAYS = 7 }; /* "lately": so many days, today counted, UTC */

typedef struct {
    const char *domain; /* organisational domain of From, in lower case */
    gint64 messages;
} OvSeenDomain;

/* Of which mail: anybody can have mail held in another's name. */
typedef enum { OV_SEEN_ALL, OV_SEEN_DEPARTED } OvSeenMail;

/* Those with most messages first, at most limit of the *n_all that there are; NULL with error.
 * Arena. */
OvSeenDomain *ov_seen_domains(OvLedger *ledger, gint64 now, OvSeenMail which, guint limit,
                              OvArena *arena, guint *n, guint *n_all, GError **error);

enum { OV_SEEN_MAX_SELECTORS = 24 }; /* of a domain; those used last */

/* The selectors of domain (canonical, as in d=) under which mail was signed lately,
 * NULL-terminated; NULL with error. Arena. */
const char *const *ov_seen_selectors(OvLedger *ledger, gint64 now, const char *domain,
                                     OvArena *arena, GError **error);
