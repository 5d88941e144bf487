#include "rules/measure_header.h"

gboolean ov_measure_late(OvMeasure *measure) {
    if (measure->deadline == 0 || g_get_monotonic_time() < measure->deadline)
        return FALSE;
    ov_facts_set_truth(measure->facts, OV_FACT_MESSAGE_LATE, TRUE);
    return TRUE;
}

void ov_measure_set_text(OvMeasure *measure, OvFactId fact, OvSlice text) {
    if (text.length > 0 && !g_utf8_validate_len(text.data, text.length, NULL)) {
        g_autofree char *valid = g_utf8_make_valid(text.data, (gssize)text.length);
        text = ov_arena_dup(measure->arena, ov_slice(valid));
    }
    ov_facts_set_text(measure->facts, fact, text);
}
