/* Who acts by the command, for the ledger. */
#pragma once

#include <glib.h>

/* The user behind sudo, else the user's own login name. The caller frees it. */
char *ov_operator_name(void);
