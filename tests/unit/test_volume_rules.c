/* Every VOL_ rule against the cases of tests/data/rules/volume.cases, judged as shipped. */
#include "tests/unit/case_rules.h"

int main(void) {
    return case_rules_run("volume.cases", "VOL_", 14);
}
