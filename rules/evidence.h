/* Evidence: a piece of somebody's mail made safe to show in logs, tags, terminals and pages. */
#pragma once

#include "rules/arena.h"

enum { OV_EVIDENCE_CHARACTERS = 80 };

/* At most 80 characters of text, the rest shown as one ellipsis: white space folded to one space,
 * control, format, bidi, zero-width and other invisible characters and octets that are no UTF-8
 * shown as \u{XXXX} or \x{XX}. Valid UTF-8, NUL-terminated, arena. */
const char *ov_evidence(OvArena *arena, OvSlice text);

/* The same without the limit of 80: at most limit characters, for a subject or a name. */
const char *ov_evidence_limited(OvArena *arena, OvSlice text, guint limit);
