/* Mail addresses in text form. */
#pragma once

#include <glib.h>

/* What follows the last @ of an address; NULL where it has none, or is NULL. */
const char *ov_mail_address_domain(const char *address);

/* TRUE for an address that Outvet may write to or from: it may stand in a header field and among a
 * program's arguments as it is: ASCII without quotes, brackets, commas and white space, no `-` at
 * its start. */
gboolean ov_mail_address_is_plain(const char *address);
