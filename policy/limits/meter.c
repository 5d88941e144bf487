#include "policy/limits/meter.h"

#include <string.h>

/* Times are quarters of a second since 2020: 32 bits last for 34 years. */
#define TICK           (G_USEC_PER_SEC / 4)
#define TICKS(seconds) ((guint32)(seconds)*4)
static const gint64 EPOCH = G_GINT64_CONSTANT(1577836800) * G_USEC_PER_SEC;

enum {
    FIRST_CAPACITY = 16,
    MAX_VARINT = 10,
    MAX_ENTRY = MAX_VARINT * (2 + OV_N_AMOUNTS),
    SLACK = 256, /* octets that may be added before entries are joined again */
};

static const struct {
    const char *name;
    guint32 length; /* ticks */
    guint32 slot;   /* ticks, a hundredth of length at most, and a multiple of the one before:
                       what was joined once is joined no further but with its whole slot */
} SPANS[OV_N_SPANS] = {
    [OV_SPAN_MINUTE] = {"minute", TICKS(60), 2},
    [OV_SPAN_TEN_MINUTES] = {"10min", TICKS(600), TICKS(6)},
    [OV_SPAN_HOUR] = {"hour", TICKS(3600), TICKS(36)},
    [OV_SPAN_DAY] = {"day", TICKS(24 * 3600), TICKS(864)},
    [OV_SPAN_WEEK] = {"week", TICKS(7 * 24 * 3600), TICKS(7 * 864)},
    [OV_SPAN_MONTH] = {"month", TICKS(30 * 24 * 3600), TICKS(28 * 864)},
};

static const char *const NAMES[OV_N_AMOUNTS] = {
    [OV_AMOUNT_MESSAGES] = "messages",   [OV_AMOUNT_RECIPIENTS] = "recipients",
    [OV_AMOUNT_OCTETS] = "octets",       [OV_AMOUNT_HELD] = "held",
    [OV_AMOUNT_DELIVERED] = "delivered", [OV_AMOUNT_BOUNCED] = "bounced",
    [OV_AMOUNT_BLOCKED] = "blocked",     [OV_AMOUNT_SCORE] = "score",
    [OV_AMOUNT_DETECTED] = "detected",   [OV_AMOUNT_ANNOUNCED_MESSAGES] = "announced_messages",
    [OV_AMOUNT_ANNOUNCED] = "announced", [OV_AMOUNT_DRAWN_MESSAGES] = "drawn_messages",
    [OV_AMOUNT_DRAWN] = "drawn",         [OV_AMOUNT_COMPLAINED] = "complained",
};

const char *ov_span_name(OvSpan span) {
    g_assert((guint)span < OV_N_SPANS);
    return SPANS[span].name;
}

const char *ov_span_words(OvSpan span) {
    static const char *const WORDS[OV_N_SPANS] = {
        [OV_SPAN_MINUTE] = "a minute", [OV_SPAN_TEN_MINUTES] = "10 minutes",
        [OV_SPAN_HOUR] = "an hour",    [OV_SPAN_DAY] = "a day",
        [OV_SPAN_WEEK] = "a week",     [OV_SPAN_MONTH] = "a month",
    };
    return WORDS[span];
}

gboolean ov_span_from_name(const char *name, OvSpan *span) {
    for (guint i = 0; i < OV_N_SPANS; i++)
        if (g_str_equal(name, SPANS[i].name)) {
            *span = (OvSpan)i;
            return TRUE;
        }
    return FALSE;
}

gint64 ov_span_length(OvSpan span) {
    g_assert((guint)span < OV_N_SPANS);
    return (gint64)SPANS[span].length * TICK;
}

const char *ov_amount_name(OvAmount amount) {
    g_assert((guint)amount < OV_N_AMOUNTS);
    return NAMES[amount];
}

static guint32 tick_of(gint64 time) {
    return (guint32)CLAMP((time - EPOCH) / TICK, 1, G_MAXUINT32);
}

/* The slots of what is of this age: those of the shortest span that still has it. */
static guint32 slot_at(guint32 age) {
    guint i = 0;
    while (i < OV_N_SPANS - 1 && age >= SPANS[i].length)
        i++;
    return SPANS[i].slot;
}

/* One entry: bits, one for each amount that is not 0, the time since the entry before it (of the
 * first: 0, its time is apart), and the amounts; all numbers of 7 bits an octet, the lowest first.
 */
typedef struct {
    guint32 time;
    OvAmounts amounts;
} Entry;

