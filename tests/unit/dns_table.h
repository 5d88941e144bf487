/* A book of DNS answers from a table, for tests of evaluators. */
#pragma once

#include "rules/auth/dns.h"

/* Freed with dns_table_free; its answers live as long. */
OvDnsBook *dns_table_new(void);
void dns_table_free(OvDnsBook *book);

/* One record more of name. value as in a zone file but for quotes: "192.0.2.1", "2001:db8::1",
 * "10 mx.example.org" ("0 ." is a null MX), "host.example.org", and of a TXT its strings joined. A
 * name that has any record, or a name below it, has no data of other types; another is no name. A
 * CNAME answers for every type, by what it leads to. */
void dns_table_add(OvDnsBook *book, const char *name, OvDnsType type, const char *value);
/* A TXT of any octets. */
void dns_table_add_text(OvDnsBook *book, const char *name, OvSlice text);
/* The answer for name and type whatever is added: OV_DNS_FAILED, or OV_DNS_PENDING for ever. */
void dns_table_set(OvDnsBook *book, const char *name, OvDnsType type, OvDnsStatus status);
/* The same for all types of which name has no record yet. */
void dns_table_set_rest(OvDnsBook *book, const char *name, OvDnsStatus status);
/* A zone: lines "NAME TYPE VALUE", or "NAME failed", "NAME pending" for the rest of a name. */
void dns_table_read(OvDnsBook *book, const char *zone);

/* From now on an answer is pending until the next ov_dns_wait, as over a network. */
void dns_table_be_slow(OvDnsBook *book);
/* Different questions so far. */
guint dns_table_asked(OvDnsBook *book);
gboolean dns_table_was_asked(OvDnsBook *book, const char *name, OvDnsType type);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvDnsBook, dns_table_free)
