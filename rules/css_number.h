/* Numbers of CSS: 12, -0.5, .8, 1e3. */
#pragma once

#include "rules/slice.h"

/* Reads the number that text starts with; returns its octets, 0 where there is none. */
gsize ov_css_number(OvSlice text, double *number);
