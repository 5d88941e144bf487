/* A sending domain as receivers see it, a section of its own for each subject: what is there, what
 * is wrong with it, and the record to publish. Pure: functions of a book of answers; a section that
 * is pending is run again when answers have come. */
#pragma once

#include "rules/auth/dkim.h"
#include "rules/auth/dmarc.h"
#include "rules/auth/egress.h"
#include "rules/auth/exchanger.h"
#include "rules/auth/spf_mend.h"
#include "rules/auth/spf_tree.h"

typedef struct {
    OvSlice domain;               /* canonical (rules/address.h) */
    const OvIpAddress *addresses; /* from which its mail leaves: OV_EGRESS_MAX_POINTS at most */
    guint n_addresses;            /* 0: not known */
    OvSlice helo;                 /* the name said there; empty where it is not known */
    const char *const *selectors; /* of DKIM, NULL-terminated; none: common names are tried */
} OvDomainQuestion;

typedef struct {
    OvFindings findings;
    gboolean pending;
    OvSpfMend mend;
    OvSpfTree tree; /* of the record that is there, where there is one */
    guint n_results;
    OvSpf results[OV_EGRESS_MAX_POINTS]; /* of each address, by the record that is there */
} OvDomainSpf;

void ov_domain_spf(OvArena *arena, OvDnsBook *book, const OvDomainQuestion *question,
                   OvDomainSpf *spf);

typedef enum {
    OV_SELECTOR_PENDING,
    OV_SELECTOR_UNKNOWN, /* DNS failed */
    OV_SELECTOR_NONE,
    OV_SELECTOR_FOUND, /* fault tells whether the key can be used */
} OvSelectorState;

typedef struct {
    OvSlice selector;
    OvSelectorState state;
    OvDkimFault fault;
    guint bits; /* of an RSA key */
    gboolean ed25519, test_key;
    OvSlice record; /* as published, of FOUND */
} OvSelector;

enum { OV_DOMAIN_MAX_SELECTORS = 24 };

typedef struct {
    OvFindings findings;
    gboolean pending;
    gboolean wildcard; /* any name below the domain has TXT records */
    guint n_selectors; /* those asked for; of common names those that are there */
    OvSelector selectors[OV_DOMAIN_MAX_SELECTORS];
} OvDomainDkim;

void ov_domain_dkim(OvArena *arena, OvDnsBook *book, const OvDomainQuestion *question,
                    OvDomainDkim *dkim);

typedef struct {
    OvFindings findings;
    gboolean pending;
    OvDmarc dmarc; /* but for result and alignment */
} OvDomainDmarc;

void ov_domain_dmarc(OvArena *arena, OvDnsBook *book, const OvDomainQuestion *question,
                     OvDomainDmarc *dmarc);

typedef struct {
    guint preference;
    OvSlice name;
    OvExchangerState state;
} OvExchanger;

enum { OV_DOMAIN_MAX_EXCHANGERS = 16 };

typedef struct {
    OvFindings findings;
    gboolean pending;
    guint n_exchangers; /* the first OV_DOMAIN_MAX_EXCHANGERS */
    OvExchanger exchangers[OV_DOMAIN_MAX_EXCHANGERS];
} OvDomainMx;

void ov_domain_mx(OvArena *arena, OvDnsBook *book, const OvDomainQuestion *question,
                  OvDomainMx *mx);
