/* Text that came by mail, as text of an HTML page. */
#pragma once

#include "rules/slice.h"

#include <glib.h>

/* Appends text so that it is text in an element or in a quoted attribute, whatever is in it: & < >
 * " and ' as references. What can't be seen but does something (controls, bidi overrides,
 * zero-width spaces, tags) is shown as its number, runs of one with their count, and so are octets
 * that are no UTF-8; line feeds, tabs, soft hyphens and joiners stay. */
void ov_markup_append(GString *out, OvSlice text);
void ov_markup_append_text(GString *out, const char *text);
