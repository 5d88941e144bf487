/* A shop's newsletter of 40 KB as such mail is: multipart/alternative, quoted-printable, nested
 * tables, style sheet and inline styles, 29 articles with picture, price and link. */
#pragma once

#include <glib.h>

/* The caller frees it with g_string_free. */
GString *ov_newsletter_make(void);