static guint8 *put_number(guint8 *to, guint64 number) {
    for (; number >= 0x80; number >>= 7)
        *to++ = (guint8)(number | 0x80);
    *to++ = (guint8)number;
    return to;
}

static gsize put_entry(guint8 *to, const Entry *entry, guint32 before) {
    guint present = 0;
    for (guint i = 0; i < OV_N_AMOUNTS; i++)
        present |= entry->amounts.of[i] > 0 ? 1U << i : 0;
    guint8 *end = put_number(put_number(to, present), entry->time - before);
    for (guint i = 0; i < OV_N_AMOUNTS; i++)
        if (entry->amounts.of[i] > 0)
            end = put_number(end, entry->amounts.of[i]);
    return (gsize)(end - to);
}

typedef struct {
    const guint8 *at, *end;
    guint32 time; /* of the entry read last */
} Reader;

static gboolean get_number(Reader *reader, guint64 *number) {
    *number = 0;
    for (guint shift = 0; reader->at < reader->end && shift < 64; shift += 7) {
        guint8 octet = *reader->at++;
        *number |= (guint64)(octet & 0x7f) << shift;
        if (!(octet & 0x80))
            return TRUE;
    }
    return FALSE;
}

static Reader reader_of(const OvMeter *meter) {
    const guint8 *end = meter->octets ? meter->octets + meter->used : NULL;
    return (Reader){meter->octets, end, meter->first};
}

/* FALSE at the end, and where what follows is no entry. */
static gboolean next_entry(Reader *reader, Entry *entry) {
    guint64 number, present;
    if (reader->at == reader->end)
        return FALSE;
    *entry = (Entry){.time = 0};
    if (!get_number(reader, &present) || (present >> OV_N_AMOUNTS) != 0 ||
        !get_number(reader, &number) || number > G_MAXUINT32 - reader->time)
        return FALSE;
    entry->time = reader->time += (guint32)number;
    for (guint i = 0; present; i++, present >>= 1)
        if ((present & 1) && !get_number(reader, &entry->amounts.of[i]))
            return FALSE;
    return TRUE;
}

static void add_amounts(OvAmounts *to, const OvAmounts *amounts) {
    for (guint i = 0; i < OV_N_AMOUNTS; i++)
        to->of[i] += amounts->of[i];
}

void ov_meter_clear(OvMeter *meter) {
    g_free(meter->octets);
    *meter = (OvMeter){.octets = NULL};
}

static void append(OvMeter *meter, const Entry *entry) {
    guint8 octets[MAX_ENTRY];
    if (meter->used == 0)
        meter->first = meter->last = entry->time;
    gsize length = put_entry(octets, entry, meter->last);
    if (!meter->octets || meter->used + length > meter->capacity) {
        meter->capacity = MAX(FIRST_CAPACITY, meter->capacity + meter->capacity / 2);
        meter->capacity = MAX(meter->capacity, meter->used + (guint32)length);
        meter->octets = g_realloc(meter->octets, meter->capacity);
    }
    memcpy(meter->octets + meter->used, octets, length);
    meter->newest = meter->used;
    meter->used += (guint32)length;
    meter->last = entry->time;
}

/* Joins entries of one slot, which take the time of the newest, and drops what is too old. */
static void rewrite(OvMeter *meter, guint32 now) {
    OvMeter joined = {.octets = NULL};
    Reader reader = reader_of(meter);
    Entry next, entry = {.time = 0};
    gboolean has_entry = FALSE;
    while (next_entry(&reader, &next)) {
        guint32 age = now > next.time ? now - next.time : 0;
        guint32 slot = slot_at(age);
        if (age >= SPANS[OV_N_SPANS - 1].length)
            continue;
        if (has_entry && entry.time / slot == next.time / slot) {
            add_amounts(&next.amounts, &entry.amounts);
        } else if (has_entry) {
            append(&joined, &entry);
        }
        entry = next;
        has_entry = TRUE;
    }
    if (has_entry)
        append(&joined, &entry);
    g_free(meter->octets);
    *meter = joined;
    meter->compacted = meter->used;
}

void ov_meter_compact(OvMeter *meter, gint64 now) {
    rewrite(meter, tick_of(now));
}

