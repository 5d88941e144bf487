/* Parameters of a field's value: `; name=value`, as in Content-Type (RFC 2045 5.1) and, as tags, in
 * DKIM-Signature (RFC 6376 3.2). */
#pragma once

#include "rules/arena.h"

/* The first parameter of that name (in any case) in value, unquoted and trimmed; folds, comments
 * and quoted strings are passed over. Empty where there is none. Arena, or value itself. */
OvSlice ov_parameter_find(OvArena *arena, OvSlice value, const char *name);
