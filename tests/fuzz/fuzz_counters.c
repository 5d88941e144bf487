/* Reads any octets as what the ledger keeps of a counter: a meter, and the different things. What
 * is read can be summed, joined and written, and reads back as the same. */
#include "policy/limits/distinct.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static const gint64 NOW = G_GINT64_CONSTANT(1795000000) * G_USEC_PER_SEC;

static void check_meter(const guint8 *data, gsize size) {
    guint32 first;
    OvMeter meter, again;
    if (size < sizeof first)
        return;
    memcpy(&first, data, sizeof first);
    if (!ov_meter_read(&meter, data + sizeof first, size - sizeof first, first)) {
        g_assert(meter.used == 0);
        return;
    }
    OvAmounts sums[OV_N_SPANS] = {{{0}}}, days[15] = {{{0}}}, one = {{1, 1, 1}};
    ov_meter_sum(&meter, NOW, sums);
    ov_meter_days(&meter, NOW, days, G_N_ELEMENTS(days));
    ov_meter_add(&meter, &one, NOW);
    ov_meter_compact(&meter, NOW);
    g_assert(ov_meter_read(&again, meter.octets, meter.used, meter.first));
    g_assert(again.used == meter.used &&
             (again.used == 0 || memcmp(again.octets, meter.octets, again.used) == 0));
    ov_meter_merge(&again, &meter, NOW);
    ov_meter_clear(&again);
    ov_meter_clear(&meter);
}

static void check_distinct(const guint8 *data, gsize size) {
    OvDistinct *distinct = ov_distinct_new();
    if (ov_distinct_read(distinct, data, size))
        for (guint thing = 0; thing < OV_N_THINGS; thing++)
            for (guint span = 0; span < OV_N_SPANS; span++)
                g_assert(ov_distinct_count(distinct, (OvThing)thing, (OvSpan)span,
                                           (OvThings){NULL, 0},
                                           NOW) <= ov_thing_most((OvThing)thing));
    GByteArray *octets = ov_distinct_write(distinct, NOW);
    if (octets) {
        OvDistinct *again = ov_distinct_new();
        g_assert(ov_distinct_read(again, octets->data, octets->len));
        ov_distinct_free(again);
        g_byte_array_unref(octets);
    }
    ov_distinct_free(distinct);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
    if (size == 0)
        return 0;
    if (data[0] & 1)
        check_meter(data + 1, size - 1);
    else
        check_distinct(data + 1, size - 1);
    return 0;
}
