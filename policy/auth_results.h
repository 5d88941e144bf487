/* What authentication came to for a message, as ledger, tags, log and commands tell it. */
#pragma once

#include "rules/arena.h"
#include "rules/facts.h"

/* NULL where it is not known. */
typedef struct {
    const char *spf;         /* pass, none, neutral, softfail, permerror, fail */
    const char *spf_address; /* the egress address for which it came out so, of several the worst */
    const char *dkim;        /* pass, fail, none */
    const char *dkim_domain, *dkim_selector; /* of the own signature; NULL where there is none */
    const char *dmarc;                       /* pass, fail, none */
    const char *aligned; /* what ties From to it: "spf dkim", "spf", "dkim", "none" */
} OvAuthResults;

/* Texts live in the arena. */
OvAuthResults ov_auth_results_take(const OvFacts *facts, OvArena *arena);

/* "spf=pass (192.0.2.1)", "dkim=pass (example.com)", "dmarc=pass": up to this many. Returns how
 * many are known. Arena. */
enum { OV_AUTH_MAX_PARTS = 3 };
guint ov_auth_results_parts(const OvAuthResults *results, OvArena *arena,
                            const char *parts[OV_AUTH_MAX_PARTS]);
