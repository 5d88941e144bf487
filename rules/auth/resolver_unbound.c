#include "rules/auth/resolver_unbound.h"

#include <arpa/nameser.h>
#include <errno.h>
#include <unistd.h>

enum { MAX_CACHES = 8 << 20 };

/* Numbers of RFC 1035 3.2.2 and RFC 3596 2.1. */
static const int types[OV_N_DNS_TYPES] = {
    [OV_DNS_A] = ns_t_a,     [OV_DNS_AAAA] = ns_t_aaaa, [OV_DNS_MX] = ns_t_mx,
    [OV_DNS_TXT] = ns_t_txt, [OV_DNS_PTR] = ns_t_ptr,   [OV_DNS_CNAME] = ns_t_cname,
};

static const struct {
    const char *option, *value;
} options[] = {
    {"outgoing-range:", "512"},
    {"outgoing-num-tcp:", "16"},
    {"num-queries-per-thread:", "4096"},
    /* A name made up to learn whether anybody answers must be asked. */
    {"aggressive-nsec:", "no"},
    /* A server that failed is tried again soon. */
    {"infra-host-ttl:", "60"},
    {"cache-max-negative-ttl:", "900"},
};

/* Networks of one's own are asked of the servers that were given, too (split DNS). */
static const struct {
    const char *option, *value;
} forward_options[] = {
    {"unblock-lan-zones:", "yes"},
    {"insecure-lan-zones:", "yes"},
};

GQuark ov_resolver_error_quark(void) {
    return g_quark_from_static_string("ov-resolver-error");
}

/* Answers are kept by the resolver, so libunbound's own caches are for delegations and keys. */
static void set_cache_sizes(struct ub_ctx *context, gsize octets) {
    static const struct {
        const char *option;
        guint part; /* of 8 */
    } caches[] = {{"rrset-cache-size:", 5}, {"msg-cache-size:", 2}, {"key-cache-size:", 1}};
    for (guint i = 0; i < G_N_ELEMENTS(caches); i++) {
        char size[32];
        g_snprintf(size, sizeof size, "%" G_GSIZE_FORMAT, octets / 8 * caches[i].part);
        ub_ctx_set_option(context, caches[i].option, size);
    }
}

static gboolean set_trust_anchor(struct ub_ctx *context, const OvResolverSettings *settings,
                                 GError **error) {
    if (!settings->dnssec)
        return ub_ctx_set_option(context, "module-config:", "iterator") == 0;
    if (access(settings->trust_anchor, R_OK) != 0) {
        g_set_error(error, OV_RESOLVER_ERROR, OV_RESOLVER_ERROR_SETTINGS,
                    "%s: %s; DNSSEC needs the keys of the root there (package dns-root-data)",
                    settings->trust_anchor, g_strerror(errno));
        return FALSE;
    }
    return ub_ctx_add_ta_file(context, settings->trust_anchor) == 0;
}

static gboolean set_servers(struct ub_ctx *context, const OvResolverSettings *settings,
                            GError **error) {
    for (guint i = 0; settings->servers[i]; i++) {
        const char *server = settings->servers[i];
        int result = g_str_equal(server, "system") ? ub_ctx_resolvconf(context, NULL)
                                                   : ub_ctx_set_fwd(context, server);
        if (result != 0) {
            g_set_error(error, OV_RESOLVER_ERROR, OV_RESOLVER_ERROR_SETTINGS,
                        "name server %s: %s; give an IP address, with @PORT where it is not 53",
                        server, ub_strerror(result));
            return FALSE;
        }
    }
    return TRUE;
}

struct ub_ctx *ov_unbound_new(const OvResolverSettings *settings, GError **error) {
    struct ub_ctx *context = ub_ctx_create();
    if (!context)
        g_error("libunbound: no memory or no pipes for a resolver");
    /* What goes wrong is told by answers, never on standard error. */
    ub_ctx_debugout(context, NULL);
    ub_ctx_async(context, TRUE);
    for (guint i = 0; i < G_N_ELEMENTS(options); i++)
        ub_ctx_set_option(context, options[i].option, options[i].value);
    set_cache_sizes(context, MIN(settings->cache / 8, MAX_CACHES));
    for (guint i = 0; settings->servers[0] && i < G_N_ELEMENTS(forward_options); i++)
        ub_ctx_set_option(context, forward_options[i].option, forward_options[i].value);
    if (set_trust_anchor(context, settings, error) && set_servers(context, settings, error))
        return context;
    ub_ctx_delete(context);
    return NULL;
}

/* As a zone file writes it (RFC 1035 5.1). */
static void write_name(OvSlice name, char text[4 * OV_DNS_NAME_LIMIT + 2]) {
    char *out = text;
    for (gsize i = 0; i < name.length; i++) {
        guchar c = (guchar)name.data[i];
        if (g_ascii_isalnum(c) || c == '-' || c == '_' || c == '.')
            *out++ = (char)c;
        else
            out += g_snprintf(out, 5, "\\%03u", c);
    }
    *out++ = '.';
    *out = '\0';
}

gboolean ov_unbound_ask(struct ub_ctx *context, OvSlice name, OvDnsType type,
                        ub_callback_type callback, gpointer data) {
    char text[4 * OV_DNS_NAME_LIMIT + 2];
    write_name(name, text);
    return ub_resolve_async(context, text, types[type], ns_c_in, data, callback, NULL) == 0;
}

static const OvDnsAnswer *read_records(OvDnsType type, const struct ub_result *result) {
    OvSlice rdata[OV_DNS_MAX_RECORDS];
    guint n = 0;
    for (; n < OV_DNS_MAX_RECORDS && result->data[n]; n++)
        rdata[n] = (OvSlice){result->data[n], (gsize)result->len[n]};
    return ov_dns_answer_read(type, rdata, n, result->secure);
}

const OvDnsAnswer *ov_unbound_answer(OvDnsType type, int error, struct ub_result *result,
                                     gboolean *alive, gint64 *ttl) {
    *alive = FALSE;
    *ttl = 0;
    if (error || !result)
        return ov_dns_answer_new(OV_DNS_FAILED, FALSE, "the question could not be sent");
    *alive = result->bogus || result->rcode == ns_r_noerror || result->rcode == ns_r_nxdomain;
    *ttl = result->ttl;
    const OvDnsAnswer *answer;
    if (result->bogus)
        answer = ov_dns_answer_new(OV_DNS_FAILED, FALSE, "the answer is not valid under DNSSEC");
    else if (result->rcode == ns_r_nxdomain)
        answer = ov_dns_answer_new(OV_DNS_NO_NAME, result->secure, "");
    else if (result->rcode != ns_r_noerror)
        answer = ov_dns_answer_new(OV_DNS_FAILED, FALSE, "the name servers fail or refuse");
    else if (!result->havedata)
        answer = ov_dns_answer_new(OV_DNS_NO_DATA, result->secure, "");
    else
        answer = read_records(type, result);
    ub_resolve_free(result);
    return answer;
}
