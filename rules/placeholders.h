/* Merge fields that nobody filled in: the mark of a mailing gone wrong. */
#pragma once

#include "rules/slice.h"

/* Finds {{..}}, ${..}, *|..|*, [[..]], <#..#>, %NAME% (capitals, `_` and digits) and a greeting
 * without a name ("Dear ,") in text (valid UTF-8), each on one line and with at most 60 octets
 * inside. Returns their number; *first, where not NULL, gets the first one. */
guint ov_placeholders_find(OvSlice text, OvSlice *first);
