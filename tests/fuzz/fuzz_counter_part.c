/* Reads any octets as what a node tells of a subject through Redis: what is read can be joined with
 * itself and written, and reads back as the same. */
#include "policy/limits/counter_part.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
    g_auto(OvCounterPart) part = {.node = 0}, again = {.node = 0}, sum = {.node = 0};
    if (!ov_counter_part_read(&part, data, size)) {
        g_assert(part.meter.used == 0 && !part.distinct);
        return 0;
    }
    ov_counter_part_extend(&sum, &part);
    ov_counter_part_extend(&sum, &part);
    g_autoptr(GByteArray) octets = ov_counter_part_write(&part);
    g_assert(ov_counter_part_read(&again, octets->data, octets->len));
    g_assert(again.node == part.node && again.time == part.time && again.since == part.since);
    g_assert(again.meter.used == part.meter.used);
    for (guint i = 0; i < OV_N_AMOUNTS; i++)
        g_assert(again.reserved[i] == part.reserved[i]);
    return 0;
}
