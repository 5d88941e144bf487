#include "policy/ownership_table.h"

#include <string.h>

/* Types that Postfix asks for whole addresses alone (DICT_FLAG_PATTERN). */
static const char *const PATTERN_TYPES[] = {"regexp", "pcre", "cidr", "socketmap", "tcp"};

static const char PROXY[] = "proxy:";

G_DEFINE_QUARK(ov_table_error, ov_table_error)

static gboolean parts_words(char c) {
    return strchr(" \t\r\n,", c) != NULL;
}

char **ov_owner_table_names(const char *value) {
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();
    const char *at = value;
    for (;;) {
        while (*at && parts_words(*at))
            at++;
        const char *start = at;
        guint depth = 0;
        for (; *at && (depth > 0 || !parts_words(*at)); at++) {
            if (*at == '{')
                depth++;
            else if (*at == '}' && depth > 0)
                depth--;
        }
        if (depth > 0)
            return NULL;
        if (at == start)
            return g_strv_builder_end(names);
        g_autofree char *name = g_strndup(start, (gsize)(at - start));
        g_strv_builder_add(names, name);
    }
}

static const char *without_proxy(const char *name) {
    while (g_str_has_prefix(name, PROXY))
        name += strlen(PROXY);
    return name;
}

/* Length of the type before the colon; 0 where there is none. */
static gsize type_length(const char *name) {
    gsize length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-");
    return name[length] == ':' && name[length + 1] && name[0] != '-' ? length : 0;
}

static gboolean is_type(const char *name, gsize length, const char *type) {
    return strlen(type) == length && strncmp(name, type, length) == 0;
}

char *ov_owner_table_fault(const char *name) {
    const char *bare = without_proxy(name);
    gsize length = type_length(bare);
    if (length == 0)
        return g_strdup_printf("%s is no table; write TYPE:NAME, such as hash:/etc/postfix/logins",
                               name);
    const char *rest = bare + length + 1;
    if (is_type(bare, length, "sqlite") && !g_path_is_absolute(rest))
        return g_strdup_printf("%s: the path of its settings starts with /", name);
    if (!is_type(bare, length, "socketmap"))
        return NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(OvOwnerTable) table = ov_socketmap_table_new(rest, &error);
    return table ? NULL : g_strdup(error->message);
}

OvOwnerTable *ov_owner_table_new(const char *name, const OvPostmap *postmap, GError **error) {
    g_autofree char *fault = ov_owner_table_fault(name);
    if (fault) {
        g_set_error_literal(error, OV_TABLE_ERROR, OV_TABLE_ERROR_NAME, fault);
        return NULL;
    }
    const char *bare = without_proxy(name);
    gsize length = type_length(bare);
    OvOwnerTable *table = is_type(bare, length, "socketmap")
                              ? ov_socketmap_table_new(bare + length + 1, error)
                          : is_type(bare, length, "sqlite") ? ov_sqlite_table_new(bare + length + 1)
                                                            : ov_postmap_table_new(bare, postmap);
    if (!table)
        return NULL;
    table->name = g_strdup(name);
    table->partial = TRUE;
    for (guint i = 0; i < G_N_ELEMENTS(PATTERN_TYPES); i++)
        if (is_type(bare, length, PATTERN_TYPES[i]))
            table->partial = FALSE;
    return table;
}

void ov_owner_table_free(OvOwnerTable *table) {
    if (!table)
        return;
    g_free(table->name);
    table->free(table);
}
