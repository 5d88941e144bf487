/* IPv4 networks as the provider writes them. Unlike policy/network.h it takes them also with bits
 * set beyond the prefix (122.122.122.121/28), as the guide's examples have them. */
#pragma once

#include <glib.h>

typedef struct {
    guint32 address, mask; /* in the host's order */
} OvNetwork4;

/* "192.0.2.0/28" or "192.0.2.1". */
gboolean ov_network4_parse(const char *text, OvNetwork4 *network);
/* address: a dotted quad; anything else is in no network. */
gboolean ov_network4_has(const OvNetwork4 *network, const char *address);
