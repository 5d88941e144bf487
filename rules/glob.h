/* Patterns as administrators write them: `*` stands for any run of characters, none included, `?`
 * for one octet; everything else for itself, ASCII letters without case. Time is bounded by
 * pattern length times text length. */
#pragma once

#include <glib.h>

gboolean ov_glob_match(const char *pattern, const char *text);
