/* Every AUTH_ rule against the cases of tests/data/rules/auth.cases, judged as shipped. */
#include "tests/unit/case_rules.h"

int main(void) {
    return case_rules_run("auth.cases", "AUTH_", 37);
}
