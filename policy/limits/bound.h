/* Bounds on what a subject may do, and whether what it did passes them. Pure. */
#pragma once

#include "policy/limits/distinct.h"

/* What a subject did. */
typedef struct {
    OvAmounts sums[OV_N_SPANS];
    guint64 usual;  /* recipients of a usual day: the median of those of the last 14 on which it
                       sent; 0 where these are fewer than 3 */
    guint64 before; /* recipients in the 24 hours before the last 24 */
    gint64 since;   /* microseconds since the epoch: when it was counted first; 0 for never */
    const OvDistinct *distinct;   /* NULL where there is nothing of it */
    OvThings things[OV_N_THINGS]; /* of the mail at hand */
} OvActivity;

/* Fills it from what n meters have together. now: microseconds since the epoch. */
void ov_activity_take(OvActivity *activity, const OvMeter *const *meters, guint n, gint64 since,
                      gint64 now);
/* What was sent without being announced is no more than a usual day, and a usual hour, bring; or 50
 * recipients, where that is more, or nothing is usual yet. */
gboolean ov_activity_is_usual(const OvActivity *activity);

typedef enum {
    OV_BOUND_MOST,    /* most of the amount in the span */
    OV_BOUND_THINGS,  /* most different things in the span; at most ov_thing_most of them */
    OV_BOUND_SHARE,   /* most: hundredths of a per cent of what the amount is a share of, from
                         `least` of that */
    OV_BOUND_USUAL,   /* factor times the recipients of a usual day, of an hour a quarter of that;
                         `least` is always allowed, and anything where nothing is usual yet */
    OV_BOUND_WARM_UP, /* most on the subject's first day, on each day factor times the day before */
    OV_BOUND_EASING,  /* most recipients in the span, announced or not */
} OvBoundForm;

typedef struct {
    OvBoundForm form;
    OvAmount amount; /* but of THINGS */
    OvThing thing;   /* of THINGS */
    OvSpan span;
    guint64 most;
    guint64 least;
    double factor;
    gboolean refuses; /* mail that passes it is not taken, and so not counted */
    /* What comes of it. */
    gboolean passed;
    gboolean raised; /* it would be passed, but for an announcement (OvClaim) */
    guint64 used;    /* in the span, the mail at hand with it, without what was drawn on
                        announcements; of SHARE: hundredths of a per cent, as allowed */
    guint64 allowed; /* for this subject, today */
} OvBound;

/* Fills in what comes of it. activity has the mail at hand in it, too. */
void ov_bound_weigh(OvBound *bound, const OvActivity *activity, gint64 now);
/* An announcement raises it: it is of messages, recipients or recipients' domains. */
gboolean ov_bound_can_be_raised(const OvBound *bound);

/* Of one that is weighed and not passed: lowers room to how much more there may be of everything
 * that is counted, without its being passed by that. */
void ov_bound_room(const OvBound *bound, const OvActivity *activity, double room[OV_N_WEIGHTS]);

/* What used or allowed is in the bound's own unit: of SHARE per cent. */
double ov_bound_number(const OvBound *bound, guint64 value);
/* Of one that is weighed: "501 recipients in an hour", "500", and "501 of 500 recipients in an
 * hour"; the caller frees it. */
char *ov_bound_used_text(const OvBound *bound);
char *ov_bound_allowed_text(const OvBound *bound);
char *ov_bound_text(const OvBound *bound);
