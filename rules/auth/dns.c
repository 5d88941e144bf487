#include "rules/auth/dns.h"

gssize ov_dns_name(OvSlice name, char canonical[OV_DNS_NAME_LIMIT]) {
    if (name.length > 0 && name.data[name.length - 1] == '.')
        name.length--;
    if (name.length > OV_DNS_NAME_LIMIT)
        return -1;
    gsize label = 0;
    for (gsize i = 0; i < name.length; i++) {
        canonical[i] = g_ascii_tolower(name.data[i]);
        if (name.data[i] != '.') {
            if (++label > OV_DNS_LABEL_LIMIT)
                return -1;
        } else if (label == 0) {
            return -1;
        } else {
            label = 0;
        }
    }
    return name.length > 0 && label == 0 ? -1 : (gssize)name.length;
}

const OvDnsAnswer *ov_dns_look_up(OvDnsBook *book, OvSlice name, OvDnsType type) {
    static const OvDnsAnswer no_name = {.status = OV_DNS_NO_NAME, .trouble = ""};
    char canonical[OV_DNS_NAME_LIMIT];
    gssize length = ov_dns_name(name, canonical);
    if (length < 0)
        return &no_name;
    return book->ask(book, (OvSlice){canonical, (gsize)length}, type);
}

void ov_dns_wait(OvDnsBook *book) {
    if (book->wait)
        book->wait(book);
}

const char *ov_dns_type_name(OvDnsType type) {
    static const char *const names[OV_N_DNS_TYPES] = {
        [OV_DNS_A] = "A",     [OV_DNS_AAAA] = "AAAA", [OV_DNS_MX] = "MX",
        [OV_DNS_TXT] = "TXT", [OV_DNS_PTR] = "PTR",   [OV_DNS_CNAME] = "CNAME",
    };
    return names[type];
}
