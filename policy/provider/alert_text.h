/* The text of a block alert, taken apart; for alert_mail.c. Time is linear in its size. */
#pragma once

#include "rules/arena.h"
#include "rules/slice.h"

/* text (valid UTF-8) with blanks of every kind as spaces, dashes as hyphens, line ends as LF, and
 * without characters that can't be seen and the > of quoted lines. Arena. */
OvSlice ov_alert_text_plain(OvArena *arena, OvSlice text);

/* Adds the detections that stand in a plain text (OvDetection) and the addresses before the first
 * of them (const char; dotted quads that are public, each once). At most one more of either than an
 * alert may have. */
void ov_alert_text_find(OvSlice text, OvArena *arena, GArray *detections, GPtrArray *addresses);

/* Reads a plain text as a list of Message-IDs, one a line, maybe with a mark, a label or a comma.
 * How many lines are something else; empty ones and those from # on are passed over. */
guint ov_alert_text_list(OvSlice text, OvArena *arena, GArray *detections);
