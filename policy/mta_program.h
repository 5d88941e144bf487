/* Where the MTA's programs are. */
#pragma once

#include "policy/settings.h"

/* The absolute path of one of them: in [mta] command_directory, else by PATH or in /usr/sbin, which
 * an ordinary user's PATH lacks. NULL where it is not there. The caller frees it. */
char *ov_mta_program(const OvSettings *settings, const char *name);
