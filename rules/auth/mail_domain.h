/* Whether a domain can be written to. Pure: a function of a book of answers. */
#pragma once

#include "rules/auth/dns.h"

typedef enum {
    OV_MAIL_DOMAIN_PENDING,
    OV_MAIL_DOMAIN_UNKNOWN,    /* DNS failed */
    OV_MAIL_DOMAIN_REACHABLE,  /* a mail exchanger, or an address in place of one (RFC 5321 5.1) */
    OV_MAIL_DOMAIN_NULL_MX,    /* says that it takes no mail (RFC 7505) */
    OV_MAIL_DOMAIN_NO_ADDRESS, /* neither mail exchanger nor address */
    OV_MAIL_DOMAIN_NO_NAME,    /* does not exist */
} OvMailDomain;

/* domain: A-labels. */
OvMailDomain ov_mail_domain_find(OvDnsBook *book, OvSlice domain);
