#include "rules/auth/exchanger.h"

#include "rules/auth/ip_address.h"
#include "rules/known_domains.h"

static gboolean all_private(const OvDnsAnswer *answer) {
    for (guint i = 0; i < answer->n_records; i++) {
        OvIpAddress address;
        if (!ov_ip_address_of_record(answer->records[i].data, &address) ||
            !ov_ip_address_is_private(&address))
            return FALSE;
    }
    return TRUE;
}

OvExchangerState ov_exchanger_find(OvDnsBook *book, OvSlice name) {
    OvIpAddress address;
    if (name.length == 0)
        return OV_EXCHANGER_NULL;
    if (ov_ip_address_parse(name, &address))
        return OV_EXCHANGER_IS_ADDRESS;
    if (ov_domain_is_reserved(name))
        return OV_EXCHANGER_PRIVATE;
    const OvDnsAnswer *a = ov_dns_look_up(book, name, OV_DNS_A);
    const OvDnsAnswer *alias = ov_dns_look_up(book, name, OV_DNS_CNAME);
    if (a->status == OV_DNS_PENDING || alias->status == OV_DNS_PENDING)
        return OV_EXCHANGER_PENDING;
    if (alias->status == OV_DNS_FOUND)
        return OV_EXCHANGER_ALIAS;
    if (a->status == OV_DNS_FOUND && !all_private(a))
        return OV_EXCHANGER_RIGHT;
    /* Most have the one, so the other is asked where it is missed. */
    const OvDnsAnswer *aaaa = ov_dns_look_up(book, name, OV_DNS_AAAA);
    if (aaaa->status == OV_DNS_PENDING)
        return OV_EXCHANGER_PENDING;
    if (aaaa->status == OV_DNS_FOUND && !all_private(aaaa))
        return OV_EXCHANGER_RIGHT;
    gboolean unknown = a->status == OV_DNS_FAILED || aaaa->status == OV_DNS_FAILED;
    if (a->status == OV_DNS_FOUND || aaaa->status == OV_DNS_FOUND)
        return unknown ? OV_EXCHANGER_UNKNOWN : OV_EXCHANGER_PRIVATE;
    if (unknown)
        return OV_EXCHANGER_UNKNOWN;
    return a->status == OV_DNS_NO_NAME ? OV_EXCHANGER_NO_NAME : OV_EXCHANGER_NO_ADDRESS;
}

const char *ov_exchanger_words(OvExchangerState state) {
    static const char *const words[] = {
        [OV_EXCHANGER_PENDING] = "is being looked up",
        [OV_EXCHANGER_UNKNOWN] = "is not known, as the DNS gave no answer",
        [OV_EXCHANGER_RIGHT] = "has an address",
        [OV_EXCHANGER_NO_NAME] = "does not exist",
        [OV_EXCHANGER_NO_ADDRESS] = "has no address",
        [OV_EXCHANGER_IS_ADDRESS] = "is an address, and no name",
        [OV_EXCHANGER_ALIAS] = "is an alias (CNAME)",
        [OV_EXCHANGER_PRIVATE] = "can be reached from inside a private network alone",
        [OV_EXCHANGER_NULL] = "says that the domain takes no mail",
    };
    return words[state];
}
