/* What links are for, told by their texts, what stands beside them, and the words of their
 * addresses. */
#pragma once

#include "rules/links.h"

/* Sets the role of each. */
void ov_link_roles(OvMeasure *measure, OvLink *links, guint n_links);
