#include "rules/ruleset_sections.h"

#include "rules/nearest.h"
#include "rules/ruleset.h"

#include <string.h>

static const struct {
    const char *name;
    SectionKind kind;
} keys[N_KEYS] = {
    [KEY_WHEN] = {"when", SECTION_RULE},        [KEY_SCORE] = {"score", SECTION_RULE},
    [KEY_GROUP] = {"group", SECTION_RULE},      [KEY_SCALE] = {"scale", SECTION_RULE},
    [KEY_GUIDE] = {"guide", SECTION_RULE},      [KEY_REFERENCE] = {"reference", SECTION_RULE},
    [KEY_ADVICE] = {"advice", SECTION_RULE},    [KEY_EVIDENCE] = {"evidence", SECTION_RULE},
    [KEY_ASK] = {"ask", SECTION_RULE},          [KEY_SHADOW] = {"shadow", SECTION_RULE},
    [KEY_ENABLED] = {"enabled", SECTION_RULE},  [KEY_FINE] = {"fine", SECTION_RULE},
    [KEY_CAP] = {"cap", SECTION_GROUP},         [KEY_TITLE] = {"title", SECTION_GROUP},
    [KEY_APPLIES] = {"applies", SECTION_GROUP}, [KEY_CONTENT] = {"content", SECTION_CLASS},
    [KEY_SENDERS] = {"senders", SECTION_CLASS}, [KEY_PRIVATE] = {"private", SECTION_RULE},
};

const char *section_key_name(KeyId key) {
    return keys[key].name;
}

gboolean section_blame(const char *file, guint line, const char *heading, gint code, GError **error,
                       const char *sentence) {
    g_set_error(error, OV_RULESET_ERROR, code, "%s:%u: [%s]: %s", file, line, heading, sentence);
    return FALSE;
}

gboolean section_blame_value(const Section *section, KeyId key, guint character, gint code,
                             GError **error, const char *sentence) {
    const SectionValue *value = &section->values[key];
    guint line, column;
    ov_key_position(value->key, character, &line, &column);
    g_set_error(error, OV_RULESET_ERROR, code, "%s:%u: [%s] %s, column %u: %s", value->file, line,
                section->heading, keys[key].name, column, sentence);
    return FALSE;
}

static gboolean is_rule_name(const char *name) {
    return g_ascii_isupper(*name) &&
           strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == strlen(name);
}

static gboolean is_group_name(const char *name) {
    return g_ascii_islower(*name) &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") == strlen(name);
}

static gboolean check_class_name(const OvKeySection *found, const char *name, GError **error) {
    OvClass message_class;
    if (ov_class_from_name(name, &message_class))
        return TRUE;
    OvNearest nearest = ov_nearest(name);
    for (guint i = 0; i < OV_N_CLASSES; i++)
        ov_nearest_offer(&nearest, ov_class_name((OvClass)i));
    g_autofree char *sentence =
        nearest.best ? g_strdup_printf("there is no class %s; did you mean %s?", name, nearest.best)
                     : g_strdup_printf("there is no class %s; the classes are dsn, list, bulk, "
                                       "transactional, auto, personal and other.",
                                       name);
    return section_blame(found->file, found->line, found->name, OV_RULESET_ERROR_NAME, error,
                         sentence);
}

/* What kind of section this is, and the name behind the kind's word. */
static gboolean classify(const OvKeySection *found, SectionKind *kind, const char **name,
                         GError **error) {
    *name = found->name;
    if (g_str_has_prefix(found->name, "class ")) {
        *kind = SECTION_CLASS;
        *name += strlen("class ");
        return check_class_name(found, *name, error);
    }
    if (g_str_has_prefix(found->name, "group ")) {
        *kind = SECTION_GROUP;
        *name += strlen("group ");
        return is_group_name(*name) ||
               section_blame(found->file, found->line, found->name, OV_RULESET_ERROR_NAME, error,
                             "a group's name has small letters, digits, - and _ only.");
    }
    *kind = SECTION_RULE;
    return is_rule_name(found->name) ||
           section_blame(found->file, found->line, found->name, OV_RULESET_ERROR_NAME, error,
                         "this is no section of a rule file; there are [RULE_NAME] (capital "
                         "letters, digits and _), [group NAME] and [class NAME].");
}

