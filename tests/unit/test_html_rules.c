/* Every HTML_ rule against the cases of tests/data/rules/html.cases, judged as shipped. */
#include "tests/unit/case_rules.h"

int main(void) {
    return case_rules_run("html.cases", "HTML_", 29);
}
