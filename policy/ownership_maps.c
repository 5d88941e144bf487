#include "policy/ownership_maps.h"

#include "policy/mta_program.h"
#include "policy/ownership_file.h"
#include "policy/ownership_postfix.h"

#include <string.h>

typedef enum { POSTFIX, TEXT, TABLE } SourceKind;

/* One word of the setting. */
typedef struct {
    SourceKind kind;
    OvOwnerFile *file;   /* TEXT */
    OvOwnerTable *table; /* TABLE */
} Source;

/* What Postfix's main.cf says; made once, at the first question. */
typedef struct {
    OvPostfixRules *rules;
    GPtrArray *tables; /* OvOwnerTable, of smtpd_sender_login_maps */
} Postfix;

struct OvOwnerMaps {
    OvSettings *settings;
    char *postmap_program;
    Source *sources;
    guint n_sources;
    gboolean needs_postfix; /* a source is of Postfix, or its tables */
    GMutex postfix_lock;    /* guards postfix while it is made */
    Postfix *postfix;
};

static OvPostmap postmap_of(const OvOwnerMaps *maps) {
    return (OvPostmap){maps->postmap_program, maps->settings->postfix_config_directory};
}

static gboolean take_source(OvOwnerMaps *maps, const char *word, Source *source, GError **error) {
    static const char text[] = "text:";
    if (g_str_equal(word, "postfix")) {
        source->kind = POSTFIX;
        maps->needs_postfix = TRUE;
        return TRUE;
    }
    if (g_str_has_prefix(word, text)) {
        source->kind = TEXT;
        source->file = ov_owner_file_new(word + strlen(text), OV_OWNER_TEXT_LOGINS, error);
        return source->file != NULL;
    }
    OvPostmap postmap = postmap_of(maps);
    source->kind = TABLE;
    source->table = ov_owner_table_new(word, &postmap, error);
    return source->table != NULL;
}

OvOwnerMaps *ov_owner_maps_new(OvSettings *settings, GError **error) {
    g_autoptr(OvOwnerMaps) maps = g_new0(OvOwnerMaps, 1);
    const char *const *words = settings->sender_login_maps;
    maps->settings = ov_settings_ref(settings);
    maps->postmap_program = ov_mta_program(settings, "postmap");
    g_mutex_init(&maps->postfix_lock);
    maps->sources = g_new0(Source, g_strv_length((char **)(gpointer)words));
    for (guint i = 0; words[i]; i++) {
        maps->n_sources = i + 1;
        if (!take_source(maps, words[i], &maps->sources[i], error))
            return NULL;
    }
    return g_steal_pointer(&maps);
}

static void table_free(gpointer data) {
    ov_owner_table_free(data);
}

static void postfix_free(Postfix *postfix) {
    if (!postfix)
        return;
    ov_postfix_rules_free(postfix->rules);
    g_ptr_array_unref(postfix->tables);
    g_free(postfix);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Postfix, postfix_free)

void ov_owner_maps_free(OvOwnerMaps *maps) {
    if (!maps)
        return;
    for (guint i = 0; i < maps->n_sources; i++) {
        ov_owner_file_free(maps->sources[i].file);
        ov_owner_table_free(maps->sources[i].table);
    }
    postfix_free(maps->postfix);
    g_mutex_clear(&maps->postfix_lock);
    g_free(maps->sources);
    g_free(maps->postmap_program);
    ov_settings_unref(maps->settings);
    g_free(maps);
}

static gboolean add_tables(const OvOwnerMaps *maps, Postfix *postfix, GError **error) {
    OvPostmap postmap = postmap_of(maps);
    g_auto(GStrv) names = ov_owner_table_names(postfix->rules->maps);
    for (char **name = names; name && *name; name++) {
        OvOwnerTable *table = ov_owner_table_new(*name, &postmap, error);
        if (!table)
            return FALSE;
        g_ptr_array_add(postfix->tables, table);
    }
    if (postfix->tables->len > 0)
        return TRUE;
    g_set_error_literal(error, OV_TABLE_ERROR, OV_TABLE_ERROR_LOOKUP,
                        "Postfix has no smtpd_sender_login_maps that can be read");
    return FALSE;
}

/* Where Postfix itself is no source, and not there, its rules are none. */
static const Postfix *find_postfix(OvOwnerMaps *maps, gint64 deadline, GError **error) {
    g_mutex_lock(&maps->postfix_lock);
    if (!maps->postfix) {
        g_autoptr(Postfix) made = g_new0(Postfix, 1);
        made->tables = g_ptr_array_new_with_free_func(table_free);
        made->rules =
            ov_postfix_rules_read(maps->settings, deadline, maps->needs_postfix ? error : NULL);
        if (!made->rules && !maps->needs_postfix)
            made->rules = ov_postfix_rules_parse("");
        if (made->rules && (!maps->needs_postfix || add_tables(maps, made, error)))
            maps->postfix = g_steal_pointer(&made);
    }
    const Postfix *postfix = maps->postfix;
    g_mutex_unlock(&maps->postfix_lock);
    return postfix;
}

