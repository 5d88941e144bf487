/* The value of one declaration of CSS. For css_declarations.c. */
#pragma once

#include "rules/css_declarations.h"

/* The value of a property that stands for itself; FALSE where it is none. */
gboolean ov_css_read_value(OvCssProperty property, OvSlice value, OvCssValue *found);

/* A length, or one of the words that mean none; calc() and the like are not known. */
gboolean ov_css_read_length(OvSlice value, gboolean bare, OvCssValue *found);
gboolean ov_css_read_font_size(OvSlice value, OvCssValue *found);

/* Takes the next part of a value that blanks separate. */
OvSlice ov_css_next_part(OvSlice *value);
/* TRUE for name(...). */
gboolean ov_css_is_function(OvSlice part, const char *name);
/* TRUE for a picture or a gradient. */
gboolean ov_css_is_picture(OvSlice part);
/* What stands in url(...). */
OvSlice ov_css_url(OvSlice part);
