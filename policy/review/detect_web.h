/* Whether a web server of this machine answers at an address that mail leaves from: where much mail
 * leaves, the provider's guide asks for addresses that serve mail alone (G5). Pure. */
#pragma once

#include "policy/review/detect.h"

/* A sentence on the addresses in the sections; NULL where there is nothing to say, or it is not
 * known who listens. sections: OvDetectedSection. */
const char *ov_detect_web(const OvDetectInput *input, const GPtrArray *sections, OvArena *arena);
