#include "policy/provider/likelihood.h"

static const gint64 MINUTE = G_GINT64_CONSTANT(60) * G_USEC_PER_SEC;
static const gint64 HOUR = G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC;
static const gint64 DAY = G_GINT64_CONSTANT(24) * 3600 * G_USEC_PER_SEC;
/* The provider tells minutes. */
static const gint64 SAME_TIME = G_GINT64_CONSTANT(120) * G_USEC_PER_SEC;

/* "mx.example.net[198.51.100.7]:25", "[IPv6:2001:db8::7]". FALSE for what is on this host or in the
 * own network, as a content filter or smart host: it tells nothing of the way out. */
static gboolean parse_relay(const char *relay, OvIpAddress *address) {
    const char *open = strrchr(relay, '[');
    const char *close = open ? strchr(open, ']') : NULL;
    if (!close)
        return FALSE;
    open += g_str_has_prefix(open, "[IPv6:") ? strlen("[IPv6:") : 1;
    return ov_ip_address_parse((OvSlice){open, (gsize)(close - open)}, address) &&
           !ov_ip_address_is_private(address);
}

OvWays *ov_ways_new(const OvTrailRelay *relays, guint n, OvArena *arena) {
    OvWays *ways = OV_ARENA_NEW(arena, OvWays, 1);
    ways->tried = n > 0;
    ways->way = ov_arena_alloc0(arena, sizeof *ways->way * n);
    for (guint i = 0; i < n; i++)
        if (parse_relay(relays[i].relay, &ways->way[ways->n].address)) {
            ways->way[ways->n].first = relays[i].first;
            ways->way[ways->n].last = relays[i].last;
            ways->n++;
        }
    return ways;
}

static gboolean equal(const OvIpAddress *one, const OvIpAddress *other) {
    return one->length > 0 && one->length == other->length &&
           memcmp(one->octets, other->octets, one->length) == 0;
}

static gboolean is(const char *text, const char *word) {
    return g_strcmp0(text, word) == 0;
}

/* Why it can't have left; NULL where it may have. A try to deliver says more than all else. */
static const char *why_it_stays(const OvTrail *trail, const OvWays *ways) {
    if (is(trail->verdict, "reject"))
        return "was rejected, and so never left";
    if (is(trail->verdict, "defer"))
        return "was deferred, and so did not leave";
    gboolean released = trail->released || is(trail->event, "released");
    if (ways->tried || released)
        return NULL;
    if (is(trail->verdict, "hold"))
        return "was held, and nothing tells that it was released";
    if (is(trail->event, "held"))
        return "was put on hold in the queue before it left";
    return is(trail->event, "deleted") ? "was deleted from the queue before it left" : NULL;
}

static gint64 distance_of(gint64 time, gint64 first, gint64 last) {
    return time < first ? first - time : time > last ? time - last : 0;
}

/* The way nearest to the time told, of those to an address, or of all where it is none. FALSE where
 * there is none. */
static gboolean find_nearest(OvLikelihood *likelihood, const OvWays *ways, OvIpAddress address) {
    const OvTold *told = likelihood->told;
    gboolean found = FALSE;
    for (guint i = 0; i < ways->n; i++) {
        if (address.length > 0 && !equal(&ways->way[i].address, &address))
            continue;
        gint64 distance =
            told->time ? distance_of(told->time, ways->way[i].first, ways->way[i].last) : 0;
        if (found && distance >= likelihood->distance)
            continue;
        found = TRUE;
        likelihood->distance = distance;
        likelihood->sent = ways->way[i].last;
    }
    return found;
}

/* Sets went, sent and distance by what the delivery log tells. */
static void follow(OvLikelihood *likelihood, const OvWays *ways) {
    const OvTold *told = likelihood->told;
    gboolean tells = told->destination.length > 0;
    if (tells && find_nearest(likelihood, ways, told->destination))
        likelihood->went = OV_WENT_THERE;
    else if (find_nearest(likelihood, ways, (OvIpAddress){.length = 0}))
        likelihood->went = tells ? OV_WENT_ELSEWHERE : OV_WENT_UNTOLD;
    else if (told->time)
        likelihood->distance =
            distance_of(told->time, likelihood->trail->time, likelihood->trail->time);
}

static int points_for_time(const OvLikelihood *likelihood) {
    if (!likelihood->told->time)
        return 0;
    if (likelihood->distance <= SAME_TIME)
        return 15;
    if (likelihood->distance <= HOUR)
        return -5;
    return likelihood->sent ? -20 : -10; /* without a log it may have waited in the queue */
}

OvLikelihood ov_likelihood_weigh(const OvTrail *trail, const OvWays *ways, const OvTold *told) {
    static const int WENT[] = {
        [OV_WENT_UNTOLD] = 0, [OV_WENT_THERE] = 30, [OV_WENT_ELSEWHERE] = -25};
    static const int FROM[] = {
        [OV_FROM_UNTOLD] = 0, [OV_FROM_THERE] = 5, [OV_FROM_ELSEWHERE] = -10};
    OvLikelihood likelihood = {.trail = trail, .told = told, .stays = why_it_stays(trail, ways)};
    OvIpAddress egress;
    if (ov_ip_address_parse(ov_slice(trail->egress), &egress) && told->egress.length > 0)
        likelihood.from = equal(&egress, &told->egress) ? OV_FROM_THERE : OV_FROM_ELSEWHERE;
    follow(&likelihood, ways);
    int points = (told->nameless ? 10 : 50) + WENT[likelihood.went] + FROM[likelihood.from] +
                 points_for_time(&likelihood);
    likelihood.points = likelihood.stays ? 0 : (guint)CLAMP(points, 1, 100);
    return likelihood;
}

static void append_time(GString *text, const OvLikelihood *likelihood) {
    gint64 distance = likelihood->distance;
    if (!likelihood->told->time)
        return;
    if (distance <= SAME_TIME)
        g_string_append(text, " at the time told");
    else if (distance < 2 * HOUR)
        g_string_append_printf(text, " %d minutes from the time told", (int)(distance / MINUTE));
    else if (distance < 2 * DAY)
        g_string_append_printf(text, " %d hours from the time told", (int)(distance / HOUR));
    else
        g_string_append_printf(text, " %d days from the time told", (int)(distance / DAY));
}

const char *ov_likelihood_text(const OvLikelihood *likelihood, OvArena *arena) {
    const OvTold *told = likelihood->told;
    if (likelihood->stays)
        return likelihood->stays;
    g_autoptr(GString) text = g_string_new(NULL);
    if (likelihood->went == OV_WENT_THERE)
        g_string_append_printf(text, "went to %s", ov_ip_address_text(arena, &told->destination));
    else if (likelihood->went == OV_WENT_ELSEWHERE)
        g_string_append_printf(text, "went elsewhere than to %s, as far as the log tells,",
                               ov_ip_address_text(arena, &told->destination));
    else
        g_string_append(text, likelihood->sent ? "left" : "was taken");
    if (likelihood->from == OV_FROM_THERE)
        g_string_append_printf(text, " from %s", ov_ip_address_text(arena, &told->egress));
    append_time(text, likelihood);
    if (likelihood->from == OV_FROM_ELSEWHERE)
        g_string_append_printf(text, "; SPF was looked up for another address than %s",
                               ov_ip_address_text(arena, &told->egress));
    return ov_arena_strndup(arena, text->str, text->len);
}
