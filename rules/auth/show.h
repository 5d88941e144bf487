/* What others put into the DNS or a header, made fit for a sentence to people. */
#pragma once

#include "rules/arena.h"

/* At most 80 visible ASCII characters of text; "?" for any other octet, "..." for what was cut.
 * Arena, never NULL. */
const char *ov_show(OvArena *arena, OvSlice text);
