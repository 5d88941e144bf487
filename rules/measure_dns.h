/* dns.*: what the DNS says of the names in a message (measure_dns.c). */
#pragma once

#include "rules/links.h"
#include "rules/measure.h"
#include "rules/own_domains.h"

/* Asks the envelope's book for what is needed, and sets what is answered. Runs again from its
 * beginning where it tells TRUE: an answer is pending. After ov_measure_header. links: NULL where
 * they are not known yet. */
gboolean ov_measure_dns(OvMeasure *measure, const OvLinks *links);

/* The same of the sender's domains: their mail exchangers (measure_sender_domain.c). */
gboolean ov_measure_sender_domain(OvMeasure *measure);
/* The same of the lists of domains: the sender's, and those that links lead to (NULL: not known)
 * (measure_domain_listing.c). */
gboolean ov_measure_domain_listing(OvMeasure *measure, const OvLinks *links,
                                   const OvOwnDomains *own);
