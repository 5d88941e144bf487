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

static void check_exchangers(OvDnsBook *book, const OvDnsAnswer *mx, OvMailDomainCheck *check) {
    for (guint i = 0; i < MIN(mx->n_records, OV_MAIL_DOMAIN_MAX_EXCHANGERS); i++) {
        OvExchangerState state = ov_exchanger_find(book, mx->records[i].data);
        if (state == OV_EXCHANGER_PENDING)
            check->state = OV_MAIL_DOMAIN_PENDING;
        else if (state == OV_EXCHANGER_UNKNOWN)
            check->known = FALSE;
        else if (state != OV_EXCHANGER_RIGHT && check->fault == OV_EXCHANGER_RIGHT) {
            check->fault = state;
            check->exchanger = mx->records[i].data;
        }
    }
}

void ov_mail_domain_check(OvDnsBook *book, OvSlice domain, OvMailDomainCheck *check) {
    *check = (OvMailDomainCheck){.state = ov_mail_domain_find(book, domain),
                                 .fault = OV_EXCHANGER_RIGHT};
    check->known = check->state != OV_MAIL_DOMAIN_UNKNOWN;
    if (check->state != OV_MAIL_DOMAIN_REACHABLE)
        return;
    const OvDnsAnswer *mx = ov_dns_look_up(book, domain, OV_DNS_MX);
    check->only_address = mx->status == OV_DNS_NO_DATA;
    check_exchangers(book, mx, check);
}
