/* The paths of OVH's API. */
#pragma once

#include <glib.h>

/* "/ip/192.0.2.0%2F28" and rest. network: as the provider lists it; a bare slash in it would be
 * another path. The caller frees it. */
char *ov_ovh_path(const char *network, const char *rest);
/* "?from=...&to=...", times in microseconds since the epoch as RFC 3339, UTC. The caller frees it.
 */
char *ov_ovh_span(gint64 from, gint64 to);
