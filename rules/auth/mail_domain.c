#include "rules/auth/mail_domain.h"

static gboolean is_null_mx(const OvDnsAnswer *mx) {
    return mx->n_records == 1 && mx->records[0].data.length == 0;
}

/* What follows from the addresses, where there is no mail exchanger. */
static OvMailDomain of_addresses(const OvDnsAnswer *a, const OvDnsAnswer *aaaa) {
    if (a->status == OV_DNS_FOUND || aaaa->status == OV_DNS_FOUND)
        return OV_MAIL_DOMAIN_REACHABLE;
    if (a->status == OV_DNS_PENDING || aaaa->status == OV_DNS_PENDING)
        return OV_MAIL_DOMAIN_PENDING;
    /* A name that exists for one type and not for another is a broken server's. */
    if (a->status != OV_DNS_NO_DATA || aaaa->status != OV_DNS_NO_DATA)
        return OV_MAIL_DOMAIN_UNKNOWN;
    return OV_MAIL_DOMAIN_NO_ADDRESS;
}

OvMailDomain ov_mail_domain_find(OvDnsBook *book, OvSlice domain) {
    /* Both at once: half of the domains that lack the one have the other. */
    const OvDnsAnswer *mx = ov_dns_look_up(book, domain, OV_DNS_MX);
    const OvDnsAnswer *a = ov_dns_look_up(book, domain, OV_DNS_A);
    switch (mx->status) {
    case OV_DNS_PENDING:
        return OV_MAIL_DOMAIN_PENDING;
    case OV_DNS_FOUND:
        return is_null_mx(mx) ? OV_MAIL_DOMAIN_NULL_MX : OV_MAIL_DOMAIN_REACHABLE;
    case OV_DNS_NO_NAME:
        return OV_MAIL_DOMAIN_NO_NAME;
    case OV_DNS_NO_DATA:
        if (a->status != OV_DNS_NO_DATA)
            return of_addresses(a, a);
        return of_addresses(a, ov_dns_look_up(book, domain, OV_DNS_AAAA));
    case OV_DNS_FAILED:
        break;
    }
    return OV_MAIL_DOMAIN_UNKNOWN;
}
