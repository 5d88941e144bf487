/* DNS block lists (RFC 5782; rule catalogue 7.2): whether an address or a domain stands on one.
 * What a list says of the question itself (refused, too many) is told from what it says of the
 * subject, and a list that is dead, or lists everything, from one that works. Pure: functions of a
 * book of answers. Texts of a listing are the arena's, the book's, or for ever.
 *
 * A list is named by its zone: "zen.spamhaus.org", "bl.spamcop.net", "dbl.spamhaus.org". A zone may
 * hold the key of whoever pays for it; people and records are shown ov_block_list_name. */
#pragma once

#include "rules/auth/dns.h"
#include "rules/auth/ip_address.h"

typedef enum { OV_BLOCK_LIST_OF_ADDRESSES, OV_BLOCK_LIST_OF_DOMAINS } OvBlockListKind;

typedef enum {
    OV_BLOCK_LIST_PENDING,
    OV_BLOCK_LIST_UNKNOWN, /* DNS failed, or a code of which the list does not tell the meaning */
    OV_BLOCK_LIST_REFUSED, /* the list does not answer this resolver: never a listing */
    OV_BLOCK_LIST_BROKEN,  /* dead, captured by somebody, or it lists everything */
    OV_BLOCK_LIST_CLEAR,   /* not listed */
    OV_BLOCK_LIST_LISTED,
} OvBlockListState;

/* Why something is listed, the gravest last. */
typedef enum {
    OV_LISTING_NONE,
    OV_LISTING_NEW,    /* a domain first seen within a day */
    OV_LISTING_POLICY, /* an address that is not to send mail itself (PBL) */
    OV_LISTING_ABUSED, /* an honest domain that others abuse */
    OV_LISTING_SPAM,   /* sends spam, is taken over, or belongs to those who do that */
} OvListing;

/* Whose list it is, as rules weigh them. */
typedef enum {
    OV_BLOCK_LIST_SPAMHAUS,
    OV_BLOCK_LIST_SPAMCOP,
    OV_BLOCK_LIST_OTHER
} OvBlockListOwner;

typedef struct {
    OvBlockListState state;
    OvListing listing;   /* the gravest, of OV_BLOCK_LIST_LISTED; else OV_LISTING_NONE */
    const char *code;    /* the answer that says so, "127.0.0.2"; "" where there is none */
    const char *meaning; /* of OV_BLOCK_LIST_LISTED: "SBL, sends or serves spam"; else "" */
    const char *trouble; /* of UNKNOWN, REFUSED and BROKEN: why, and what to do; else "" */
} OvBlockListing;

/* What stands before the zone in the name that is asked: octets or digits in reverse order. Arena.
 * A domain (A-labels) stands there as it is. */
OvSlice ov_block_list_subject(OvArena *arena, const OvIpAddress *address);

/* What the list says of the subject; whether the list works is not looked at. */
void ov_block_list_find(OvArena *arena, OvDnsBook *book, OvSlice zone, OvSlice subject,
                        OvBlockListing *listing);

/* Whether the list works, by the entries that it must and must not have (RFC 5782 5):
 * OV_BLOCK_LIST_CLEAR where it does. */
void ov_block_list_test(OvArena *arena, OvDnsBook *book, OvSlice zone, OvBlockListKind kind,
                        OvBlockListing *listing);

/* Both, asked together: a list that does not work says nothing of the subject. */
void ov_block_list_check(OvArena *arena, OvDnsBook *book, OvSlice zone, OvBlockListKind kind,
                         OvSlice subject, OvBlockListing *listing);

OvBlockListOwner ov_block_list_owner(OvSlice zone);

/* The zone without the key that it may hold: "***.zen.dq.spamhaus.net". Visible ASCII. Arena. */
const char *ov_block_list_name(OvArena *arena, OvSlice zone);

/* "listed", "not listed", "unknown", "refused", "broken", "pending". */
const char *ov_block_list_state_name(OvBlockListState state);
/* "spam", "abused", "policy", "new", "". */
const char *ov_listing_name(OvListing listing);
