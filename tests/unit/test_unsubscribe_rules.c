/* Every UNSUB_ rule against the cases of tests/data/rules/unsubscribe.cases, judged as shipped. */
#include "tests/unit/case_rules.h"

int main(void) {
    return case_rules_run("unsubscribe.cases", "UNSUB_", 13);
}
