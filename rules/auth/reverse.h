/* Reverse DNS of an address (guide G7, G23): which name it has, whether that name leads back to it,
 * and whether it is one that a provider gives to every address. Pure: functions of a book of
 * answers, of a name. */
#pragma once

#include "rules/auth/dns.h"
#include "rules/auth/ip_address.h"

typedef enum {
    OV_REVERSE_PENDING,
    OV_REVERSE_UNKNOWN,     /* DNS failed */
    OV_REVERSE_NONE,        /* no name */
    OV_REVERSE_UNCONFIRMED, /* no name of it has the address */
    OV_REVERSE_CONFIRMED,   /* RFC 8601 3, iprev */
} OvReverseState;

/* Names that are tried; more are not (RFC 8601 3). */
enum { OV_REVERSE_MAX_NAMES = 10 };

typedef struct {
    OvReverseState state;
    guint n_names; /* PTR records, all of them */
    OvSlice name; /* the first that is confirmed, else the first; empty where none. The answer's. */
} OvReverse;

void ov_reverse_find(OvArena *arena, OvDnsBook *book, const OvIpAddress *address,
                     OvReverse *reverse);

/* One of the addresses in an answer (A or AAAA) is this one. */
gboolean ov_reverse_has_address(const OvDnsAnswer *answer, const OvIpAddress *address);

typedef enum {
    OV_HOST_NAME_OWN,     /* says nothing of the address */
    OV_HOST_NAME_STATIC,  /* made of the address, and says that it stays, or sends mail */
    OV_HOST_NAME_GENERIC, /* made of the address, or a provider's default for rented machines */
    OV_HOST_NAME_DYNAMIC, /* made of the address, and says that it is a customer's line */
} OvHostNameKind;

/* name: canonical. */
OvHostNameKind ov_host_name_kind(OvSlice name, const OvIpAddress *address);
