#include "rules/facts.h"

const OvFactSpec ov_fact_specs[OV_N_FACTS] = {
#define FACT(id, name, type, unit, text) {name, type, unit, text},
#include "rules/facts_all.def"
#undef FACT
};

const char *ov_type_name(OvType type) {
    static const char *const names[] = {"unknown", "number", "truth value", "text"};
    return names[type];
}
