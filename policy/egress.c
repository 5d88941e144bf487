#include "policy/egress.h"

#include "rules/glob.h"

#include <string.h>

static gboolean same_point(const OvEgressPoint *one, const OvEgressPoint *other) {
    return one->address.length == other->address.length &&
           memcmp(one->address.octets, other->address.octets, one->address.length) == 0 &&
           g_ascii_strcasecmp(one->helo ? one->helo : "", other->helo ? other->helo : "") == 0;
}

/* Adds what points[0 .. n) has not; returns the new n. */
static guint add_points(OvEgressPoint *points, guint n, guint room, const OvEgress *more) {
    for (guint i = 0; i < more->n_points && n < room; i++) {
        guint at = 0;
        while (at < n && !same_point(&points[at], &more->points[i]))
            at++;
        if (at == n)
            points[n++] = more->points[i];
    }
    return n;
}

static void settle(OvEgressRoute *route, const OvEgressRoute *common, OvArena *arena) {
    const char *const *addresses = route->addresses ? route->addresses : common->addresses;
    const char *helo = route->helo ? route->helo : common->helo;
    guint n = 0;
    while (addresses && addresses[n])
        n++;
    OvEgressPoint *points = OV_ARENA_NEW(arena, OvEgressPoint, n);
    for (guint i = 0; i < n; i++) {
        ov_ip_address_parse(ov_slice(addresses[i]), &points[i].address);
        points[i].helo = helo;
    }
    route->out = (OvEgress){
        .points = points,
        .n_points = n,
        .signing = (OvSigning)(route->signing < 0 ? common->signing : route->signing),
        .tls = (OvEgressTls)(route->tls < 0 ? common->tls : route->tls),
    };
}

void ov_egress_settle(OvEgressRoutes *egress, OvEgressRoute *routes, guint n_routes,
                      OvArena *arena) {
    settle(&egress->common, &egress->common, arena);
    guint room = egress->common.out.n_points;
    for (guint i = 0; i < n_routes; i++) {
        settle(&routes[i], &egress->common, arena);
        room += routes[i].out.n_points;
    }
    OvEgressPoint *points = OV_ARENA_NEW(arena, OvEgressPoint, room);
    guint n = add_points(points, 0, room, &egress->common.out);
    for (guint i = 0; i < n_routes; i++)
        n = add_points(points, n, room, &routes[i].out);
    egress->all = (OvEgress){points, n, egress->common.out.signing, egress->common.out.tls};
    egress->routes = routes;
    egress->n_routes = n_routes;
}

static gboolean is_any(const char *const *patterns) {
    return !patterns || !patterns[0];
}

static gboolean takes(const char *const *patterns, const char *address) {
    const char *at = strrchr(address, '@');
    for (; *patterns; patterns++)
        if (ov_glob_match(*patterns, at && !strchr(*patterns, '@') ? at + 1 : address))
            return TRUE;
    return FALSE;
}

/* The routes that take the sender, up to the first that takes any recipient: what stands behind it
 * takes nothing. n of them. */
static const OvEgressRoute **routes_of_sender(const OvEgressRoutes *egress, const char *sender,
                                              guint *n, OvArena *arena) {
    const OvEgressRoute **routes = OV_ARENA_NEW(arena, const OvEgressRoute *, egress->n_routes + 1);
    const char *address = !sender || !*sender ? "<>" : sender;
    *n = 0;
    for (guint i = 0; i < egress->n_routes; i++) {
        const OvEgressRoute *route = &egress->routes[i];
        if (!is_any(route->senders) && !takes(route->senders, address))
            continue;
        routes[(*n)++] = route;
        if (is_any(route->recipients))
            return routes;
    }
    routes[(*n)++] = &egress->common;
    return routes;
}

/* The last of the n routes takes any recipient. */
static guint route_of_recipient(const OvEgressRoute *const *routes, guint n,
                                const char *recipient) {
    for (guint i = 0; i + 1 < n; i++)
        if (recipient && takes(routes[i]->recipients, recipient))
            return i;
    return n - 1;
}

static OvSigning more_open(OvSigning one, OvSigning other) {
    static const guint rank[] = {
        [OV_SIGNING_BEFORE] = 0,
        [OV_SIGNING_NONE] = 1,
        [OV_SIGNING_AUTO] = 2,
        [OV_SIGNING_AFTER] = 3,
    };
    return rank[one] >= rank[other] ? one : other;
}

static OvEgressTls worse(OvEgressTls one, OvEgressTls other) {
    static const guint rank[] = {
        [OV_EGRESS_TLS_YES] = 0,
        [OV_EGRESS_TLS_UNKNOWN] = 1,
        [OV_EGRESS_TLS_NO] = 2,
    };
    return rank[one] >= rank[other] ? one : other;
}

/* Of the routes that are taken. */
static const OvEgress *together(const OvEgressRoute *const *routes, const gboolean *taken, guint n,
                                OvArena *arena) {
    OvEgressPoint *points = OV_ARENA_NEW(arena, OvEgressPoint, OV_EGRESS_MAX_POINTS);
    OvEgress *out = OV_ARENA_NEW(arena, OvEgress, 1);
    *out = (OvEgress){.points = points, .signing = OV_SIGNING_BEFORE, .tls = OV_EGRESS_TLS_YES};
    for (guint i = 0; i < n; i++) {
        if (!taken[i])
            continue;
        out->n_points = add_points(points, out->n_points, OV_EGRESS_MAX_POINTS, &routes[i]->out);
        out->signing = more_open(out->signing, routes[i]->out.signing);
        out->tls = worse(out->tls, routes[i]->out.tls);
    }
    return out;
}

const OvEgress *ov_egress_find(const OvEgressRoutes *egress, const OvEnvelope *envelope,
                               OvArena *arena) {
    guint n;
    const OvEgressRoute **routes = routes_of_sender(egress, envelope->sender, &n, arena);
    if (n == 1)
        return &routes[0]->out;
    gboolean *taken = OV_ARENA_NEW(arena, gboolean, n);
    if (envelope->n_recipients == 0)
        taken[n - 1] = TRUE;
    for (guint i = 0; i < envelope->n_recipients; i++)
        taken[route_of_recipient(routes, n, envelope->recipients[i])] = TRUE;
    return together(routes, taken, n, arena);
}
