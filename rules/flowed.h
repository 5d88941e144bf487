/* format=flowed (RFC 3676): paragraphs of plain text that were cut into lines for the way, put
 * together as mail programs show them. */
#pragma once

#include "rules/arena.h"

/* text, valid UTF-8, with every line that ends in a space joined to the next one of the same quote
 * depth (4.1, 4.4); with delsp that space goes away (4.3). Marks of quotation stand once before
 * what was joined; the space that a line was stuffed with (4.4) goes away, but behind those marks,
 * and before other ones and "From ", where it keeps the line from being taken for something else.
 * "-- " ends a paragraph. Line ends that stay are as they were. text itself where there is nothing
 * to join, else in the arena, never longer. */
OvSlice ov_flowed_join(OvArena *arena, OvSlice text, gboolean delsp);
