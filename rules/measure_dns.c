#include "rules/measure_dns.h"

#include "rules/auth/mail_domain.h"
#include "rules/known_domains.h"
#include "rules/measure_header.h"

enum { MAX_HOSTS = 10 };

typedef struct {
    OvFactId fault, domain; /* of the field that names it */
    OvFactId missing;
    gint null_mx; /* -1 for none */
} Named;

static const Named named[] = {
    {OV_FACT_HEADER_FROM_FAULT, OV_FACT_HEADER_FROM_DOMAIN, OV_FACT_DNS_FROM_MISSING,
     OV_FACT_DNS_FROM_NULL_MX},
    {OV_FACT_HEADER_REPLY_TO_FAULT, OV_FACT_HEADER_REPLY_TO_DOMAIN, OV_FACT_DNS_REPLY_TO_MISSING,
     -1},
};

/* The domain of a field; empty where the DNS has nothing to say of it, as it is no domain, or none
 * of the public. */
static OvSlice domain_of(const OvFacts *facts, const Named *field) {
    const OvValue *fault = &facts->value[field->fault], *domain = &facts->value[field->domain];
    if (fault->type != OV_TEXT || fault->text.length > 0 || domain->type != OV_TEXT ||
        ov_domain_is_reserved(domain->text))
        return (OvSlice){NULL, 0};
    return domain->text;
}

static gboolean measure_domain(OvMeasure *measure, const Named *field) {
    OvSlice domain = domain_of(measure->facts, field);
    if (domain.length == 0)
        return FALSE;
    OvMailDomain found = ov_mail_domain_find(measure->message->envelope->dns, domain);
    if (found == OV_MAIL_DOMAIN_PENDING || found == OV_MAIL_DOMAIN_UNKNOWN)
        return found == OV_MAIL_DOMAIN_PENDING;
    ov_facts_set_truth(measure->facts, field->missing,
                       found == OV_MAIL_DOMAIN_NO_NAME || found == OV_MAIL_DOMAIN_NO_ADDRESS);
    if (field->null_mx >= 0)
        ov_facts_set_truth(measure->facts, (guint)field->null_mx, found == OV_MAIL_DOMAIN_NULL_MX);
    return FALSE;
}

static gboolean is_asked(const OvLink *link) {
    return ov_link_is_web(link) && !link->quoted && link->target.host_kind == OV_HOST_NAME &&
           !link->target.private_use;
}

/* The first hosts of links, each once. */
static guint collect_hosts(const OvLinks *links, OvSlice hosts[MAX_HOSTS]) {
    guint n = 0;
    for (guint i = 0; i < links->n_links && n < MAX_HOSTS; i++) {
        if (!is_asked(&links->links[i]))
            continue;
        OvSlice host = links->links[i].target.host;
        guint known = 0;
        while (known < n && !ov_slice_equal(hosts[known], host))
            known++;
        if (known == n)
            hosts[n++] = host;
    }
    return n;
}

static gboolean measure_links(OvMeasure *measure, const OvLinks *links) {
    OvSlice hosts[MAX_HOSTS], first = OV_SLICE_LITERAL("");
    guint n = collect_hosts(links, hosts), n_missing = 0, n_unknown = 0;
    gboolean pending = FALSE;
    for (guint i = 0; i < n; i++) {
        const OvDnsAnswer *answer =
            ov_dns_look_up(measure->message->envelope->dns, hosts[i], OV_DNS_A);
        pending = pending || answer->status == OV_DNS_PENDING;
        n_unknown += answer->status == OV_DNS_FAILED;
        if (answer->status == OV_DNS_NO_NAME && n_missing++ == 0)
            first = hosts[i];
    }
    /* One that is missing is told although others are unknown. */
    if (pending || (n_missing == 0 && n_unknown > 0))
        return pending;
    ov_facts_set_number(measure->facts, OV_FACT_DNS_LINK_MISSING, n_missing);
    ov_measure_set_text(measure, OV_FACT_DNS_LINK_MISSING_TEXT, first);
    return FALSE;
}

gboolean ov_measure_dns(OvMeasure *measure, const OvLinks *links) {
    gboolean pending = FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(named); i++)
        if (measure_domain(measure, &named[i]))
            pending = TRUE;
    return (links && measure_links(measure, links)) || pending;
}
