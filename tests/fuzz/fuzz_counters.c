/* Reads any octets as what the ledger keeps of a counter: a tally, and the different things. What
 * is read can be summed, joined and written, and reads back as the same. */
#include "policy/limits/distinct.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static const gint64 NOW = G_GINT64_CONSTANT(1795000000) * G_USEC_PER_SEC;

static void check_tally(const guint8 *data, gsize size) {
    guint32 first;
    OvTally tally, again;
    if (size < sizeof first)
        return;
    memcpy(&first, data, sizeof first);
    if (!ov_tally_read(&tally, data + sizeof first, size - sizeof first, first)) {
        g_assert(tally.used == 0);
        return;
    }
    OvAmounts sums[OV_N_SPANS] = {{{0}}}, days[15] = {{{0}}}, one = {{1, 1, 1}};
    ov_tally_sum(&tally, NOW, sums);
    ov_tally_days(&tally, NOW, days, G_N_ELEMENTS(days));
    ov_tally_add(&tally, &one, NOW);
    ov_tally_compact(&tally, NOW);
    g_assert(ov_tally_read(&again, tally.octets, tally.used, tally.first));
    g_assert(again.used == tally.used &&
             (again.used == 0 || memcmp(again.octets, tally.octets, again.used) == 0));
    ov_tally_merge(&again, &tally, NOW);
    ov_tally_clear(&again);
    ov_tally_clear(&tally);
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
        check_tally(data + 1, size - 1);
    else
        check_distinct(data + 1, size - 1);
    return 0;
}
