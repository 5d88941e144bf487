/* The lines of a case that tell of DNS and of how the message leaves. Those of the base hold for
 * each case that has none of the same name and type itself. */
#pragma once

#include "rules/auth/egress.h"
#include "rules/auth/standing.h"
#include "tests/unit/dns_table.h"

typedef struct CaseDns CaseDns;

/* base may be NULL. */
CaseDns *case_dns_new(const CaseDns *base);
void case_dns_free(CaseDns *dns);

/* What follows `dns `: NAME TYPE VALUE, NAME TYPE fails, NAME TYPE never comes, NAME TYPE none,
 * slow, or empty. FALSE: it has no such form. */
gboolean case_dns_take(CaseDns *dns, const char *rest);
/* What follows `egress `: words ADDRESS or ADDRESS=HELO, perhaps none. */
gboolean case_dns_take_egress(CaseDns *dns, const char *rest);
void case_dns_take_helo(CaseDns *dns, const char *name);
/* auto, before, after, none. */
gboolean case_dns_take_signing(CaseDns *dns, const char *word);
gboolean case_dns_take_tls(CaseDns *dns, const char *word); /* no, yes */
/* What follows `watched `: block lists, perhaps none. */
void case_dns_take_lists(CaseDns *dns, const char *rest);
/* What follows `domain-lists `: lists of domains, one at least. */
void case_dns_take_domain_lists(CaseDns *dns, const char *rest);
/* What follows `mailbox `: ADDRESS accepted|refused|unknown. */
void case_dns_take_mailbox(CaseDns *dns, const char *rest);

/* When all lines are taken. NULL where no line told of it. They live as long as dns. */
OvDnsBook *case_dns_book(CaseDns *dns);
const OvEgress *case_dns_egress(CaseDns *dns);
/* How the egress addresses stood at a time, microseconds since the epoch, by that DNS; NULL where
 * no line told that they are watched. */
const OvStanding *case_dns_standing(CaseDns *dns, gint64 now);
