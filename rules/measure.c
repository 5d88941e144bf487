#include "rules/measure.h"

gboolean ov_measure_late(OvMeasure *measure) {
    if (measure->deadline == 0 || g_get_monotonic_time() < measure->deadline)
        return FALSE;
    ov_facts_set_truth(measure->facts, OV_FACT_MESSAGE_LATE, TRUE);
    return TRUE;
}
