#include "policy/limits/counter_part.h"

#include <string.h>

/* Told: node, time, since, time of the meter's first entry, lengths of meter and things, a bit for
 * each amount that is reserved, those amounts, meter, things; numbers lowest octet first. */
enum { HEAD = 3 * 8 + 4 * 4, MOST = 1024 * 1024 };

G_STATIC_ASSERT(OV_N_AMOUNTS < 32);

void ov_counter_part_clear(OvCounterPart *part) {
    ov_meter_clear(&part->meter);
    ov_distinct_free(part->distinct);
    *part = (OvCounterPart){.node = 0};
}

static OvDistinct *have_distinct(OvCounterPart *part) {
    if (!part->distinct)
        part->distinct = ov_distinct_new();
    return part->distinct;
}

void ov_counter_part_count(OvCounterPart *part, const OvAmounts *amounts,
                           const OvThings things[OV_N_THINGS], gint64 now) {
    if (part->since == 0)
        part->since = now;
    ov_meter_add(&part->meter, amounts, now);
    for (guint i = 0; i < OV_N_THINGS; i++)
        if (things[i].n > 0)
            ov_distinct_see(have_distinct(part), (OvThing)i, things[i], now);
}

static gint64 earlier(gint64 since, gint64 other) {
    return since == 0 || (other > 0 && other < since) ? other : since;
}

void ov_counter_part_extend(OvCounterPart *part, const OvCounterPart *news) {
    part->time = MAX(part->time, news->time);
    part->since = earlier(part->since, news->since);
    ov_meter_extend(&part->meter, &news->meter);
    for (guint i = 0; i < OV_N_AMOUNTS; i++)
        part->reserved[i] = (gint64)((guint64)part->reserved[i] + (guint64)news->reserved[i]);
    if (news->distinct)
        ov_distinct_merge(have_distinct(part), news->distinct);
}

static void put(GByteArray *octets, guint64 number, guint size) {
    guint64 little = GUINT64_TO_LE(number);
    g_byte_array_append(octets, (const guint8 *)&little, size);
}

GByteArray *ov_counter_part_write(const OvCounterPart *part) {
    GByteArray *octets = g_byte_array_sized_new(HEAD + part->meter.used);
    g_autoptr(GByteArray) things =
        part->distinct ? ov_distinct_write(part->distinct, part->time) : NULL;
    guint present = 0;
    for (guint i = 0; i < OV_N_AMOUNTS; i++)
        present |= part->reserved[i] != 0 ? 1U << i : 0;
    put(octets, part->node, 8);
    put(octets, (guint64)part->time, 8);
    put(octets, (guint64)part->since, 8);
    put(octets, part->meter.first, 4);
    put(octets, part->meter.used, 4);
    put(octets, things ? things->len : 0, 4);
    put(octets, present, 4);
    for (guint i = 0; i < OV_N_AMOUNTS; i++)
        if (part->reserved[i] != 0)
            put(octets, (guint64)part->reserved[i], 8);
    if (part->meter.used > 0)
        g_byte_array_append(octets, part->meter.octets, part->meter.used);
    if (things)
        g_byte_array_append(octets, things->data, things->len);
    return octets;
}

static guint64 take(const guint8 **at, guint size) {
    guint64 little = 0;
    memcpy(&little, *at, size);
    *at += size;
    return GUINT64_FROM_LE(little);
}

static gboolean read_rest(OvCounterPart *part, const guint8 *at, const guint8 *end, guint32 first,
                          guint32 meter, guint32 things) {
    return (gsize)(end - at) == (gsize)meter + things &&
           ov_meter_read(&part->meter, at, meter, first) &&
           (things == 0 || ov_distinct_read(have_distinct(part), at + meter, things));
}

gboolean ov_counter_part_read(OvCounterPart *part, const guint8 *octets, gsize length) {
    const guint8 *at = octets, *end = octets + length;
    *part = (OvCounterPart){.node = 0};
    if (length < HEAD || length > MOST)
        return FALSE;
    part->node = take(&at, 8);
    part->time = (gint64)take(&at, 8);
    part->since = (gint64)take(&at, 8);
    guint32 first = (guint32)take(&at, 4), meter = (guint32)take(&at, 4),
            things = (guint32)take(&at, 4);
    guint present = (guint)take(&at, 4);
    gboolean good = (present >> OV_N_AMOUNTS) == 0;
    for (guint i = 0; good && i < OV_N_AMOUNTS; i++)
        if (present & (1U << i)) {
            good = end - at >= 8;
            part->reserved[i] = good ? (gint64)take(&at, 8) : 0;
        }
    if (good && read_rest(part, at, end, first, meter, things))
        return TRUE;
    ov_counter_part_clear(part);
    return FALSE;
}
