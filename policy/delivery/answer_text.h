/* A receiver's answer as the ledger keeps it. */
#pragma once

#include "rules/slice.h"

/* Valid UTF-8 without control characters, at most 200 octets, an ellipsis where it was longer.
 * Receivers quote addresses, and the ledger is not to hold whose they are: a star stands for the
 * local part of each, and for that of the recipient (address without <>, or empty) also where it
 * stands alone. The caller frees it. */
char *ov_answer_text(OvSlice answer, OvSlice recipient);
