#include "policy/limits/bound.h"

#include <math.h>

enum {
    USUAL_DAYS = 14,
    LEAST_DAYS = 3,
    HOURS_OF_A_DAY = 4, /* in which most of it is sent */
    ALWAYS_USUAL = 50,  /* recipients */
    WHOLE = 10000,      /* hundredths of a per cent */
};

static const gint64 DAY = G_GINT64_CONSTANT(24) * 3600 * G_USEC_PER_SEC;

static int compare_numbers(gconstpointer one, gconstpointer other) {
    guint64 a = *(const guint64 *)one, b = *(const guint64 *)other;
    return a < b ? -1 : a > b;
}

/* The median of the days before the last 24 hours, which is days[0], on which there was something.
 */
static guint64 usual_of(const OvAmounts days[1 + USUAL_DAYS]) {
    guint64 sent[USUAL_DAYS];
    guint n = 0;
    for (guint i = 1; i <= USUAL_DAYS; i++)
        if (days[i].of[OV_AMOUNT_RECIPIENTS] > 0)
            sent[n++] = days[i].of[OV_AMOUNT_RECIPIENTS];
    if (n < LEAST_DAYS)
        return 0;
    qsort(sent, n, sizeof *sent, compare_numbers);
    return sent[n / 2];
}

void ov_activity_take(OvActivity *activity, const OvMeter *const *meters, guint n, gint64 since,
                      gint64 now) {
    OvAmounts days[1 + USUAL_DAYS] = {{{0}}};
    for (guint i = 0; i < n; i++)
        ov_meter_days(meters[i], now, days, 1 + USUAL_DAYS);
    *activity = (OvActivity){
        .since = since, .usual = usual_of(days), .before = days[1].of[OV_AMOUNT_RECIPIENTS]};
    for (guint i = 0; i < n; i++)
        ov_meter_sum(meters[i], now, activity->sums);
}

/* Of messages or recipients, those that were drawn on announcements; of other amounts none. */
static guint64 drawn_of(const OvAmounts *sums, OvAmount amount) {
    return amount == OV_AMOUNT_MESSAGES     ? sums->of[OV_AMOUNT_DRAWN_MESSAGES]
           : amount == OV_AMOUNT_RECIPIENTS ? sums->of[OV_AMOUNT_DRAWN]
                                            : 0;
}

static guint64 unannounced(const OvAmounts *sums) {
    guint64 sent = sums->of[OV_AMOUNT_RECIPIENTS];
    return sent - MIN(sent, sums->of[OV_AMOUNT_ANNOUNCED]);
}

gboolean ov_activity_is_usual(const OvActivity *activity) {
    return unannounced(&activity->sums[OV_SPAN_DAY]) <= MAX(activity->usual, ALWAYS_USUAL) &&
           unannounced(&activity->sums[OV_SPAN_HOUR]) <=
               MAX(activity->usual / HOURS_OF_A_DAY, ALWAYS_USUAL);
}

/* What the amount is a share of. */
static guint64 whole_of(const OvAmounts *amounts, OvAmount amount) {
    return amount == OV_AMOUNT_HELD ? amounts->of[OV_AMOUNT_MESSAGES]
           : amount == OV_AMOUNT_COMPLAINED
               ? amounts->of[OV_AMOUNT_DELIVERED]
               : amounts->of[OV_AMOUNT_DELIVERED] + amounts->of[OV_AMOUNT_BOUNCED];
}

static guint64 to_count(double number) {
    return number >= 9e18 ? G_MAXINT64 : (guint64)number;
}

static guint64 warm_up_of(const OvBound *bound, const OvActivity *activity, gint64 now) {
    gint64 days = activity->since > 0 ? MAX(now - activity->since, 0) / DAY : 0;
    return to_count((double)bound->most * pow(bound->factor, (double)days));
}

static guint64 usual_bound_of(const OvBound *bound, const OvActivity *activity) {
    if (activity->usual == 0)
        return G_MAXINT64;
    double day = bound->factor * (double)activity->usual;
    return MAX(bound->least, to_count(bound->span == OV_SPAN_HOUR ? day / HOURS_OF_A_DAY : day));
}

static guint64 allowed_by(const OvBound *bound, const OvActivity *activity, gint64 now) {
    switch (bound->form) {
    case OV_BOUND_WARM_UP:
        return warm_up_of(bound, activity, now);
    case OV_BOUND_USUAL:
        return usual_bound_of(bound, activity);
    default:
        return bound->most;
    }
}

static guint64 used_of(const OvBound *bound, const OvActivity *activity, gint64 now) {
    if (bound->form == OV_BOUND_THINGS)
        return ov_distinct_count(activity->distinct, bound->thing, bound->span,
                                 activity->things[bound->thing], now);
    const OvAmounts *sums = &activity->sums[bound->span];
    guint64 sent = sums->of[bound->amount];
    return bound->form == OV_BOUND_EASING ? sent : sent - MIN(sent, drawn_of(sums, bound->amount));
}

