#include "rules/init.h"

#include "rules/address.h"

void ov_rules_init(void) {
    ov_domain_init();
}
