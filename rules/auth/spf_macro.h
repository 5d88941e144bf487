/* Macros in SPF records (RFC 7208 section 7): their grammar, and what they stand for. */
#pragma once

#include "rules/auth/ip_address.h"

/* What the letters stand for. */
typedef struct {
    OvSlice sender;        /* s: local part, @ and domain */
    OvSlice local;         /* l: "postmaster" where the sender has none */
    OvSlice sender_domain; /* o */
    OvSlice domain;        /* d: whose record is evaluated */
    OvSlice helo;          /* h */
    const OvIpAddress *address;
    OvSlice validated; /* p: the name of the address, confirmed; "unknown" where there is none */
} OvSpfMacros;

/* text is a macro-string; a domain-spec, which ends in a top label or a macro. The letters c, r and
 * t, for explanations alone, are in neither. */
gboolean ov_spf_macro_string_is(OvSlice text);
gboolean ov_spf_domain_spec_is(OvSlice text);

/* A valid domain-spec asks for p, which costs DNS look-ups. */
gboolean ov_spf_asks_validated(OvSlice domain_spec);

/* The name that a valid domain-spec stands for, without final dot; of one over 253 octets labels
 * are cut from the left (RFC 7208 7.3). Empty where it is no name that can be asked: an empty label
 * or one over 63 octets, a single label, or a local part that is not ASCII (RFC 8616 4). Arena. */
OvSlice ov_spf_expand(OvArena *arena, OvSlice domain_spec, const OvSpfMacros *macros);
