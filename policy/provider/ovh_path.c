#include "policy/provider/ovh_path.h"

#include "policy/time_text.h"

char *ov_ovh_path(const char *network, const char *rest) {
    g_autofree char *escaped = g_uri_escape_string(network, NULL, FALSE);
    return g_strconcat("/ip/", escaped, rest, NULL);
}

char *ov_ovh_span(gint64 from, gint64 to) {
    /* With Z: the + of an offset would have to be escaped. */
    g_autofree char *start = ov_time_text(from), *end = ov_time_text(to);
    return g_strconcat("?from=", start, "&to=", end, NULL);
}
