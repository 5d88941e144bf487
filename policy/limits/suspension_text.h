/* A change of a suspension as one node tells it to others: a line of JSON. Pure. */
#pragma once

#include "policy/ledger/suspension.h"

/* By whom it was made, on which node. The caller frees it. */
char *ov_suspension_text_write(const OvSuspensionRow *row, const char *node);

/* FALSE where the text is none, or one of an unknown subject, verdict or time. The row's operator
 * is "olga on mx1". Everything in the arena. */
gboolean ov_suspension_text_read(const char *text, gsize length, OvArena *arena,
                                 OvSuspensionRow *row);
