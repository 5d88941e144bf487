/* Whether domains that a message names stand on a block list of domains (rule catalogue 7.2). Only
 * lists that are known to work are asked (rules/auth/standing.h), and what a list says of the
 * question itself is never a listing. Pure: a function of a book of answers. */
#pragma once

#include "rules/auth/standing.h"

typedef struct {
    gboolean pending;
    gboolean known;      /* there is a listing, or each list told that there is none */
    OvListing listing;   /* the gravest; OV_LISTING_NONE where there is none */
    OvSlice domain;      /* of that: what is listed */
    const char *list;    /* by which list; shows no key */
    const char *meaning; /* and why */
} OvDomainListing;

/* now: microseconds since the epoch; a list that was last seen working over a day before is not
 * asked. domains: A-labels. */
void ov_domain_listing_find(OvArena *arena, OvDnsBook *book, const OvStanding *standing, gint64 now,
                            const OvSlice *domains, guint n_domains, OvDomainListing *found);

/* "kranichwerke.example on dbl.spamhaus.org: DBL: a spammer's domain"; "" where none is listed. */
const char *ov_domain_listing_text(OvArena *arena, const OvDomainListing *found);
