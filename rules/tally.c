#include "rules/tally.h"

#include "rules/measure_header.h"

void ov_tally_set(OvMeasure *measure, OvTallyFacts facts, const OvTally *tally) {
    ov_facts_set_number(measure->facts, facts.count, tally->n);
    ov_measure_set_text(measure, facts.text, tally->first);
}
