/* Whether a domain can be written to. Pure: a function of a book of answers. */
#pragma once

#include "rules/auth/exchanger.h"

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

enum { OV_MAIL_DOMAIN_MAX_EXCHANGERS = 3 }; /* that are looked at, in the answer's order */

typedef struct {
    OvMailDomain state;     /* PENDING, too, while an exchanger is */
    gboolean only_address;  /* reachable, by its own address in place of a mail exchanger */
    gboolean known;         /* of state and of each exchanger */
    OvExchangerState fault; /* of the first exchanger that is no good; RIGHT where none is known */
    OvSlice exchanger;      /* that one; the book's */
} OvMailDomainCheck;

/* The same with its mail exchangers. */
void ov_mail_domain_check(OvDnsBook *book, OvSlice domain, OvMailDomainCheck *check);
