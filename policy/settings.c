#include "policy/settings.h"

#include "policy/settings_types.h"
#include "rules/keyfile.h"
#include "rules/nearest.h"

#include <math.h>
#include <stddef.h>

typedef struct {
    OvSettingType type;
    gsize offset; /* of the field in OvSettings */
    const char *choices;
} Storage;

static const OvSettingSpec SPECS[] = {
#define SETTING(section, name, type, field, choices, value, unit, text)                            \
    {section, name, ov_setting_type_names[OV_SETTING_##type], choices, unit, text, value},
#include "policy/settings_table.def"
#undef SETTING
};

static const Storage STORAGE[] = {
#define SETTING(section, name, type, field, choices, value, unit, text)                            \
    {OV_SETTING_##type, offsetof(OvSettings, field), choices},
#include "policy/settings_table.def"
#undef SETTING
};

enum { N_SPECS = G_N_ELEMENTS(SPECS), MAX_SHOWN = 60 /* characters of a value in errors */ };

/* Sections with a word of their own in their name: overrides, whose keys are those of [verdict],
 * routes, whose keys are those of [egress] and of ROUTE_KEYS, and plans, which have their own. */
static const struct {
    const char *kind;
    const char *missing; /* what is said where the word is not there */
} KINDS[] = {
    {"account", "a pattern must follow: [account shop*], [domain *.example.com]"},
    {"domain", "a pattern must follow: [account shop*], [domain *.example.com]"},
    {"class", "a class must follow: [class bulk]"},
    {"egress", "a name must follow: [egress newsletters]"},
    {"plan", "a name must follow: [plan shop]"},
};
enum { BY_ACCOUNT, BY_DOMAIN, BY_CLASS, BY_ROUTE, BY_PLAN };

/* Which mail takes a route: of type PATTERNS. */
static const struct {
    const char *name;
    gsize offset; /* of the field in OvEgressRoute */
} ROUTE_KEYS[] = {
    {"senders", offsetof(OvEgressRoute, senders)},
    {"recipients", offsetof(OvEgressRoute, recipients)},
};

typedef struct {
    const char *section, *name, *value;
    guint line;
} OverrideKey;

/* What ov_settings_... hand out is the first member. */
typedef struct {
    OvSettings settings;
    gint references;
    OvArena *arena;
    const char *file;
    const char *values[N_SPECS];
    guint lines[N_SPECS]; /* 0 for defaults */
    GArray *overrides[2]; /* OvOverride: accounts, domains */
    GArray *override_keys;
    GArray *routes; /* OvEgressRoute */
    GArray *plans;  /* OvPlan */
} Loaded;

G_DEFINE_QUARK(ov_settings_error, ov_settings_error)

guint ov_settings_n_specs(void) {
    return N_SPECS;
}

const OvSettingSpec *ov_settings_spec(guint spec) {
    g_assert(spec < N_SPECS);
    return &SPECS[spec];
}

static Loaded *loaded_new(const char *file) {
    Loaded *loaded = g_new0(Loaded, 1);
    loaded->references = 1;
    loaded->arena = ov_arena_new();
    loaded->file = ov_arena_strndup(loaded->arena, file, strlen(file));
    for (guint i = 0; i < G_N_ELEMENTS(loaded->overrides); i++)
        loaded->overrides[i] = g_array_new(FALSE, TRUE, sizeof(OvOverride));
    loaded->override_keys = g_array_new(FALSE, TRUE, sizeof(OverrideKey));
    loaded->routes = g_array_new(FALSE, TRUE, sizeof(OvEgressRoute));
    loaded->plans = g_array_new(FALSE, TRUE, sizeof(OvPlan));
    g_array_set_clear_func(loaded->plans, (GDestroyNotify)ov_plan_clear);
    return loaded;
}

OvSettings *ov_settings_ref(OvSettings *settings) {
    g_atomic_int_inc(&((Loaded *)settings)->references);
    return settings;
}

void ov_settings_unref(OvSettings *settings) {
    Loaded *loaded = (Loaded *)settings;
    if (!loaded || !g_atomic_int_dec_and_test(&loaded->references))
        return;
    ov_arena_free(loaded->arena);
    for (guint i = 0; i < G_N_ELEMENTS(loaded->overrides); i++)
        g_array_unref(loaded->overrides[i]);
    g_array_unref(loaded->override_keys);
    g_array_unref(loaded->routes);
    g_array_unref(loaded->plans);
    g_free(loaded);
}

static void *field_of(OvSettings *settings, guint spec) {
    return (char *)settings + STORAGE[spec].offset;
}

static const char *keep(Loaded *loaded, const char *text) {
    return ov_arena_strndup(loaded->arena, text, strlen(text));
}

/* A question mark ends its sentence by itself. */
static const char *full_stop(const char *sentence) {
    return g_str_has_suffix(sentence, "?") ? "" : ".";
}

/* A password in a URL is told to nobody. */
static void hide_password(char *value) {
    char *start = strstr(value, "://"), *at = start ? strrchr(start, '@') : NULL;
    char *colon = at ? memchr(start + 3, ':', (gsize)(at - start - 3)) : NULL;
    if (colon)
        memset(colon + 1, '*', (gsize)(at - colon - 1));
}

static gboolean key_error(GError **error, OvSettingsError code, const OvKeySection *section,
                          const OvKey *key, const char *trouble) {
    g_autofree char *value = g_strdup(key->value);
    hide_password(value);
    g_autofree char *shown = g_utf8_strlen(value, -1) > MAX_SHOWN
                                 ? g_utf8_substring(value, 0, MAX_SHOWN)
                                 : g_strdup(value);
    g_set_error(error, OV_SETTINGS_ERROR, (gint)code, "%s:%u: [%s] %s = %s: %s%s", section->file,
                key->line, section->name, key->name, shown, trouble, full_stop(trouble));
    return FALSE;
}

/* FALSE. */
static gboolean no_such_setting(const OvKeySection *section, const OvKey *key, OvNearest nearest,
                                GError **error) {
    g_autofree char *trouble =
        nearest.best
            ? g_strdup_printf("there is no setting %s; did you mean %s?", key->name, nearest.best)
            : g_strdup_printf("there is no setting %s here", key->name);
    return key_error(error, OV_SETTINGS_ERROR_NAME, section, key, trouble);
}

/* The row of a key of that section, or N_SPECS with error, which knows the names already offered to
 * nearest, too. */
static guint find_spec_near(const char *spec_section, const OvKeySection *section, const OvKey *key,
                            OvNearest nearest, GError **error) {
    for (guint i = 0; i < N_SPECS; i++) {
        if (!g_str_equal(SPECS[i].section, spec_section))
            continue;
        if (g_str_equal(SPECS[i].name, key->name))
            return i;
        ov_nearest_offer(&nearest, SPECS[i].name);
    }
    no_such_setting(section, key, nearest, error);
    return N_SPECS;
}

static guint find_spec(const char *spec_section, const OvKeySection *section, const OvKey *key,
                       GError **error) {
    return find_spec_near(spec_section, section, key, ov_nearest(key->name), error);
}

static gboolean read_key(Loaded *loaded, OvSettings *into, guint spec, const OvKeySection *section,
                         const OvKey *key, GError **error) {
    g_autofree char *trouble = ov_setting_read(into, field_of(into, spec), STORAGE[spec].type,
                                               STORAGE[spec].choices, key->value, loaded->arena);
    return !trouble || key_error(error, OV_SETTINGS_ERROR_VALUE, section, key, trouble);
}

static gboolean read_section(Loaded *loaded, const OvKeySection *section, GError **error) {
    for (guint i = 0; i < section->n_keys; i++) {
        const OvKey *key = &section->keys[i];
        guint spec = find_spec(section->name, section, key, error);
        if (spec == N_SPECS || !read_key(loaded, &loaded->settings, spec, section, key, error))
            return FALSE;
        loaded->values[spec] = keep(loaded, key->value);
        loaded->lines[spec] = key->line;
    }
    return TRUE;
}

static void show_key(Loaded *loaded, const OvKeySection *section, const OvKey *key) {
    OverrideKey shown = {keep(loaded, section->name), keep(loaded, key->name),
                         keep(loaded, key->value), key->line};
    g_array_append_val(loaded->override_keys, shown);
}

static gboolean read_override_keys(Loaded *loaded, const OvKeySection *section,
                                   OvOverride *override, GError **error) {
    OvSettings scratch = {.thresholds = override->thresholds, .shadow = override->shadow};
    for (guint i = 0; i < section->n_keys; i++) {
        const OvKey *key = &section->keys[i];
        guint spec = find_spec("verdict", section, key, error);
        if (spec == N_SPECS || !read_key(loaded, &scratch, spec, section, key, error))
            return FALSE;
        show_key(loaded, section, key);
    }
    override->thresholds = scratch.thresholds;
    override->shadow = scratch.shadow;
    return TRUE;
}

static gboolean section_error(GError **error, const OvKeySection *section, const char *trouble) {
    g_set_error(error, OV_SETTINGS_ERROR, OV_SETTINGS_ERROR_NAME, "%s:%u: [%s]: %s%s",
                section->file, section->line, section->name, trouble, full_stop(trouble));
    return FALSE;
}

/* pattern: what follows the kind in "[class bulk]". */
static gboolean read_class(Loaded *loaded, const OvKeySection *section, const char *pattern,
                           GError **error) {
    OvClass message_class;
    if (ov_class_from_name(pattern, &message_class))
        return read_override_keys(loaded, section, &loaded->settings.classes[message_class], error);
    OvNearest nearest = ov_nearest(pattern);
    for (guint i = 0; i < OV_N_CLASSES; i++)
        ov_nearest_offer(&nearest, ov_class_name((OvClass)i));
    g_autofree char *trouble =
        nearest.best
            ? g_strdup_printf("there is no class %s; did you mean %s?", pattern, nearest.best)
            : g_strdup_printf("there is no class %s", pattern);
    return section_error(error, section, trouble);
}

static const OvOverride NOT_SET = {.thresholds = {NAN, NAN, NAN}, .shadow = -1};

static gboolean read_route_key(Loaded *loaded, OvSettings *scratch, const OvKeySection *section,
                               const OvKey *key, GError **error) {
    OvNearest nearest = ov_nearest(key->name);
    for (guint i = 0; i < G_N_ELEMENTS(ROUTE_KEYS); i++) {
        ov_nearest_offer(&nearest, ROUTE_KEYS[i].name);
        if (!g_str_equal(key->name, ROUTE_KEYS[i].name))
            continue;
        g_autofree char *trouble =
            ov_setting_read(scratch, (char *)&scratch->egress.common + ROUTE_KEYS[i].offset,
                            OV_SETTING_PATTERNS, NULL, key->value, loaded->arena);
        return !trouble || key_error(error, OV_SETTINGS_ERROR_VALUE, section, key, trouble);
    }
    guint spec = find_spec_near("egress", section, key, nearest, error);
    return spec != N_SPECS && read_key(loaded, scratch, spec, section, key, error);
}

static gboolean read_route(Loaded *loaded, const OvKeySection *section, const char *name,
                           GError **error) {
    OvSettings scratch = {.egress.common = {.name = keep(loaded, name), .signing = -1, .tls = -1}};
    const OvEgressRoute *route = &scratch.egress.common;
    for (guint i = 0; i < section->n_keys; i++) {
        if (!read_route_key(loaded, &scratch, section, &section->keys[i], error))
            return FALSE;
        show_key(loaded, section, &section->keys[i]);
    }
    if ((!route->senders || !route->senders[0]) && (!route->recipients || !route->recipients[0]))
        return section_error(error, section,
                             "senders or recipients must say which mail leaves this way");
    g_array_append_vals(loaded->routes, route, 1);
    return TRUE;
}

static gboolean read_plan_key(Loaded *loaded, OvPlan *plan, const OvKeySection *section,
                              const OvKey *key, GError **error) {
    OvNearest nearest = ov_nearest(key->name);
    for (const char *const *known = ov_plan_keys; *known; known++) {
        ov_nearest_offer(&nearest, *known);
        if (!g_str_equal(key->name, *known))
            continue;
        g_autofree char *trouble = ov_plan_read(plan, key->name, key->value, loaded->arena);
        return !trouble || key_error(error, OV_SETTINGS_ERROR_VALUE, section, key, trouble);
    }
    return no_such_setting(section, key, nearest, error);
}

static gboolean read_plan(Loaded *loaded, const OvKeySection *section, const char *name,
                          GError **error) {
    OvPlan plan = ov_plan_new(keep(loaded, name));
    gboolean read = TRUE;
    for (guint i = 0; read && i < section->n_keys; i++) {
        read = read_plan_key(loaded, &plan, section, &section->keys[i], error);
        show_key(loaded, section, &section->keys[i]);
    }
    g_autofree char *trouble = read ? ov_plan_settle(&plan) : NULL;
    g_array_append_val(loaded->plans, plan);
    return read && (!trouble || section_error(error, section, trouble));
}

static gboolean read_kind(Loaded *loaded, guint kind, const OvKeySection *section,
                          const char *pattern, GError **error) {
    if (kind == BY_CLASS)
        return read_class(loaded, section, pattern, error);
    if (kind == BY_ROUTE)
        return read_route(loaded, section, pattern, error);
    if (kind == BY_PLAN)
        return read_plan(loaded, section, pattern, error);
    OvOverride override = NOT_SET;
    override.pattern = keep(loaded, pattern);
    if (!read_override_keys(loaded, section, &override, error))
        return FALSE;
    g_array_append_val(loaded->overrides[kind], override);
    return TRUE;
}

static gboolean read_any_section(Loaded *loaded, const OvKeySection *section, GError **error) {
    OvNearest nearest = ov_nearest(section->name);
    for (guint i = 0; i < N_SPECS; i++) {
        if (g_str_equal(section->name, SPECS[i].section))
            return read_section(loaded, section, error);
        ov_nearest_offer(&nearest, SPECS[i].section);
    }
    g_autofree char *kind = g_strndup(section->name, strcspn(section->name, " "));
    const char *pattern = section->name + strlen(kind);
    for (guint i = 0; i < G_N_ELEMENTS(KINDS); i++) {
        if (!g_str_equal(kind, KINDS[i].kind))
            ov_nearest_offer(&nearest, KINDS[i].kind);
        else if (*pattern)
            return read_kind(loaded, i, section, pattern + 1, error);
        else
            return section_error(error, section, KINDS[i].missing);
    }
    g_autofree char *trouble =
        nearest.best ? g_strdup_printf("there is no such section; did you mean [%s]?", nearest.best)
                     : g_strdup("there is no such section");
    return section_error(error, section, trouble);
}

static void set_defaults(Loaded *loaded) {
    OvSettings *settings = &loaded->settings;
    settings->egress.common.name = "";
    for (guint i = 0; i < OV_N_CLASSES; i++) {
        settings->classes[i] = NOT_SET;
        settings->classes[i].pattern = ov_class_name((OvClass)i);
    }
    for (guint i = 0; i < N_SPECS; i++)
        loaded->values[i] = SPECS[i].default_value;
}

static gboolean together_error(const Loaded *loaded, const char *trouble, GError **error) {
    g_set_error(error, OV_SETTINGS_ERROR, OV_SETTINGS_ERROR_VALUE, "%s: %s.", loaded->file,
                trouble);
    return FALSE;
}

/* What one setting asks of another. */
static gboolean check_together(const Loaded *loaded, GError **error) {
    const OvSettings *settings = &loaded->settings;
    const OvRedisPlace *redis = &settings->counters_redis;
    if (settings->alert_mail_to[0] && !*settings->alert_from)
        return together_error(loaded, "[alert] mail_to needs a sender: from = outvet@example.com",
                              error);
    if (settings->alert_tell_senders[0] && !*settings->alert_from)
        return together_error(
            loaded, "[alert] tell_senders needs a sender: from = outvet@example.com", error);
    if (!*redis->certificate != !*redis->key)
        return together_error(loaded, "[counters] tls_certificate and tls_key need each other",
                              error);
    return TRUE;
}

/* Defaults are read last and only where the file says nothing: the host may have no name. */
static gboolean read_defaults(Loaded *loaded, GError **error) {
    OvSettings *settings = &loaded->settings;
    for (guint i = 0; i < N_SPECS; i++) {
        if (loaded->lines[i] > 0)
            continue;
        g_autofree char *trouble =
            ov_setting_read(settings, field_of(settings, i), STORAGE[i].type, STORAGE[i].choices,
                            SPECS[i].default_value, loaded->arena);
        if (trouble) {
            g_set_error(error, OV_SETTINGS_ERROR, OV_SETTINGS_ERROR_VALUE, "%s: [%s] %s: %s.",
                        loaded->file, SPECS[i].section, SPECS[i].name, trouble);
            return FALSE;
        }
        if (STORAGE[i].type == OV_SETTING_NODE)
            loaded->values[i] = settings->node;
    }
    return TRUE;
}

static OvSettings *settings_of(const OvKeyFile *keyfile, const char *file, GError **error) {
    Loaded *loaded = loaded_new(file);
    g_autoptr(OvSettings) settings = &loaded->settings;
    set_defaults(loaded);
    guint n = keyfile ? ov_keyfile_n_sections(keyfile) : 0;
    for (guint i = 0; i < n; i++)
        if (!read_any_section(loaded, ov_keyfile_section(keyfile, i), error))
            return NULL;
    if (!read_defaults(loaded, error) || !check_together(loaded, error))
        return NULL;
    settings->accounts = (const OvOverride *)(const void *)loaded->overrides[BY_ACCOUNT]->data;
    settings->n_accounts = loaded->overrides[BY_ACCOUNT]->len;
    settings->domains = (const OvOverride *)(const void *)loaded->overrides[BY_DOMAIN]->data;
    settings->n_domains = loaded->overrides[BY_DOMAIN]->len;
    settings->plans = (OvPlans){(const OvPlan *)(void *)loaded->plans->data, loaded->plans->len};
    ov_egress_settle(&settings->egress, (OvEgressRoute *)(void *)loaded->routes->data,
                     loaded->routes->len, loaded->arena);
    return g_steal_pointer(&settings);
}

/* A key file's error as one of the settings. */
static void take_error(GError **error, GError *keyfile_error) {
    OvSettingsError code = keyfile_error->code == OV_KEYFILE_ERROR_FILE ? OV_SETTINGS_ERROR_FILE
                                                                        : OV_SETTINGS_ERROR_SYNTAX;
    g_set_error_literal(error, OV_SETTINGS_ERROR, (gint)code, keyfile_error->message);
    g_error_free(keyfile_error);
}

OvSettings *ov_settings_parse(const char *text, gsize length, const char *file, GError **error) {
    GError *trouble = NULL;
    g_autoptr(OvKeyFile) keyfile = ov_keyfile_parse(text, length, file, &trouble);
    if (keyfile)
        return settings_of(keyfile, file, error);
    take_error(error, trouble);
    return NULL;
}

OvSettings *ov_settings_load(const char *file, GError **error) {
    if (!file && !g_file_test(OV_SETTINGS_DEFAULT_FILE, G_FILE_TEST_EXISTS))
        return settings_of(NULL, OV_SETTINGS_DEFAULT_FILE, error);
    const char *path = file ? file : OV_SETTINGS_DEFAULT_FILE;
    GError *trouble = NULL;
    g_autoptr(OvKeyFile) keyfile = ov_keyfile_load(path, &trouble);
    if (keyfile)
        return settings_of(keyfile, path, error);
    take_error(error, trouble);
    return NULL;
}

void ov_settings_value(const OvSettings *settings, guint spec, char **value, char **origin) {
    const Loaded *loaded = (const Loaded *)settings;
    g_assert(spec < N_SPECS);
    *value = g_strdup(loaded->values[spec]);
    *origin = loaded->lines[spec] > 0 ? g_strdup_printf("%s:%u", loaded->file, loaded->lines[spec])
                                      : g_strdup("default");
}

void ov_settings_each_override(const OvSettings *settings,
                               void (*each)(const char *section, const char *name,
                                            const char *value, const char *origin, gpointer data),
                               gpointer data) {
    const Loaded *loaded = (const Loaded *)settings;
    for (guint i = 0; i < loaded->override_keys->len; i++) {
        const OverrideKey *key = &g_array_index(loaded->override_keys, OverrideKey, i);
        g_autofree char *origin = g_strdup_printf("%s:%u", loaded->file, key->line);
        each(key->section, key->name, key->value, origin, data);
    }
}
