/* Mailboxes of From, Sender, Reply-To, To and Cc (RFC 5322 3.4, obsolete forms of 4.4 too). */
#pragma once

#include "rules/arena.h"

/* Of one field; what is beyond them is not read. */
enum { OV_ADDRESS_MAX_MAILBOXES = 10000, OV_ADDRESS_MAX_OCTETS = 1024 * 1024 };

/* What is wrong with one mailbox's addr-spec. */
typedef enum {
    OV_ADDRESS_NO_AT = 1 << 0,         /* no @: name alone, or nothing */
    OV_ADDRESS_EMPTY_LOCAL = 1 << 1,   /* nothing before @ */
    OV_ADDRESS_LONG_LOCAL = 1 << 2,    /* over 64 octets (RFC 5321 4.5.3.1.1) */
    OV_ADDRESS_EMPTY_DOMAIN = 1 << 3,  /* nothing after @ */
    OV_ADDRESS_LONG_DOMAIN = 1 << 4,   /* over 255 octets as A-labels (4.5.3.1.2) */
    OV_ADDRESS_BAD_LABEL = 1 << 5,     /* an empty label, one over 63 octets, - at an end */
    OV_ADDRESS_BAD_CHARACTER = 1 << 6, /* octets that local part or domain may not have */
    OV_ADDRESS_LITERAL = 1 << 7,       /* domain literal: [192.0.2.1] */
    OV_ADDRESS_NO_DOT = 1 << 8,        /* the domain has one label */
    OV_ADDRESS_BAD_IDN = 1 << 9,       /* no valid IDNA2008 name, or invalid UTF-8 */
    OV_ADDRESS_UTF8_LOCAL = 1 << 10,   /* not ASCII: needs SMTPUTF8 (RFC 6532); else no fault */
    OV_ADDRESS_SYNTAX = 1 << 11,       /* around it: unclosed < ( or ", text after > */
} OvAddressFault;

/* Faults that make an address unusable wherever it stands. UTF8_LOCAL is for the caller, who knows
 * whether SMTPUTF8 was asked for. */
#define OV_ADDRESS_INVALID                                                                         \
    (OV_ADDRESS_NO_AT | OV_ADDRESS_EMPTY_LOCAL | OV_ADDRESS_LONG_LOCAL | OV_ADDRESS_EMPTY_DOMAIN | \
     OV_ADDRESS_LONG_DOMAIN | OV_ADDRESS_BAD_LABEL | OV_ADDRESS_BAD_CHARACTER |                    \
     OV_ADDRESS_LITERAL | OV_ADDRESS_NO_DOT | OV_ADDRESS_BAD_IDN | OV_ADDRESS_SYNTAX)

/* Obsolete forms that a list of mailboxes uses (RFC 5322 4.4). */
typedef enum {
    OV_ADDRESS_OBS_ROUTE = 1 << 0,   /* <@relay.example:user@example.org> */
    OV_ADDRESS_OBS_PHRASE = 1 << 1,  /* a dot in an unquoted name: frequent, and harmless */
    OV_ADDRESS_OBS_LOCAL = 1 << 2,   /* white space or comments inside local part or domain */
    OV_ADDRESS_OBS_ELEMENT = 1 << 3, /* empty list elements: a@example.org,, b@example.org */
} OvAddressObsolete;

typedef struct {
    OvSlice name; /* display name: unquoted, encoded-words decoded, valid UTF-8; empty if none.
                     Where the address stands alone, the comment after it (RFC 5322 3.4) */
    OvSlice
        address; /* local@domain, quotes kept; what stood there where there is no @. Valid UTF-8 */
    OvSlice local;  /* unquoted, valid UTF-8 */
    OvSlice domain; /* lower case, A-labels, no final dot; where that fails, lower case as it was */
    guint faults;   /* OvAddressFault bits */
    gboolean in_group;
} OvMailbox;

typedef struct {
    OvMailbox *mailboxes; /* in order, at most OV_ADDRESS_MAX_MAILBOXES */
    guint n_mailboxes;    /* how many of them */
    guint n_groups;       /* `Team: a@example.org, b@example.org;` */
    guint n_empty_groups; /* `undisclosed-recipients:;` */
    gboolean too_many;    /* there were more mailboxes; they were not looked at */
    guint faults;         /* of all mailboxes together, and of the list's own syntax */
    guint obsolete;       /* OvAddressObsolete bits */
} OvAddressList;

/* Cuts a field's value (raw, folds inside) into mailboxes. Never NULL, never fails. Arena; the
 * slices may point into value. */
OvAddressList *ov_address_list_parse(OvArena *arena, OvSlice value);

/* One addr-spec, as of the envelope: local@domain without <>. */
void ov_address_parse(OvArena *arena, OvSlice address, OvMailbox *mailbox);

/* A domain in the form of OvMailbox.domain, of a long one the first 1000 octets; faults (may be
 * NULL) gets those of OvAddressFault that tell of domains. Arena, or domain itself. */
OvSlice ov_domain_canonical(OvArena *arena, OvSlice domain, guint *faults);

/* The organisational domain (RFC 7489 3.2): the label below the public suffix, and the suffix.
 * domain in canonical form; the result is its end, the whole of it where it is a public suffix
 * itself or has one label, the empty slice for a literal, an empty name or one over 255 octets. */
OvSlice ov_organisational_domain(OvSlice domain);

/* What stands before the first dot; the whole of a domain of one label, or an empty one. */
OvSlice ov_first_label(OvSlice domain);

/* The last label of domain (canonical form) is a top-level domain that exists. */
gboolean ov_domain_suffix_known(OvSlice domain);

/* Loads the public suffix list, which is done when it is first needed otherwise. */
void ov_domain_init(void);