static gboolean blame_key(const OvKeySection *found, const OvKey *key, SectionKind kind,
                          GError **error) {
    OvNearest nearest = ov_nearest(key->name);
    g_autoptr(GString) known = g_string_new(NULL);
    for (guint i = 0; i < N_KEYS; i++)
        if (keys[i].kind == kind) {
            ov_nearest_offer(&nearest, keys[i].name);
            g_string_append_printf(known, "%s%s", known->len > 0 ? ", " : "", keys[i].name);
        }
    g_autofree char *sentence =
        nearest.best
            ? g_strdup_printf("there is no key %s; did you mean %s?", key->name, nearest.best)
            : g_strdup_printf("there is no key %s; here may stand: %s.", key->name, known->str);
    return section_blame(found->file, key->line, found->name, OV_RULESET_ERROR_NAME, error,
                         sentence);
}

static Section *section_named(Sections *sections, const char *heading) {
    Section *section = g_hash_table_lookup(sections->by_heading, heading);
    if (!section) {
        section = g_new0(Section, 1);
        section->heading = heading;
        g_hash_table_insert(sections->by_heading, (gpointer)heading, section);
        g_ptr_array_add(sections->sections, section);
    }
    return section;
}

static gboolean lay_over(Sections *sections, const OvKeySection *found, GError **error) {
    SectionKind kind;
    const char *name;
    if (!classify(found, &kind, &name, error))
        return FALSE;
    Section *section = section_named(sections, found->name);
    section->kind = kind;
    section->name = name;
    section->file = found->file;
    section->line = found->line;
    for (guint i = 0; i < found->n_keys; i++) {
        const OvKey *key = &found->keys[i];
        guint id = 0;
        while (id < N_KEYS && (keys[id].kind != kind || !g_str_equal(keys[id].name, key->name)))
            id++;
        if (id == N_KEYS)
            return blame_key(found, key, kind, error);
        section->values[id] = (SectionValue){found->file, key};
    }
    return TRUE;
}

static gboolean read_file(Sections *sections, const char *path, GError **error) {
    OvKeyFile *file = ov_keyfile_load(path, error);
    if (!file) {
        if (error)
            (*error)->code = g_error_matches(*error, OV_KEYFILE_ERROR, OV_KEYFILE_ERROR_FILE)
                                 ? OV_RULESET_ERROR_FILE
                                 : OV_RULESET_ERROR_SYNTAX,
            (*error)->domain = OV_RULESET_ERROR;
        return FALSE;
    }
    g_ptr_array_add(sections->files, file);
    for (guint i = 0; i < ov_keyfile_n_sections(file); i++)
        if (!lay_over(sections, ov_keyfile_section(file, i), error))
            return FALSE;
    return TRUE;
}

static int by_name(gconstpointer a, gconstpointer b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static gboolean read_directory(Sections *sections, const char *path, gboolean may_be_absent,
                               GError **error) {
    g_autoptr(GError) reason = NULL;
    g_autoptr(GDir) directory = g_dir_open(path, 0, &reason);
    if (!directory) {
        if (may_be_absent && g_error_matches(reason, G_FILE_ERROR, G_FILE_ERROR_NOENT))
            return TRUE;
        g_set_error(error, OV_RULESET_ERROR, OV_RULESET_ERROR_FILE,
                    "%s: the rules' directory can't be read: %s.", path, reason->message);
        return FALSE;
    }
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    for (const char *name; (name = g_dir_read_name(directory));)
        if (g_str_has_suffix(name, ".conf") && name[0] != '.')
            g_ptr_array_add(names, g_strdup(name));
    g_ptr_array_sort(names, by_name);
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *file = g_build_filename(path, g_ptr_array_index(names, i), NULL);
        if (!read_file(sections, file, error))
            return FALSE;
    }
    return TRUE;
}

Sections *sections_read(const char *const *directories, GError **error) {
    g_autoptr(Sections) sections = g_new0(Sections, 1);
    sections->files = g_ptr_array_new_with_free_func((GDestroyNotify)ov_keyfile_free);
    sections->sections = g_ptr_array_new_with_free_func(g_free);
    sections->by_heading = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; directories[i]; i++)
        if (!read_directory(sections, directories[i], i > 0, error))
            return NULL;
    return g_steal_pointer(&sections);
}

void sections_free(Sections *sections) {
    if (!sections)
        return;
    g_hash_table_unref(sections->by_heading);
    g_ptr_array_unref(sections->sections);
    g_ptr_array_unref(sections->files);
    g_free(sections);
}
