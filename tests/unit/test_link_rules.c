/* Every LINK_ rule against the cases of tests/data/rules/link.cases, judged as shipped. */
#include "tests/unit/case_rules.h"

int main(void) {
    return case_rules_run("link.cases", "LINK_", 25);
}
