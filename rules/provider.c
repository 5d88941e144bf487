#include "rules/provider.h"

#include "rules/address.h"
#include "rules/auth/domain_name.h"
#include "rules/known_domains.h"

#include <stdlib.h>

typedef struct {
    const char *domain;
    OvMailboxHost host;
} Row;

static const struct {
    const char *name, *title;
} providers[] = {
#define PROVIDER(id, name, title) {name, title},
#define ADDRESS(id, domain)
#define EXCHANGER(id, domain, personal)
#include "rules/providers.def"
#undef PROVIDER
#undef ADDRESS
#undef EXCHANGER
    {"other", "others"},
};

static const Row addresses[] = {
#define PROVIDER(id, name, title)
#define ADDRESS(id, domain) {domain, {OV_PROVIDER_##id, TRUE}},
#define EXCHANGER(id, domain, personal)
#include "rules/providers.def"
#undef PROVIDER
#undef ADDRESS
#undef EXCHANGER
};

static const Row exchangers[] = {
#define PROVIDER(id, name, title)
#define ADDRESS(id, domain)
#define EXCHANGER(id, domain, personal) {domain, {OV_PROVIDER_##id, personal}},
#include "rules/providers.def"
#undef PROVIDER
#undef ADDRESS
#undef EXCHANGER
};

static const OvMailboxHost nobody = {OV_PROVIDER_OTHER, FALSE};

const char *ov_provider_name(OvProvider provider) {
    return providers[provider].name;
}

const char *ov_provider_title(OvProvider provider) {
    return providers[provider].title;
}

static OvSlice without_final_dot(OvSlice name) {
    if (name.length > 0 && name.data[name.length - 1] == '.')
        name.length--;
    return name;
}

static int compare(const void *key, const void *element) {
    const OvSlice *domain = key;
    OvSlice name = ov_slice(((const Row *)element)->domain);
    gsize length = MIN(domain->length, name.length);
    int order = length > 0 ? g_ascii_strncasecmp(domain->data, name.data, length) : 0;
    return order != 0 ? order : (domain->length > name.length) - (domain->length < name.length);
}

OvMailboxHost ov_provider_of_domain(OvSlice domain) {
    domain = without_final_dot(domain);
    const Row *row =
        bsearch(&domain, addresses, G_N_ELEMENTS(addresses), sizeof *addresses, compare);
    return row ? row->host : nobody;
}

static gboolean is_under(OvSlice host, OvSlice domain) {
    if (host.length < domain.length)
        return FALSE;
    gsize before = host.length - domain.length;
    return ov_slice_equal_nocase((OvSlice){host.data + before, domain.length}, domain) &&
           (before == 0 || host.data[before - 1] == '.');
}

OvMailboxHost ov_provider_of_exchanger(OvSlice host) {
    host = without_final_dot(host);
    for (guint i = 0; i < G_N_ELEMENTS(exchangers); i++)
        if (is_under(host, ov_slice(exchangers[i].domain)))
            return exchangers[i].host;
    return nobody;
}

OvMailboxHost ov_provider_find(OvDnsBook *book, OvSlice domain, gboolean *pending) {
    OvMailboxHost host = ov_provider_of_domain(domain);
    if (host.provider != OV_PROVIDER_OTHER || !book)
        return host;
    const OvDnsAnswer *mx = ov_dns_look_up(book, domain, OV_DNS_MX);
    if (mx->status == OV_DNS_PENDING)
        *pending = TRUE;
    const OvDnsRecord *first = NULL;
    for (guint i = 0; i < mx->n_records; i++)
        if (!first || mx->records[i].preference < first->preference)
            first = &mx->records[i];
    return first ? ov_provider_of_exchanger(first->data) : nobody;
}

OvMailboxHost ov_provider_of_recipient(OvArena *arena, OvDnsBook *book, const char *address,
                                       gboolean *pending) {
    const char *at = strrchr(address, '@');
    if (!at)
        return nobody;
    OvMailboxHost host = ov_provider_of_domain(ov_slice(at + 1));
    if (host.provider != OV_PROVIDER_OTHER || !book)
        return host;
    OvSlice domain = ov_domain_canonical(arena, ov_slice(at + 1), NULL);
    if (!ov_domain_name_is(domain) || ov_domain_is_reserved(domain))
        return nobody;
    return ov_provider_find(book, domain, pending);
}
