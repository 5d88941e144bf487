/* Every BODY_ rule against the cases of tests/data/rules/body.cases, judged as shipped. */
#include "tests/unit/case_rules.h"

int main(void) {
    return case_rules_run("body.cases", "BODY_", 6);
}
