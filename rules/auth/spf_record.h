/* An SPF record's terms, by the grammar of RFC 7208 section 12 and nothing wider. Reading copies
 * nothing: a record of 64 KiB costs no memory. */
#pragma once

#include "rules/auth/ip_address.h"

typedef enum {
    OV_SPF_ALL,
    OV_SPF_INCLUDE,
    OV_SPF_A,
    OV_SPF_MX,
    OV_SPF_PTR,
    OV_SPF_IP4,
    OV_SPF_IP6,
    OV_SPF_EXISTS,
    OV_SPF_REDIRECT,
    OV_SPF_EXPLANATION,
    OV_SPF_UNKNOWN_MODIFIER,
} OvSpfKind;

typedef struct {
    OvSpfKind kind;
    char qualifier; /* of a mechanism: + - ~ ? */
    OvSlice text;   /* the term as written, with its qualifier */
    OvSlice domain; /* the domain-spec with its macros; empty where there is none: then the domain
                       whose record it is */
    OvIpAddress network; /* ip4, ip6 */
    guint bits4, bits6;  /* prefix lengths: ip4 and ip6 their own; a and mx both */
} OvSpfTerm;

typedef enum {
    OV_SPF_TERM,  /* *term is the next one */
    OV_SPF_END,   /* there is none */
    OV_SPF_FAULT, /* the grammar is broken at term->text */
} OvSpfNext;

/* Takes the next term from the start of *rest: what follows "v=spf1". *why: what is wrong, for
 * people, static; set for OV_SPF_FAULT alone. */
OvSpfNext ov_spf_term_next(OvSlice *rest, OvSpfTerm *term, const char **why);

/* The record is one of version 1 (RFC 7208 4.5); *terms gets what follows the version. */
gboolean ov_spf_record_is(OvSlice record, OvSlice *terms);

/* The term makes whoever evaluates it ask the DNS, so that it counts against the limit of ten
 * (RFC 7208 4.6.4). */
static inline gboolean ov_spf_kind_asks(OvSpfKind kind) {
    return kind == OV_SPF_INCLUDE || kind == OV_SPF_A || kind == OV_SPF_MX || kind == OV_SPF_PTR ||
           kind == OV_SPF_EXISTS || kind == OV_SPF_REDIRECT;
}
