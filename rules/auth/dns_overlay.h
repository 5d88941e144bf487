/* A book in which one name has other TXT records than in the DNS: for trying a record before it is
 * published. */
#pragma once

#include "rules/auth/dns.h"

typedef struct {
    OvDnsBook book; /* what evaluators are given */
    OvDnsBook *under;
    char name[OV_DNS_NAME_LIMIT];
    gsize name_length;
    OvDnsRecord record;
    OvDnsAnswer answer;
} OvDnsOverlay;

/* name has the one TXT record text; all else is as in under. Both must outlive the overlay, which
 * must not be moved. */
void ov_dns_overlay_init(OvDnsOverlay *overlay, OvDnsBook *under, OvSlice name, OvSlice text);
