/* What the layer needs once a process. */
#pragma once

#include <glib.h>

/* Loads the public suffix list (the system's where it is newer than libpsl's own). Called before
 * the first message is parsed, which ov_judge_new does; calling it again does nothing. Thread-safe.
 */
void ov_rules_init(void);
