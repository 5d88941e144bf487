/* Merge fields that nobody filled in: the mark of a mailing gone wrong. */
#pragma once

#include "rules/slice.h"

/* Finds in text (valid UTF-8), each on one line and with at most 60 octets inside:
 *
 *   {{first_name}}, *|FNAME|*, <#name#>, {%name%}, %%name%%    what begins with a letter and has
 *                          letters, digits, blanks and . _ - | : ' " ( ) inside; not ${{ }}
 *   %NAME%                 capitals, `_` and digits; not what Windows calls so (%PATH%)
 *   ${name}, [[name]], {name}    the words that such fields have ("first name", "vorname"): other
 *                          words in these brackets are scripts' and wikis' own
 *   "Dear ,"               a greeting without a name, at the start of a line
 *
 * Returns their number; *first, where not NULL, gets the first one. */
guint ov_placeholders_find(OvSlice text, OvSlice *first);
