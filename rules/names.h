/* Finding a word in a fixed list without regard to ASCII case: names of elements, attributes, CSS
 * properties, colours. */
#pragma once

#include "rules/slice.h"

enum { OV_NAMES_SLOTS = 1024, OV_NAMES_MAX = 512 };

/* Static, with the first two members set; the rest is filled in at the first search of the process
 * and constant from then on. */
typedef struct {
    const char *const *names; /* lower case; n of them, at most OV_NAMES_MAX */
    guint n;
    gsize once;
    guint16 slots[OV_NAMES_SLOTS]; /* number of the name plus 1 */
} OvNames;

/* The number of name in the list, or n where it is not in there. Thread-safe. */
guint ov_names_find(OvNames *names, OvSlice name);
