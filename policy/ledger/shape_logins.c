#include "policy/ledger/shape_logins.h"

#include "rules/shape.h"

enum {
    SETS = 2048,
    WAYS = 16,            /* places in a set, in which its logins stand */
    MOST_SHAPES = 8,      /* of a login */
    MOST = SETS * WAYS,   /* fits Pair */
    BAND_VALUES = 1 << 8, /* see ov_shape_band */
    HOUR = 3600,          /* seconds */
};

/* Pairs of login and shape are numbered from 1; 0 is none. */
typedef guint16 Pair;

/* What is looked through for one shape lies together. */
struct OvShapeLogins {
    guint64 shapes[MOST + 1]; /* 0: empty */
    guint32 times[MOST + 1];  /* when it was seen last, seconds since the epoch */
    OvShapeLogin logins[MOST + 1];
    /* Those with the same value of a band. */
    Pair first[OV_SHAPE_BANDS][BAND_VALUES];
    Pair next[OV_SHAPE_BANDS][MOST + 1], previous[OV_SHAPE_BANDS][MOST + 1];
};

OvShapeLogins *ov_shape_logins_new(void) {
    return g_new0(OvShapeLogins, 1);
}

void ov_shape_logins_free(OvShapeLogins *logins) {
    g_free(logins);
}

static guint32 seconds(gint64 time) {
    return (guint32)CLAMP(time / G_USEC_PER_SEC, 1, G_MAXUINT32);
}

static gboolean is_over(const OvShapeLogins *logins, Pair pair, guint32 now) {
    return now > logins->times[pair] && now - logins->times[pair] > HOUR;
}

static void take_out(OvShapeLogins *logins, Pair pair) {
    guint64 shape = logins->shapes[pair];
    for (guint band = 0; shape != 0 && band < OV_SHAPE_BANDS; band++) {
        Pair next = logins->next[band][pair], previous = logins->previous[band][pair];
        if (previous)
            logins->next[band][previous] = next;
        else
            logins->first[band][ov_shape_band(shape, band)] = next;
        if (next)
            logins->previous[band][next] = previous;
    }
    logins->shapes[pair] = 0;
}

static void put_in(OvShapeLogins *logins, Pair pair, guint64 shape) {
    logins->shapes[pair] = shape;
    for (guint band = 0; band < OV_SHAPE_BANDS; band++) {
        Pair *first = &logins->first[band][ov_shape_band(shape, band)];
        logins->previous[band][pair] = 0;
        logins->next[band][pair] = *first;
        if (*first)
            logins->previous[band][*first] = pair;
        *first = pair;
    }
}

/* Takes out what is over of those that share a band with the shape, so that there are never many
 * more to look through than an hour's. */
static void forget(OvShapeLogins *logins, guint64 shape, guint32 now) {
    for (guint band = 0; band < OV_SHAPE_BANDS; band++)
        for (Pair pair = logins->first[band][ov_shape_band(shape, band)]; pair;) {
            Pair next = logins->next[band][pair];
            if (is_over(logins, pair, now))
                take_out(logins, pair);
            pair = next;
        }
}

/* The first of a login's set of WAYS pairs. */
static Pair set_of(guint64 login) {
    return (Pair)(1 + login % SETS * WAYS);
}

static gboolean is_of(const OvShapeLogins *logins, Pair pair, guint64 login) {
    return logins->shapes[pair] != 0 && logins->logins[pair].name == login;
}

static Pair find_own(const OvShapeLogins *logins, guint64 login, guint64 shape) {
    Pair set = set_of(login);
    for (guint way = 0; way < WAYS; way++) {
        Pair pair = (Pair)(set + way);
        if (is_of(logins, pair, login) &&
            ov_shape_distance(logins->shapes[pair], shape) <= OV_SHAPE_NEAR)
            return pair;
    }
    return 0;
}

/* The one to be replaced first: one that is none, an empty one, the older. */
static Pair older(const OvShapeLogins *logins, Pair one, Pair other) {
    if (one == 0 || logins->shapes[other] == 0)
        return other;
    return logins->shapes[one] != 0 && logins->times[other] < logins->times[one] ? other : one;
}

/* The login's own oldest where it has all that it may have; else an empty one, or the oldest of the
 * set. */
static Pair place_for(const OvShapeLogins *logins, guint64 login) {
    Pair set = set_of(login), own = 0, any = 0;
    guint n_own = 0;
    for (guint way = 0; way < WAYS; way++) {
        Pair pair = (Pair)(set + way);
        any = older(logins, any, pair);
        if (!is_of(logins, pair, login))
            continue;
        n_own++;
        own = older(logins, own, pair);
    }
    return n_own >= MOST_SHAPES ? own : any;
}

void ov_shape_logins_add(OvShapeLogins *logins, const OvShapeLogin *login, guint64 shape,
                         gint64 time) {
    guint32 now = seconds(time);
    Pair pair = find_own(logins, login->name, shape);
    if (pair) {
        if (now > logins->times[pair])
            logins->logins[pair] = *login;
        logins->times[pair] = MAX(logins->times[pair], now);
        return;
    }
    pair = place_for(logins, login->name);
    if (logins->shapes[pair] != 0 && logins->times[pair] > now)
        return; /* told late: what is newer stays */
    take_out(logins, pair);
    forget(logins, shape, now);
    put_in(logins, pair, shape);
    logins->logins[pair] = *login;
    logins->times[pair] = now;
}

/* Different logins, each once. */
typedef struct {
    OvShapeLogin logins[OV_SHAPE_LOGINS_MOST];
    guint n;
} Found;

/* There is room for one more. */
static void note(Found *found, const OvShapeLogin *login) {
    for (guint i = 0; i < found->n; i++)
        if (found->logins[i].name == login->name)
            return;
    found->logins[found->n++] = *login;
}

/* By the logins' domains or by their senders, whichever tells more apart: where one server's logins
 * all have its own name behind the @, or none, senders do; where one spammer writes one sender into
 * all his mail, the logins do. */
static guint organisations(const Found *found) {
    guint domains = 0, senders = 0;
    for (guint i = 0; i < found->n; i++) {
        const OvShapeLogin *login = &found->logins[i];
        gboolean domain = FALSE, sender = FALSE; /* was there before */
        for (guint j = 0; j < i; j++) {
            domain = domain || found->logins[j].domain == login->domain;
            sender = sender || found->logins[j].sender == login->sender;
        }
        domains += !domain;
        senders += !sender;
    }
    return MAX(domains, senders);
}

OvLogins ov_shape_logins_of(const OvShapeLogins *logins, const OvShapeLogin *login, guint64 shape,
                            gint64 now) {
    Found found = {.n = 0};
    note(&found, login);
    for (guint band = 0; band < OV_SHAPE_BANDS; band++)
        for (Pair pair = logins->first[band][ov_shape_band(shape, band)];
             pair && found.n < OV_SHAPE_LOGINS_MOST; pair = logins->next[band][pair])
            if (ov_shape_distance(logins->shapes[pair], shape) <= OV_SHAPE_NEAR &&
                !is_over(logins, pair, seconds(now)))
                note(&found, &logins->logins[pair]);
    return (OvLogins){found.n, organisations(&found)};
}
