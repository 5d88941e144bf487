#include "policy/settings.h"

/* Of one question (rule catalogue 7.1). */
static const gint64 question_limit = 2 * G_USEC_PER_SEC;

gboolean ov_settings_resolver(const OvSettings *settings, OvResolverChange change, gpointer data,
                              OvResolver **resolver, GError **error) {
    *resolver = NULL;
    if (!settings->dns)
        return TRUE;
    OvResolverSettings wanted = {
        .servers = settings->dns_servers,
        .dnssec = settings->dnssec,
        .trust_anchor = settings->dns_trust_anchor,
        .cache = (gsize)settings->dns_cache,
        .time_limit = settings->dns_time_limit,
        .question_limit = MIN(question_limit, settings->dns_time_limit),
    };
    *resolver = ov_resolver_new(&wanted, change, data, error);
    return *resolver != NULL;
}

gboolean ov_settings_same_dns(const OvSettings *one, const OvSettings *other) {
    return one->dns == other->dns && one->dnssec == other->dnssec &&
           one->dns_time_limit == other->dns_time_limit && one->dns_cache == other->dns_cache &&
           g_str_equal(one->dns_trust_anchor, other->dns_trust_anchor) &&
           g_strv_equal((const char *const *)one->dns_servers, other->dns_servers);
}
