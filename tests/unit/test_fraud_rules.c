/* Every FRAUD_ rule against the cases of tests/data/rules/fraud.cases, judged as shipped. */
#include "tests/unit/case_rules.h"

int main(void) {
    return case_rules_run("fraud.cases", "FRAUD_", 8);
}
