/* Tag lists, `name=value; name=value` (RFC 6376 3.2): DKIM-Signature, the records of DKIM keys. */
#pragma once

#include "rules/slice.h"

enum { OV_TAGS_MAX = 64 }; /* tags in one list; one that has more is broken */

typedef struct {
    OvSlice name;  /* as written; case matters */
    OvSlice value; /* trimmed; white space and folds inside are left in; may be empty */
} OvTag;

/* Cuts list into its tags, at most OV_TAGS_MAX, in order; tags has that much room. Returns how
 * many, or -1 where the list breaks RFC 6376 3.2: a name that is none, a tag without =, a name
 * twice, too many, octets outside of printable ASCII and white space. A list that is empty has
 * none. The tags point into list. */
gint ov_tags_cut(OvSlice list, OvTag tags[OV_TAGS_MAX]);

/* The tag of that name, or NULL. */
const OvTag *ov_tags_find(const OvTag *tags, gint n_tags, const char *name);
