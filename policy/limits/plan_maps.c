#include "policy/limits/plan_maps.h"

#include "policy/log.h"
#include "policy/mta_program.h"
#include "policy/ownership_file.h"
#include "policy/ownership_table.h"

#include <string.h>

enum {
    MAX_ACCOUNT = 1000, /* octets that are looked up */
    MOST_STRANGE = 100, /* names of plans that there are not, of which each is logged once */
};

/* One word of the setting: a file, or a table. */
typedef struct {
    OvOwnerFile *file;
    OvOwnerTable *table;
} Source;

struct OvPlanMaps {
    OvSettings *settings;
    Source *sources;
    guint n_sources;
    OvLookups *lookups;
    GMutex lock;         /* guards strange */
    GHashTable *strange; /* names that were logged */
};

static gboolean take_source(const char *word, const OvPostmap *postmap, Source *source,
                            GError **error) {
    static const char text[] = "text:";
    if (g_str_has_prefix(word, text))
        source->file = ov_owner_file_new(word + strlen(text), OV_OWNER_TEXT_PLANS, error);
    else
        source->table = ov_owner_table_new(word, postmap, error);
    return source->file || source->table;
}

/* A value is a plan's name, whatever white space is around it. */
static gboolean ask_source(const Source *source, const char *account, gint64 deadline, char **value,
                           GError **error) {
    const char *const keys[] = {account};
    guint which;
    g_autoptr(GError) inner = NULL;
    *value = NULL;
    if (source->file) {
        *value = ov_owner_file_value(source->file, account);
        return TRUE;
    }
    if (source->table->find(source->table, keys, 1, deadline, &which, value, &inner)) {
        if (*value)
            g_strstrip(*value);
        return TRUE;
    }
    g_propagate_prefixed_error(error, g_steal_pointer(&inner), "%s: ", source->table->name);
    return FALSE;
}

static void log_strange(OvPlanMaps *maps, const char *account, const char *name) {
    g_mutex_lock(&maps->lock);
    gboolean is_new = g_hash_table_size(maps->strange) < MOST_STRANGE &&
                      g_hash_table_add(maps->strange, g_strdup(name));
    g_mutex_unlock(&maps->lock);
    if (is_new)
        ov_log(OV_LOG_WARNING, NULL, "event", "plan-maps", "account", account, "plan", name,
               "error", "there is no such plan of accounts; the first that takes the account holds",
               NULL);
}

/* The number of the plan in the settings, from 1; 0 for none. */
static int number_of(OvPlanMaps *maps, const char *account, const char *name) {
    const OvPlans *plans = &maps->settings->plans;
    for (guint i = 0; i < plans->n_plans; i++)
        if (plans->plans[i].of == OV_SUBJECT_ACCOUNT && g_str_equal(plans->plans[i].name, name))
            return (int)i + 1;
    log_strange(maps, account, name);
    return 0;
}

/* What is not fit for a table is in none. */
static gboolean is_fit(const char *account) {
    gsize length = strlen(account);
    for (gsize i = 0; i < length; i++)
        if (g_ascii_iscntrl(account[i]))
            return FALSE;
    return length > 0 && length <= MAX_ACCOUNT && g_utf8_validate(account, (gssize)length, NULL);
}

/* Up to the first that lists it: one that has trouble may do so, and nothing is known then. */
static int look_up(gpointer data, const char *account, const char *nothing, gint64 deadline,
                   gboolean *all, GError **error) {
    OvPlanMaps *maps = data;
    g_autofree char *value = NULL;
    (void)nothing;
    guint i = 0;
    while (i < maps->n_sources && !value)
        if (!ask_source(&maps->sources[i++], account, deadline, &value, error))
            return 0;
    *all = i == maps->n_sources;
    return value ? number_of(maps, account, value) : 0;
}

static gboolean refresh(gpointer data, GError **error) {
    OvPlanMaps *maps = data;
    gboolean changed = FALSE;
    for (guint i = 0; i < maps->n_sources; i++) {
        g_autoptr(GError) inner = NULL;
        if (!maps->sources[i].file)
            continue;
        changed |= ov_owner_file_refresh(maps->sources[i].file, &inner);
        if (inner && error && !*error)
            g_propagate_error(error, g_steal_pointer(&inner));
    }
    return changed;
}

static gboolean has_files(const OvPlanMaps *maps) {
    for (guint i = 0; i < maps->n_sources; i++)
        if (maps->sources[i].file)
            return TRUE;
    return FALSE;
}

gboolean ov_plan_maps_new(OvSettings *settings, OvLookupsChange change, gpointer data,
                          OvPlanMaps **maps, GError **error) {
    static const OvLookupsMeans with_files = {"plans", look_up, refresh};
    static const OvLookupsMeans without_files = {"plans", look_up, NULL};
    const char *const *words = settings->plan_maps;
    *maps = NULL;
    if (!words[0])
        return TRUE;
    g_autoptr(OvPlanMaps) made = g_new0(OvPlanMaps, 1);
    g_autofree char *program = ov_mta_program(settings, "postmap");
    OvPostmap postmap = {program, settings->postfix_config_directory};
    made->settings = ov_settings_ref(settings);
    made->strange = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_mutex_init(&made->lock);
    made->sources = g_new0(Source, g_strv_length((char **)(gpointer)words));
    for (guint i = 0; words[i]; i++) {
        made->n_sources = i + 1;
        if (!take_source(words[i], &postmap, &made->sources[i], error))
            return FALSE;
    }
    made->lookups =
        ov_lookups_new(has_files(made) ? &with_files : &without_files, made, change, data);
    *maps = g_steal_pointer(&made);
    return TRUE;
}

void ov_plan_maps_free(OvPlanMaps *maps) {
    if (!maps)
        return;
    ov_lookups_free(maps->lookups);
    for (guint i = 0; i < maps->n_sources; i++) {
        ov_owner_file_free(maps->sources[i].file);
        ov_owner_table_free(maps->sources[i].table);
    }
    g_hash_table_unref(maps->strange);
    g_mutex_clear(&maps->lock);
    g_free(maps->sources);
    ov_settings_unref(maps->settings);
    g_free(maps);
}

void ov_plan_maps_ask(OvPlanMaps *maps, const char *account) {
    if (is_fit(account))
        ov_lookups_ask(maps->lookups, account, ov_slice(""));
}

const OvPlan *ov_plan_maps_find(OvPlanMaps *maps, const char *account, gint64 since) {
    int number = 0;
    if (!maps || !is_fit(account))
        return NULL;
    gint64 deadline = since + maps->settings->owner_time_limit;
    return ov_lookups_answer(maps->lookups, account, ov_slice(""), deadline, &number) && number > 0
               ? &maps->settings->plans.plans[number - 1]
               : NULL;
}

void ov_plan_maps_status(OvPlanMaps *maps, OvLookupsStatus *status) {
    ov_lookups_status(maps->lookups, status);
}
