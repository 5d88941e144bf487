/* An egress address as receivers see it (guide G7, G23): its reverse DNS, and the name that our MTA
 * says there. Receivers refuse mail from an address without a confirmed name of its own, and from a
 * host that greets them with a name that does not lead back to it. Pure: a function of a book of
 * answers; run it again when pending answers have come. */
#pragma once

#include "rules/auth/reverse.h"

/* What HELO or EHLO may say (RFC 5321 2.3.5, 4.1.1.1). */
typedef enum {
    OV_HELO_NOT_TOLD,    /* "": the settings don't name it */
    OV_HELO_ADDRESS,     /* an IP address, in brackets (4.1.3) or bare */
    OV_HELO_LOCALHOST,   /* localhost, localhost.localdomain and names below */
    OV_HELO_PRIVATE,     /* under a suffix that is never in the public DNS: .local, .lan ... */
    OV_HELO_UNQUALIFIED, /* one label */
    OV_HELO_MALFORMED,   /* no host name: other characters than letters, digits and hyphens ... */
    OV_HELO_QUALIFIED,
} OvHeloForm;

/* Of a qualified name; OV_HELO_UNASKED of all others. */
typedef enum {
    OV_HELO_UNASKED,
    OV_HELO_PENDING,
    OV_HELO_UNKNOWN,       /* DNS failed */
    OV_HELO_NO_NAME,       /* does not exist */
    OV_HELO_NO_ADDRESS,    /* exists, without A and AAAA */
    OV_HELO_OTHER_ADDRESS, /* has addresses, this one is not among them */
    OV_HELO_HAS_ADDRESS,
} OvHeloState;

typedef struct {
    OvIpAddress address;
    OvReverse reverse;
    const OvSlice *names; /* PTR records in the answer's order; the first OV_REVERSE_MAX_NAMES */
    guint n_names;        /* of those; reverse.n_names counts all */
    OvHostNameKind kind;  /* of reverse.name; only where there is one */
    OvSlice helo; /* canonical (lower case, A-labels) where it is qualified, else as given */
    OvHeloForm helo_form;
    OvHeloState helo_state;
    gboolean helo_is_reverse; /* it is one of names */
    gboolean pending;
} OvEgressCheck;

/* helo: the name that the MTA says when it sends from address; empty where it is not known. Arena:
 * what *check points to that is not the book's. */
void ov_egress_check(OvArena *arena, OvDnsBook *book, const OvIpAddress *address, OvSlice helo,
                     OvEgressCheck *check);

OvHeloForm ov_helo_form(OvSlice helo);
