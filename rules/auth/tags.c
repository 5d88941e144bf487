#include "rules/auth/tags.h"

static gboolean is_name(OvSlice name) {
    if (name.length == 0 || !g_ascii_isalpha(name.data[0]))
        return FALSE;
    for (gsize i = 1; i < name.length; i++)
        if (!g_ascii_isalnum(name.data[i]) && name.data[i] != '_')
            return FALSE;
    return TRUE;
}

static gboolean is_text(OvSlice text) {
    for (gsize i = 0; i < text.length; i++)
        if (!g_ascii_isprint(text.data[i]) && !strchr("\t\r\n", text.data[i]))
            return FALSE;
    return memchr(text.data ? text.data : "", '\0', text.length) == NULL;
}

static const OvTag *find(const OvTag *tags, gint n_tags, OvSlice name) {
    for (gint i = 0; i < n_tags; i++)
        if (ov_slice_equal(tags[i].name, name))
            return &tags[i];
    return NULL;
}

gint ov_tags_cut(OvSlice list, OvTag tags[OV_TAGS_MAX]) {
    gint n_tags = 0;
    if (!is_text(list))
        return -1;
    while (list.length > 0) {
        const char *end = memchr(list.data, ';', list.length);
        gsize length = end ? (gsize)(end - list.data) : list.length;
        OvSlice segment = ov_slice_trim((OvSlice){list.data, length});
        gsize passed = MIN(length + 1, list.length);
        list = (OvSlice){list.data + passed, list.length - passed};
        if (segment.length == 0 && ov_slice_trim(list).length == 0)
            break; /* a list may end in a semicolon */
        const char *equals = segment.length ? memchr(segment.data, '=', segment.length) : NULL;
        if (!equals || n_tags == OV_TAGS_MAX)
            return -1;
        gsize left = (gsize)(equals - segment.data);
        OvSlice name = ov_slice_trim((OvSlice){segment.data, left});
        OvSlice value = {equals + 1, segment.length - left - 1};
        if (!is_name(name) || find(tags, n_tags, name))
            return -1;
        tags[n_tags++] = (OvTag){name, ov_slice_trim(value)};
    }
    return n_tags;
}

const OvTag *ov_tags_find(const OvTag *tags, gint n_tags, const char *name) {
    return find(tags, n_tags, ov_slice(name));
}
