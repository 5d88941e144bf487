#include "rules/address.h"
#include "rules/charset.h"

#include <idn2.h>
#include <libpsl.h>

enum { MAX_DOMAIN = 255, MAX_LABEL = 63, LONGEST_READ = 1000 };

/* Loaded once and never freed; NULL where there is none. */
static const psl_ctx_t *suffixes(void) {
    static const psl_ctx_t *const none = (const psl_ctx_t *)1;
    static gsize loaded;
    if (g_once_init_enter(&loaded)) {
        const psl_ctx_t *list = psl_latest(NULL);
        if (!list)
            list = psl_builtin();
        g_once_init_leave(&loaded, (gsize)(list ? list : none));
    }
    return loaded == (gsize)none ? NULL : (const psl_ctx_t *)loaded;
}

void ov_domain_init(void) {
    suffixes();
}

/* ASCII without NUL, which is no text. */
static gboolean is_ascii(OvSlice text) {
    for (gsize i = 0; i < text.length; i++)
        if (text.data[i] == '\0' || (guchar)text.data[i] >= 0x80)
            return FALSE;
    return TRUE;
}

static OvSlice lower(OvArena *arena, OvSlice text) {
    gsize i = 0;
    while (i < text.length && !g_ascii_isupper(text.data[i]))
        i++;
    if (i == text.length)
        return text;
    char *copy = ov_arena_strndup(arena, text.data, text.length);
    for (; i < text.length; i++)
        copy[i] = g_ascii_tolower(copy[i]);
    return (OvSlice){copy, text.length};
}

/* A-labels of a name that is not ASCII. */
static OvSlice to_ascii(OvArena *arena, OvSlice domain, guint *faults) {
    guint bad;
    OvSlice valid = ov_charset_to_utf8(arena, "utf-8", domain, LONGEST_READ, &bad);
    char *ascii = NULL;
    if (bad == 0 && domain.length <= LONGEST_READ) {
        const char *name = ov_arena_strndup(arena, valid.data, valid.length);
        /* Upper case is mapped first: IDNA2008 has none, people have. */
        if (idn2_lookup_u8((const guint8 *)name, (guint8 **)&ascii,
                           IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) != IDN2_OK)
            ascii = NULL;
    }
    if (!ascii) {
        *faults |= OV_ADDRESS_BAD_IDN;
        return lower(arena, valid);
    }
    OvSlice result = lower(arena, ov_arena_dup(arena, ov_slice(ascii)));
    idn2_free(ascii);
    return result;
}

static void check_labels(OvSlice domain, guint *faults) {
    gsize start = 0;
    guint labels = 0;
    for (gsize i = 0; i <= domain.length; i++) {
        if (i < domain.length && domain.data[i] != '.') {
            char c = domain.data[i];
            if (!g_ascii_isalnum(c) && c != '-' && (guchar)c < 0x80)
                *faults |= OV_ADDRESS_BAD_CHARACTER;
            continue;
        }
        gsize length = i - start;
        if (length == 0 || length > MAX_LABEL || domain.data[start] == '-' ||
            domain.data[i - 1] == '-')
            *faults |= OV_ADDRESS_BAD_LABEL;
        start = i + 1;
        labels++;
    }
    if (labels < 2)
        *faults |= OV_ADDRESS_NO_DOT;
}

OvSlice ov_domain_canonical(OvArena *arena, OvSlice domain, guint *faults) {
    guint found = 0;
    if (domain.length == 0) {
        found = OV_ADDRESS_EMPTY_DOMAIN;
    } else if (domain.data[0] == '[') {
        found = OV_ADDRESS_LITERAL;
        domain = lower(arena, ov_charset_to_utf8(arena, "utf-8", domain, LONGEST_READ, NULL));
    } else {
        if (domain.length > 1 && domain.data[domain.length - 1] == '.') {
            found |= OV_ADDRESS_BAD_LABEL;
            domain.length--;
        }
        if (domain.length > LONGEST_READ) {
            found |= OV_ADDRESS_LONG_DOMAIN;
            domain.length = LONGEST_READ;
        }
        domain = is_ascii(domain) ? lower(arena, domain) : to_ascii(arena, domain, &found);
        check_labels(domain, &found);
        if (domain.length > MAX_DOMAIN)
            found |= OV_ADDRESS_LONG_DOMAIN;
    }
    if (faults)
        *faults = found;
    return domain;
}

OvSlice ov_organisational_domain(OvSlice domain) {
    if (domain.length == 0 || domain.length > MAX_DOMAIN || domain.data[0] == '[' ||
        memchr(domain.data, '\0', domain.length))
        return (OvSlice){NULL, 0};
    char name[MAX_DOMAIN + 1];
    memcpy(name, domain.data, domain.length);
    name[domain.length] = '\0';
    const psl_ctx_t *list = suffixes();
    const char *registered = list ? psl_registrable_domain(list, name) : NULL;
    gsize before = registered ? (gsize)(registered - name) : 0;
    return (OvSlice){domain.data + before, domain.length - before};
}

OvSlice ov_first_label(OvSlice domain) {
    const char *dot = domain.length > 0 ? memchr(domain.data, '.', domain.length) : NULL;
    return (OvSlice){domain.data, dot ? (gsize)(dot - domain.data) : domain.length};
}

gboolean ov_domain_suffix_known(OvSlice domain) {
    const char *dot = domain.length > 0 ? memrchr(domain.data, '.', domain.length) : NULL;
    gsize start = dot ? (gsize)(dot + 1 - domain.data) : 0;
    char label[MAX_LABEL + 1];
    gsize length = domain.length - start;
    const psl_ctx_t *list = suffixes();
    if (!list || length == 0 || length > MAX_LABEL)
        return FALSE;
    memcpy(label, domain.data + start, length);
    label[length] = '\0';
    return psl_is_public_suffix2(list, label, PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE);
}
