/* How likely a message is the one that the provider tells of: by whether it left at all, to where,
 * when, and from which address. */
#pragma once

#include "policy/ledger/trail.h"
#include "rules/auth/ip_address.h"

/* The addresses that a message's deliveries went to. */
typedef struct {
    gboolean tried; /* the MTA did try to deliver it */
    guint n;
    struct {
        OvIpAddress address; /* one that the public can reach */
        gint64 first, last;
    } * way;
} OvWays;
OvWays *ov_ways_new(const OvTrailRelay *relays, guint n, OvArena *arena);

/* What the provider tells. */
typedef struct {
    gboolean nameless;       /* no Message-ID */
    gint64 time;             /* 0: not told */
    OvIpAddress destination; /* may be none */
    OvIpAddress egress;
} OvTold;

typedef struct {
    const OvTrail *trail;
    const OvTold *told;
    const char *stays; /* why it can't have left; NULL else, and points are 1 to 100 */
    enum { OV_WENT_UNTOLD, OV_WENT_THERE, OV_WENT_ELSEWHERE } went;
    enum { OV_FROM_UNTOLD, OV_FROM_THERE, OV_FROM_ELSEWHERE } from;
    gint64 sent;     /* to the destination, or else at all; 0 where it is not known */
    gint64 distance; /* from the time told; 0 where none is told */
    guint points;
} OvLikelihood;

/* Refers to trail and told. */
OvLikelihood ov_likelihood_weigh(const OvTrail *trail, const OvWays *ways, const OvTold *told);
/* "went to 198.51.100.7 from 192.0.2.1 at the time told". Arena. */
const char *ov_likelihood_text(const OvLikelihood *likelihood, OvArena *arena);
