/* Every LURE_ rule against the cases of tests/data/rules/lure.cases, judged as shipped. */
#include "tests/unit/case_rules.h"

int main(void) {
    return case_rules_run("lure.cases", "LURE_", 4);
}
