/* Mail addresses that Outvet itself writes to or from. */
#pragma once

#include <glib.h>

/* TRUE for an address that may stand in a header field and among a program's arguments as it is:
 * ASCII without quotes, brackets, commas and white space, no `-` at its start. */
gboolean ov_mail_address_is_plain(const char *address);
