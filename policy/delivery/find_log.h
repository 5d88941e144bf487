/* Which log the MTA writes. */
#pragma once

#include "policy/settings.h"

#define OV_LOG_JOURNAL "journal"

/* A path, OV_LOG_JOURNAL, or NULL where [delivery] log is off. For auto it asks postconf(1) and
 * looks what is there; a path that Postfix names need not be there yet. The caller frees it. */
char *ov_find_log(const OvSettings *settings);
