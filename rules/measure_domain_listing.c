#include "rules/auth/domain_listing.h"
#include "rules/auth/domain_name.h"
#include "rules/known_domains.h"
#include "rules/measure_dns.h"

enum {
    MAX_LINKED = 10,
    MAX_QUESTIONS = 30, /* of senders, and of links: there is more to ask than this */
};

/* Domains that are asked about, each once. */
typedef struct {
    OvSlice domains[MAX(MAX_LINKED, OV_OWN_MAX_DOMAINS)];
    guint n;
} Asked;

static void add(Asked *asked, OvSlice domain, guint limit) {
    if (asked->n == limit || !ov_domain_name_is(domain) || ov_domain_is_reserved(domain))
        return;
    for (guint i = 0; i < asked->n; i++)
        if (ov_slice_equal(asked->domains[i], domain))
            return;
    asked->domains[asked->n++] = domain;
}

static gboolean look_up(OvMeasure *measure, const Asked *asked, OvFactId listing, OvFactId text) {
    const OvEnvelope *envelope = measure->message->envelope;
    OvDomainListing found;
    ov_domain_listing_find(measure->arena, envelope->dns, envelope->standing, envelope->now,
                           asked->domains, asked->n, &found);
    if (found.pending || !found.known)
        return found.pending;
    ov_facts_set_text(measure->facts, listing, ov_slice(ov_listing_name(found.listing)));
    ov_facts_set_text(measure->facts, text,
                      ov_slice(ov_domain_listing_text(measure->arena, &found)));
    return FALSE;
}

gboolean ov_measure_domain_listing(OvMeasure *measure, const OvLinks *links,
                                   const OvOwnDomains *own) {
    const OvStanding *standing = measure->message->envelope->standing;
    if (!standing || ov_standing_n_domain_lists(standing) == 0 ||
        !ov_facts_truth(measure->facts, OV_FACT_MESSAGE_OUTBOUND))
        return FALSE;
    Asked senders = {.n = 0}, linked = {.n = 0};
    guint limit = MAX_QUESTIONS / MIN(ov_standing_n_domain_lists(standing), MAX_QUESTIONS);
    for (guint i = 0; i < own->n_domains; i++)
        add(&senders, own->domains[i], MIN(limit, OV_OWN_MAX_DOMAINS));
    for (guint i = 0; links && i < links->n_links; i++)
        if (ov_link_is_web(&links->links[i]) && !links->links[i].quoted &&
            links->links[i].target.host_kind == OV_HOST_NAME)
            add(&linked, links->links[i].target.organisation, MIN(limit, MAX_LINKED));
    gboolean pending =
        look_up(measure, &senders, OV_FACT_DNS_DOMAIN_LISTED, OV_FACT_DNS_DOMAIN_LISTED_TEXT);
    return look_up(measure, &linked, OV_FACT_DNS_LINK_LISTED, OV_FACT_DNS_LINK_LISTED_TEXT) ||
           pending;
}
