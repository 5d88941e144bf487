#include "rules/link_hosts.h"

#include <stdlib.h>

enum { LEAST_NUMBERED = 4 }; /* letters before the number of a numbered domain */

typedef struct {
    const char *name;
    const char *path;
    OvLinkHost kind;
} Host;

static const Host hosts[] = {
#define HOST(name, path, kind) {name, path, OV_LINK_HOST_##kind},
#include "rules/link_hosts.def"
#undef HOST
};

static const char *const social[] = {
#define NO_NAME(name)
#define NAME(name)             name,
#define NAME_SHORTENER         NO_NAME
#define NAME_BRAND_SHORTENER   NO_NAME
#define NAME_REDIRECTOR        NO_NAME
#define NAME_GATEWAY           NO_NAME
#define NAME_MAILING           NO_NAME
#define NAME_SOCIAL            NAME
#define NAME_PAGES             NO_NAME
#define NAME_SITE              NO_NAME
#define NAME_SERVICE           NO_NAME
#define HOST(name, path, kind) NAME_##kind(name)
#include "rules/link_hosts.def"
#undef HOST
};

static int compare(const void *key, const void *element) {
    return ov_slice_compare(*(const OvSlice *)key, ov_slice(((const Host *)element)->name));
}

static gboolean path_starts(const OvTarget *target, const char *start) {
    gsize length = strlen(start);
    return target->path.length >= length && memcmp(target->path.data, start, length) == 0;
}

static const Host *find(OvSlice name) {
    return bsearch(&name, hosts, G_N_ELEMENTS(hosts), sizeof *hosts, compare);
}

/* Mailing services number their domains: cmail19.com, cmail20.com. */
static const Host *find_numbered(OvSlice name) {
    char plain[64];
    gsize label = 0;
    while (label < name.length && name.data[label] != '.')
        label++;
    gsize kept = label;
    while (kept > 0 && g_ascii_isdigit(name.data[kept - 1]))
        kept--;
    if (kept == label || kept < LEAST_NUMBERED || name.length >= sizeof plain)
        return NULL;
    memcpy(plain, name.data, kept);
    memcpy(plain + kept, name.data + label, name.length - label);
    const Host *host = find((OvSlice){plain, kept + name.length - label});
    return host && host->kind == OV_LINK_HOST_MAILING ? host : NULL;
}

OvLinkHost ov_link_host(const OvTarget *target) {
    if (target->host_kind != OV_HOST_NAME)
        return OV_LINK_HOST_ORDINARY;
    OvSlice name = target->host;
    /* Two labels are the shortest name in the list. */
    for (const char *dot; (dot = memchr(name.data, '.', name.length));) {
        const Host *host = find(name);
        if (!host)
            host = find_numbered(name);
        if (host)
            return path_starts(target, host->path) ? host->kind : OV_LINK_HOST_ORDINARY;
        name.length -= (gsize)(dot + 1 - name.data);
        name.data = dot + 1;
    }
    return OV_LINK_HOST_ORDINARY;
}

gboolean ov_is_social_name(OvSlice text) {
    enum { MOST_WORDS = 4, MOST_OCTETS = 60, LEAST_LABEL = 5 };
    text = ov_slice_trim(text);
    if (text.length == 0 || text.length > MOST_OCTETS)
        return FALSE;
    guint words = 1;
    gsize last = 0;
    for (gsize i = 0; i < text.length; i++)
        if (text.data[i] == ' ') {
            words++;
            last = i + 1;
        }
    OvSlice word = {text.data + last, text.length - last};
    if (words > MOST_WORDS || word.length == 0)
        return FALSE;
    char first = g_ascii_tolower(word.data[0]);
    for (gsize i = 0; i < G_N_ELEMENTS(social); i++) {
        if (social[i][0] != first)
            continue;
        OvSlice label = {social[i], strcspn(social[i], ".")};
        if (label.length >= LEAST_LABEL && ov_slice_equal_nocase(word, label))
            return TRUE;
    }
    return FALSE;
}
