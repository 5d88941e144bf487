/* Which way a message leaves: [egress], and the [egress NAME] sections that take some mail another
 * way, by envelope sender or recipient, as the MTA's transport tables do. */
#pragma once

#include "rules/message.h"

enum { OV_EGRESS_MAX_ADDRESSES = 16 }; /* of one section */

/* One section. Of what [egress NAME] leaves out, [egress] has the value. */
typedef struct {
    const char *name; /* "" for [egress] itself */
    /* Patterns (rules/glob.h), NULL-terminated: with @ of whole addresses, without one of domains;
     * <> is the null sender. NULL or none: whoever it is. */
    const char *const *senders;
    const char *const *recipients;
    const char *const *addresses; /* as written, NULL-terminated; in [egress NAME] NULL: left out */
    const char *helo;             /* likewise */
    gint signing;                 /* OvSigning; in [egress NAME] -1: left out */
    gint tls;                     /* OvEgressTls, likewise */
    OvEgress out;                 /* what comes of it */
} OvEgressRoute;

typedef struct {
    OvEgressRoute common;        /* [egress]: mail that takes no route */
    const OvEgressRoute *routes; /* n_routes, in order of the file */
    guint n_routes;
    OvEgress all; /* every address of every section with its name, each pair once; no bound */
} OvEgressRoutes;

/* Fills in every `out`, and `all`. The addresses are valid. */
void ov_egress_settle(OvEgressRoutes *egress, OvEgressRoute *routes, guint n_routes,
                      OvArena *arena);

/* How the message will leave: for each recipient the first route that takes its sender and it, else
 * [egress]; where no recipient is known, the sender alone decides. Of several ways all addresses,
 * the first OV_EGRESS_MAX_POINTS, of their `signing` the one that leaves most open: after, auto,
 * none, before, and of `tls` the worst: no, unknown, yes. Lives as long as the routes and the
 * arena. */
const OvEgress *ov_egress_find(const OvEgressRoutes *egress, const OvEnvelope *envelope,
                               OvArena *arena);
