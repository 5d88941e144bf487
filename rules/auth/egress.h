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

/* Whether mail is delivered under TLS to receivers that offer it. */
typedef enum { OV_EGRESS_TLS_UNKNOWN, OV_EGRESS_TLS_NO, OV_EGRESS_TLS_YES } OvEgressTls;

enum { OV_EGRESS_MAX_POINTS = 32 };

/* One address from which mail leaves, with the name that is said there. */
typedef struct {
    OvIpAddress address;
    const char *helo; /* NULL or "" unknown */
} OvEgressPoint;

typedef struct {
    const OvEgressPoint *points; /* from which the message may leave, any of them */
    guint n_points;              /* the first OV_EGRESS_MAX_POINTS are looked at; 0: unknown */
    OvSigning signing;
    OvEgressTls tls;
} OvEgress;
