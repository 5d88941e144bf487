#include "rules/auth/reverse.h"

gboolean ov_reverse_has_address(const OvDnsAnswer *answer, const OvIpAddress *address) {
    for (guint i = 0; i < answer->n_records; i++) {
        OvIpAddress found;
        if (ov_ip_address_of_record(answer->records[i].data, &found) &&
            ov_ip_address_in(&found, address, address->length * 8U))
            return TRUE;
    }
    return FALSE;
}

/* What the names say together. All are asked, so that their answers come at the same time. */
static void confirm(OvDnsBook *book, const OvDnsAnswer *names, const OvIpAddress *address,
                    OvReverse *reverse) {
    OvDnsType type = address->length == 4 ? OV_DNS_A : OV_DNS_AAAA;
    reverse->state = OV_REVERSE_UNCONFIRMED;
    for (guint i = 0; i < MIN(names->n_records, OV_REVERSE_MAX_NAMES); i++) {
        const OvDnsAnswer *answer = ov_dns_look_up(book, names->records[i].data, type);
        if (reverse->state == OV_REVERSE_CONFIRMED)
            continue;
        if (ov_reverse_has_address(answer, address)) {
            reverse->state = OV_REVERSE_CONFIRMED;
            reverse->name = names->records[i].data;
        } else if (answer->status == OV_DNS_PENDING) {
            reverse->state = OV_REVERSE_PENDING;
        } else if (answer->status == OV_DNS_FAILED && reverse->state != OV_REVERSE_PENDING) {
            reverse->state = OV_REVERSE_UNKNOWN;
        }
    }
}

void ov_reverse_find(OvArena *arena, OvDnsBook *book, const OvIpAddress *address,
                     OvReverse *reverse) {
    const OvDnsAnswer *names =
        ov_dns_look_up(book, ov_ip_address_reverse_name(arena, address), OV_DNS_PTR);
    *reverse = (OvReverse){.n_names = names->n_records, .name = OV_SLICE_LITERAL("")};
    switch (names->status) {
    case OV_DNS_PENDING:
        reverse->state = OV_REVERSE_PENDING;
        return;
    case OV_DNS_FAILED:
        reverse->state = OV_REVERSE_UNKNOWN;
        return;
    case OV_DNS_NO_DATA:
    case OV_DNS_NO_NAME:
        reverse->state = OV_REVERSE_NONE;
        return;
    case OV_DNS_FOUND:
        reverse->name = names->records[0].data;
        confirm(book, names, address, reverse);
    }
}
