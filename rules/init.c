#include "rules/init.h"

#include "rules/address.h"

void ov_rules_init(void) {
    static gsize once;
    if (g_once_init_enter(&once)) {
        ov_domain_init();
        g_once_init_leave(&once, 1);
    }
}