/* The list of logins has this one. ASCII letters count without case, as Postfix compares; all else
 * as it is. */
static OvListed login_in(const char *owners, const char *login) {
    g_auto(GStrv) names = g_strsplit_set(owners, ", \t\r\n", -1);
    for (char **name = names; *name; name++)
        if (**name && g_ascii_strcasecmp(*name, login) == 0)
            return OV_LISTED_LOGIN;
    return OV_LISTED_OTHERS;
}

/* Several tables as Postfix searches them: for each key in turn every table, and the first that has
 * it decides. */
static OvListed ask_tables(OvOwnerTable *const *tables, guint n, const char *login,
                           const OvOwnerKeys *keys, gint64 deadline, GError **error) {
    g_autofree char *owners = NULL;
    guint best = keys->n;
    for (guint i = 0; i < n && best > 0; i++) {
        guint n_keys = MIN(tables[i]->partial ? keys->n : keys->n_whole, best), which;
        g_autofree char *found = NULL;
        g_autoptr(GError) inner = NULL;
        if (!tables[i]->find(tables[i], keys->keys, n_keys, deadline, &which, &found, &inner)) {
            g_propagate_prefixed_error(error, g_steal_pointer(&inner), "%s: ", tables[i]->name);
            return OV_LISTED_NOWHERE;
        }
        if (!found)
            continue;
        best = which;
        g_free(owners);
        owners = g_steal_pointer(&found);
    }
    return owners ? login_in(owners, login) : OV_LISTED_NOWHERE;
}

/* Text files need to know nothing of Postfix. */
static gboolean find_keys(OvOwnerMaps *maps, OvArena *arena, OvSlice address, const Source *source,
                          gint64 deadline, const Postfix **postfix, OvOwnerKeys *keys,
                          GError **error) {
    static const OvAddressRules none = {.delimiters = ""};
    if (source->kind != TEXT && !*postfix && !(*postfix = find_postfix(maps, deadline, error)))
        return FALSE;
    return ov_owner_keys(arena, address, *postfix ? &(*postfix)->rules->rules : &none, keys);
}

OvListed ov_owner_maps_ask(OvOwnerMaps *maps, const char *login, OvSlice address, gint64 deadline,
                           gboolean *all, GError **error) {
    g_autoptr(OvArena) arena = ov_arena_new();
    g_autoptr(GError) trouble = NULL;
    const Postfix *postfix = NULL;
    OvListed listed = OV_LISTED_NOWHERE;
    guint i = 0;
    for (; i < maps->n_sources && listed != OV_LISTED_LOGIN; i++) {
        Source *source = &maps->sources[i];
        OvListed one = OV_LISTED_NOWHERE;
        g_autoptr(GError) inner = NULL;
        OvOwnerKeys keys;
        if (!find_keys(maps, arena, address, source, deadline, &postfix, &keys, &inner)) {
            one = OV_LISTED_NOWHERE;
        } else if (source->kind == TEXT) {
            one = ov_owner_file_listed(source->file, login, keys.keys, keys.n_whole);
        } else if (source->kind == TABLE) {
            one = ask_tables(&source->table, 1, login, &keys, deadline, &inner);
        } else {
            one = ask_tables((OvOwnerTable *const *)postfix->tables->pdata, postfix->tables->len,
                             login, &keys, deadline, &inner);
        }
        listed = MAX(listed, one);
        if (inner && !trouble)
            trouble = g_steal_pointer(&inner);
    }
    if (all)
        *all = i == maps->n_sources;
    if (trouble && listed != OV_LISTED_LOGIN)
        g_propagate_error(error, g_steal_pointer(&trouble));
    return listed;
}

gboolean ov_owner_maps_have_files(const OvOwnerMaps *maps) {
    for (guint i = 0; i < maps->n_sources; i++)
        if (maps->sources[i].kind == TEXT)
            return TRUE;
    return FALSE;
}

gboolean ov_owner_maps_refresh(OvOwnerMaps *maps, GError **error) {
    gboolean changed = FALSE;
    for (guint i = 0; i < maps->n_sources; i++) {
        Source *source = &maps->sources[i];
        g_autoptr(GError) inner = NULL;
        if (source->kind != TEXT)
            continue;
        changed |= ov_owner_file_refresh(source->file, &inner);
        if (inner && error && !*error)
            g_propagate_error(error, g_steal_pointer(&inner));
    }
    return changed;
}
