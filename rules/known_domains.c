#include "rules/known_domains.h"

#include <stdlib.h>

static const char *const freemail[] = {
#define DOMAIN(name) name,
#include "rules/freemail_domains.def"
#undef DOMAIN
};

static const char *const reserved[] = {
    "example", "example.com", "example.net", "example.org", "home.arpa", "internal",
    "invalid", "lan",         "local",       "localdomain", "localhost", "test",
};

static int compare(const void *key, const void *element) {
    const OvSlice *domain = key;
    OvSlice name = ov_slice(*(const char *const *)element);
    gsize length = MIN(domain->length, name.length);
    int order = length > 0 ? memcmp(domain->data, name.data, length) : 0;
    return order != 0 ? order : (domain->length > name.length) - (domain->length < name.length);
}

gboolean ov_domain_is_reserved(OvSlice domain) {
    enum { MAX_DOMAIN = 255 };
    while (domain.length > 0 && domain.length <= MAX_DOMAIN) {
        if (bsearch(&domain, reserved, G_N_ELEMENTS(reserved), sizeof *reserved, compare))
            return TRUE;
        const char *dot = memchr(domain.data, '.', domain.length);
        if (!dot)
            return FALSE;
        domain.length -= (gsize)(dot + 1 - domain.data);
        domain.data = dot + 1;
    }
    return FALSE;
}

gboolean ov_domain_is_freemail(OvSlice domain) {
    return bsearch(&domain, freemail, G_N_ELEMENTS(freemail), sizeof *freemail, compare) != NULL;
}
