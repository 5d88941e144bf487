/* Bodies of letters, the same in each run. */
#pragma once

#include <glib.h>

/* Appends sentences that an ordinary letter might have, no two lines alike, of at least that many
 * octets, in lines that end in CRLF. */
void ov_add_text(GString *body, gsize length);