static void add_at(OvMeter *meter, const OvAmounts *amounts, guint32 now) {
    Entry entry = {MAX(now, meter->last), *amounts};
    if (meter->used > 0 && entry.time == meter->last) {
        Entry newest;
        Reader reader = {meter->octets + meter->newest, meter->octets + meter->used, 0};
        guint32 before;
        if (next_entry(&reader, &newest)) {
            before = meter->last - newest.time;
            add_amounts(&entry.amounts, &newest.amounts);
            meter->used = meter->newest;
            meter->last = before;
            if (meter->used == 0)
                meter->first = entry.time;
        }
    }
    append(meter, &entry);
    if (meter->used > 2 * meter->compacted + SLACK)
        rewrite(meter, entry.time);
}

void ov_meter_add(OvMeter *meter, const OvAmounts *amounts, gint64 now) {
    add_at(meter, amounts, tick_of(now));
}

void ov_meter_sum(const OvMeter *meter, gint64 now, OvAmounts *sums) {
    guint32 tick = tick_of(now);
    Reader reader = reader_of(meter);
    Entry entry;
    OvAmounts until[OV_N_SPANS] = {{{0}}}; /* of each span what no shorter one has */
    while (next_entry(&reader, &entry)) {
        guint32 age = tick > entry.time ? tick - entry.time : 0;
        for (guint i = 0; i < OV_N_SPANS; i++)
            if (age < SPANS[i].length) {
                add_amounts(&until[i], &entry.amounts);
                break;
            }
    }
    for (guint i = 0; i < OV_N_SPANS; i++) {
        if (i > 0)
            add_amounts(&until[i], &until[i - 1]);
        add_amounts(&sums[i], &until[i]);
    }
}

void ov_meter_days(const OvMeter *meter, gint64 now, OvAmounts *days, guint n_days) {
    guint32 tick = tick_of(now);
    Reader reader = reader_of(meter);
    Entry entry;
    while (next_entry(&reader, &entry)) {
        guint32 day = (tick > entry.time ? tick - entry.time : 0) / SPANS[OV_SPAN_DAY].length;
        if (day < n_days)
            add_amounts(&days[day], &entry.amounts);
    }
}

void ov_meter_since(const OvMeter *meter, gint64 time, OvAmounts *sum) {
    guint32 tick = tick_of(time);
    Reader reader = reader_of(meter);
    Entry entry;
    while (next_entry(&reader, &entry))
        if (entry.time >= tick)
            add_amounts(sum, &entry.amounts);
}

gboolean ov_meter_is_over(const OvMeter *meter, gint64 now) {
    guint32 tick = tick_of(now);
    return meter->used == 0 ||
           (tick > meter->last && tick - meter->last >= SPANS[OV_N_SPANS - 1].length);
}

gint64 ov_meter_ahead(const OvMeter *meter, gint64 now) {
    guint32 tick = tick_of(now);
    return meter->used > 0 && meter->last > tick ? (gint64)(meter->last - tick) * TICK : 0;
}

void ov_meter_set_back(OvMeter *meter, gint64 by) {
    if (meter->used == 0)
        return;
    /* The first has a time of its own, the others tell how much later they are. */
    guint32 ticks = (guint32)CLAMP(by / TICK, 0, meter->first - 1);
    meter->first -= ticks;
    meter->last -= ticks;
}

gboolean ov_meter_read(OvMeter *meter, const guint8 *octets, gsize length, guint32 first) {
    OvMeter read = {.first = first};
    Reader reader = {octets, octets + length, first};
    Entry entry;
    *meter = read;
    while (reader.at < reader.end) {
        if (!next_entry(&reader, &entry)) {
            ov_meter_clear(meter);
            return FALSE;
        }
        append(meter, &entry);
    }
    meter->compacted = meter->used;
    return TRUE;
}

void ov_meter_extend(OvMeter *meter, const OvMeter *later) {
    Reader reader = reader_of(later);
    Entry entry;
    while (next_entry(&reader, &entry))
        add_at(meter, &entry.amounts, entry.time);
}

void ov_meter_merge(OvMeter *meter, const OvMeter *other, gint64 now) {
    OvMeter merged = {.octets = NULL};
    Reader ours = reader_of(meter), theirs = reader_of(other);
    Entry our, their;
    gboolean has_our = next_entry(&ours, &our), has_their = next_entry(&theirs, &their);
    while (has_our || has_their) {
        gboolean take_our = has_our && (!has_their || our.time <= their.time);
        const Entry *entry = take_our ? &our : &their;
        add_at(&merged, &entry->amounts, entry->time);
        if (take_our)
            has_our = next_entry(&ours, &our);
        else
            has_their = next_entry(&theirs, &their);
    }
    ov_meter_clear(meter);
    *meter = merged;
    ov_meter_compact(meter, now);
}
