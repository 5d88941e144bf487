/* What the layer needs once a process. */
#pragma once

#include <glib.h>

/* Loads the public suffix list (the system's where it is newer than libpsl's own), so that the
 * first message need not wait for it; ov_judge_new does. Calling it again does nothing.
 * Thread-safe. */
void ov_rules_init(void);
