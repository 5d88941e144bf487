/* Every SUBJ_ rule against the cases of tests/data/rules/subject.cases, judged as shipped. */
#include "tests/unit/case_rules.h"

int main(void) {
    return case_rules_run("subject.cases", "SUBJ_", 22);
}
