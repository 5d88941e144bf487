/* What a command is given in a file, read as a whole. */
#pragma once

#include <glib.h>

/* All of the file ("-": standard input), up to one octet more than most; NULL after telling why not
 * on standard error. The caller frees it. */
GString *ov_whole_input(const char *path, gsize most);
