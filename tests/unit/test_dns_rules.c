/* Every DNS_ rule against the cases of tests/data/rules/dns.cases, judged as shipped. */
#include "tests/unit/case_rules.h"

int main(void) {
    return case_rules_run("dns.cases", "DNS_", 20);
}