gboolean ov_bound_can_be_raised(const OvBound *bound) {
    switch (bound->form) {
    case OV_BOUND_MOST:
        return bound->amount == OV_AMOUNT_MESSAGES || bound->amount == OV_AMOUNT_RECIPIENTS;
    case OV_BOUND_THINGS:
        return bound->thing == OV_THING_DOMAINS;
    case OV_BOUND_USUAL:
    case OV_BOUND_WARM_UP:
        return TRUE;
    case OV_BOUND_SHARE:
    case OV_BOUND_EASING:
        return FALSE;
    }
    return FALSE;
}

void ov_bound_weigh(OvBound *bound, const OvActivity *activity, gint64 now) {
    bound->used = used_of(bound, activity, now);
    bound->allowed = allowed_by(bound, activity, now);
    bound->passed = bound->used > bound->allowed;
    if (bound->form != OV_BOUND_SHARE)
        return;
    guint64 whole = whole_of(&activity->sums[bound->span], bound->amount);
    bound->passed = whole >= MAX(bound->least, 1) && bound->used * WHOLE > bound->allowed * whole;
    bound->used = whole > 0 ? bound->used * WHOLE / whole : 0;
}

/* More of the amount itself may pass it at once; more of what it is a share of only where that is
 * the least that it needs, and the amount would be too large a share of that. */
static void share_room(const OvBound *bound, const OvActivity *activity,
                       double room[OV_N_WEIGHTS]) {
    const OvAmounts *sums = &activity->sums[bound->span];
    guint64 whole = whole_of(sums, bound->amount), least = MAX(bound->least, 1);
    OvAmount other = bound->amount == OV_AMOUNT_HELD ? OV_AMOUNT_MESSAGES : OV_AMOUNT_DELIVERED;
    room[bound->amount] = 0;
    if (sums->of[bound->amount] * WHOLE > bound->allowed * MAX(whole, least))
        room[other] = MIN(room[other], whole + 1 < least ? (double)(least - 1 - whole) : 0);
}

void ov_bound_room(const OvBound *bound, const OvActivity *activity, double room[OV_N_WEIGHTS]) {
    double left = (double)bound->allowed - (double)bound->used;
    guint what =
        bound->form == OV_BOUND_THINGS ? OV_N_AMOUNTS + (guint)bound->thing : (guint)bound->amount;
    if (bound->form == OV_BOUND_SHARE)
        share_room(bound, activity, room);
    else
        room[what] = MIN(room[what], left);
}

static const char *unit_of(const OvBound *bound) {
    static const char *const UNITS[OV_N_AMOUNTS] = {
        [OV_AMOUNT_MESSAGES] = "messages",
        [OV_AMOUNT_RECIPIENTS] = "recipients",
        [OV_AMOUNT_OCTETS] = "octets",
        [OV_AMOUNT_HELD] = "held or tagged messages",
        [OV_AMOUNT_DELIVERED] = "deliveries",
        [OV_AMOUNT_BOUNCED] = "recipients that mail can't be delivered to",
        [OV_AMOUNT_BLOCKED] = "refusals of our mail",
        [OV_AMOUNT_SCORE] = "hundredths of score",
        [OV_AMOUNT_DETECTED] = "messages that the provider reported as spam",
        [OV_AMOUNT_COMPLAINED] = "complaints",
    };
    static const char *const THINGS[OV_N_THINGS] = {
        [OV_THING_DOMAINS] = "recipients' domains",
        [OV_THING_FAILED] = "recipients that mail can't be delivered to",
        [OV_THING_CLIENTS] = "client addresses",
    };
    return bound->form == OV_BOUND_THINGS ? THINGS[bound->thing] : UNITS[bound->amount];
}

double ov_bound_number(const OvBound *bound, guint64 value) {
    return bound->form == OV_BOUND_SHARE ? (double)value * 100 / WHOLE : (double)value;
}

/* "500", "0.3". */
static char *number_text(const OvBound *bound, guint64 value) {
    char number[G_ASCII_DTOSTR_BUF_SIZE];
    if (bound->form != OV_BOUND_SHARE)
        return g_strdup_printf("%" G_GUINT64_FORMAT, value);
    return g_strdup(g_ascii_formatd(number, sizeof number, "%.10g", ov_bound_number(bound, value)));
}

static const char *per_cent(const OvBound *bound) {
    return bound->form == OV_BOUND_SHARE ? " %" : "";
}

char *ov_bound_used_text(const OvBound *bound) {
    g_autofree char *used = number_text(bound, bound->used);
    return g_strdup_printf("%s%s %s in %s", used, per_cent(bound), unit_of(bound),
                           ov_span_words(bound->span));
}

char *ov_bound_allowed_text(const OvBound *bound) {
    g_autofree char *allowed = number_text(bound, bound->allowed);
    return g_strconcat(allowed, per_cent(bound), NULL);
}

char *ov_bound_text(const OvBound *bound) {
    g_autofree char *used = number_text(bound, bound->used);
    g_autofree char *allowed = ov_bound_allowed_text(bound);
    return g_strdup_printf("%s of %s %s in %s", used, allowed, unit_of(bound),
                           ov_span_words(bound->span));
}
