/* How a message will leave: what receivers will see of this server. */
#pragma once

#include "rules/auth/ip_address.h"

/* Who signs with DKIM, as seen from where the message is judged. */
typedef enum {
    OV_SIGNING_AUTO,   /* not told: a signature for From's domain is judged, none is not missed */
    OV_SIGNING_BEFORE, /* the signer has had the message */
    OV_SIGNING_AFTER,  /* it will have it later: nothing is known of signatures */
    OV_SIGNING_NONE,   /* nobody signs: what is not there will not come */
} OvSigning;

enum { OV_EGRESS_MAX_ADDRESSES = 16 };

typedef struct {
    const OvIpAddress *addresses; /* from which the message may leave, any of them */
    guint n_addresses;            /* the first OV_EGRESS_MAX_ADDRESSES are looked at; 0: unknown */
    const char *helo;             /* the name said there; NULL or "" unknown */
    OvSigning signing;
} OvEgress;
