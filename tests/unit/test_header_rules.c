/* Every HDR_ rule against the cases of tests/data/rules/header.cases, judged as shipped. */
#include "tests/unit/case_rules.h"

int main(void) {
    return case_rules_run("header.cases", "HDR_", 43);
}
