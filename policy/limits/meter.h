/* What one subject did in the last 30 days: amounts in order of time, from which the sum over a
 * sliding window is taken. Pure; used by one thread at a time.
 *
 * Amounts of nearly the same time share an entry, which has the time of its newest: the older, the
 * coarser, so that a busy month takes some 600 entries of about 7 octets. A window never forgets an
 * amount early, and forgets it late by at most a hundredth of its length (and the quarter of a
 * second in which times are kept): a limit is never passed by double its amount at a window's edge.
 */
#pragma once

#include <glib.h>

typedef enum {
    OV_AMOUNT_MESSAGES,
    OV_AMOUNT_RECIPIENTS,
    OV_AMOUNT_OCTETS,
    OV_AMOUNT_HELD,      /* messages that were held or tagged */
    OV_AMOUNT_DELIVERED, /* recipients */
    OV_AMOUNT_BOUNCED,   /* recipients for good refused, unknown, or given up */
    OV_AMOUNT_BLOCKED,   /* answers that say that our mail is not wanted (ov_reason_is_block) */
    OV_AMOUNT_SCORE,     /* hundredths of messages' scores, those above 0 */
    OV_AMOUNT_DETECTED,  /* messages that the provider reported as spam */
    /* Of the messages and recipients, those of announced mailings (policy/limits/allowance.h); and
     * of these, those that the subject's own announcement was used for, not that of another subject
     * of the same message. */
    OV_AMOUNT_ANNOUNCED_MESSAGES,
    OV_AMOUNT_ANNOUNCED,
    OV_AMOUNT_DRAWN_MESSAGES,
    OV_AMOUNT_DRAWN,
    OV_AMOUNT_COMPLAINED, /* recipients who complained by a feedback loop */
    OV_N_AMOUNTS
} OvAmount;

typedef struct {
    guint64 of[OV_N_AMOUNTS];
} OvAmounts;

typedef enum {
    OV_SPAN_MINUTE,
    OV_SPAN_TEN_MINUTES,
    OV_SPAN_HOUR,
    OV_SPAN_DAY,
    OV_SPAN_WEEK,
    OV_SPAN_MONTH, /* 30 days */
    OV_N_SPANS
} OvSpan;

/* "minute", "10min", "hour", "day", "week", "month"; "messages", "recipients", "octets", ... */
const char *ov_span_name(OvSpan span);
/* For people: "a minute", "10 minutes", "an hour". */
const char *ov_span_words(OvSpan span);
gboolean ov_span_from_name(const char *name, OvSpan *span);
const char *ov_amount_name(OvAmount amount);
/* Microseconds. */
gint64 ov_span_length(OvSpan span);

/* Zeroed memory is an empty one. */
typedef struct {
    guint8 *octets; /* entries, oldest first; written as they are into the ledger */
    guint32 used, capacity;
    guint32 compacted;   /* what was used after entries were last joined */
    guint32 first, last; /* times of the oldest and the newest entry */
    guint32 newest;      /* where the newest begins in octets */
} OvMeter;

void ov_meter_clear(OvMeter *meter);
/* now: microseconds since the epoch. A clock that was set back is taken to stand still, until
 * ov_meter_set_back. */
void ov_meter_add(OvMeter *meter, const OvAmounts *amounts, gint64 now);
/* Adds what was done in each span up to now to sums[OV_N_SPANS]. */
void ov_meter_sum(const OvMeter *meter, gint64 now, OvAmounts *sums);
/* Adds what was done by day: the last 24 hours are days[0], those before them days[1] ... */
void ov_meter_days(const OvMeter *meter, gint64 now, OvAmounts *days, guint n_days);
/* Adds what was done at a time or later; what is older by a hundredth of its age may be in it. */
void ov_meter_since(const OvMeter *meter, gint64 time, OvAmounts *sum);
/* Nothing of it is in any span any more. */
gboolean ov_meter_is_over(const OvMeter *meter, gint64 now);
/* How far the newest is ahead of now, microseconds; 0 where it is not. */
gint64 ov_meter_ahead(const OvMeter *meter, gint64 now);
/* Moves all of it back by so many microseconds, as a clock was: what lies between two entries stays
 * so. */
void ov_meter_set_back(OvMeter *meter, gint64 by);
/* Forgets what is in no span any more, and joins what is old. */
void ov_meter_compact(OvMeter *meter, gint64 now);

/* Takes over what ov_meter_... wrote, octets and the time of the oldest entry; what is no such text
 * makes it empty. FALSE then. */
gboolean ov_meter_read(OvMeter *meter, const guint8 *octets, gsize length, guint32 first);
/* Adds all that was done later, as what the meter has: each amount after those before it. */
void ov_meter_extend(OvMeter *meter, const OvMeter *later);
/* Adds all that other did, in order of time. */
void ov_meter_merge(OvMeter *meter, const OvMeter *other, gint64 now);
