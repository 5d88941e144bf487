/* A mail exchanger of a domain: whether mail can be sent to it (RFC 5321 5.1). Pure: a function of
 * a book of answers. */
#pragma once

#include "rules/auth/dns.h"

typedef enum {
    OV_EXCHANGER_PENDING,
    OV_EXCHANGER_UNKNOWN, /* DNS failed */
    OV_EXCHANGER_RIGHT,   /* has an address */
    OV_EXCHANGER_NO_NAME,
    OV_EXCHANGER_NO_ADDRESS,
    OV_EXCHANGER_IS_ADDRESS, /* an IP address stands where a name must (RFC 5321 5.1) */
    OV_EXCHANGER_ALIAS,      /* the name is a CNAME (RFC 2181 10.3) */
    OV_EXCHANGER_PRIVATE,    /* a name, or nothing but addresses, that the public can't reach */
    OV_EXCHANGER_NULL,       /* the root, beside others or alone (RFC 7505) */
} OvExchangerState;

/* name: of an MX record's answer. */
OvExchangerState ov_exchanger_find(OvDnsBook *book, OvSlice name);
/* What is so, in words that follow the name: "does not exist". Never NULL. */
const char *ov_exchanger_words(OvExchangerState state);
