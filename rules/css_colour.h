/* Colours of CSS and HTML, and how well one is told from another. */
#pragma once

#include "rules/slice.h"

/* Red, green, blue and alpha, an octet each: 0xRRGGBBAA. */
typedef guint32 OvColour;

/* Reads a colour of CSS: #rgb, #rrggbbaa, rgb(), rgba(), hsl(), hsla(), a name, transparent. FALSE
 * where it is none of them. */
gboolean ov_colour_read(OvSlice text, OvColour *colour);
/* Reads a colour of an HTML attribute, where next to everything is one (WHATWG HTML 2.3.6). */
gboolean ov_colour_read_attribute(OvSlice text, OvColour *colour);

/* front laid over back, which is opaque. */
OvColour ov_colour_over(OvColour front, OvColour back);
/* Distance weighted by brightness, 0 to 191.15 (rule catalogue 1.4). Alpha is not heeded. */
double ov_colour_distance(OvColour a, OvColour b);
/* WCAG 2 contrast ratio, 1 to 21. */
double ov_colour_contrast(OvColour a, OvColour b);
