#include "policy/ownership_table.h"

#include "policy/run.h"

#include <string.h>

typedef struct {
    OvOwnerTable table; /* first: what the outside sees */
    char *table_name;   /* without proxy: */
    char *program, *config_directory;
} Postmap;

/* postmap(1) ends with 1 for a key that is not there and for trouble alike; only of trouble it
 * says so. */
static gboolean is_trouble(const OvRan *ran) {
    return strstr(ran->said, ": fatal: ") || strstr(ran->said, ": error: ") ||
           strstr(ran->said, ": panic: ");
}

/* The value that its output has for a key: lines of key, tab, value. */
static char *value_of(const OvRan *ran, const char *key) {
    gsize length = strlen(key);
    for (const char *line = ran->output; line && *line;) {
        gsize end = strcspn(line, "\n");
        if (end > length && line[length] == '\t' && strncmp(line, key, length) == 0)
            return g_strndup(line + length + 1, end - length - 1);
        line += end + (line[end] == '\n');
    }
    return NULL;
}

static gboolean run(const Postmap *postmap, const char *input, gint64 deadline, OvRan *ran,
                    GError **error) {
    if (!postmap->program) {
        g_set_error_literal(error, OV_TABLE_ERROR, OV_TABLE_ERROR_LOOKUP,
                            "Postfix's postmap is not in PATH or /usr/sbin: [mta] "
                            "command_directory says where it is");
        return FALSE;
    }
    gint64 left = deadline - g_get_monotonic_time();
    const char *own[] = {postmap->program, "-q", "-", postmap->table_name, NULL};
    const char *other[] = {postmap->program,    "-c", postmap->config_directory, "-q", "-",
                           postmap->table_name, NULL};
    OvProgram program = {
        .argv = postmap->config_directory[0] ? other : own,
        .input = input,
        .max_output = OV_TABLE_MAX_KEYS * OV_TABLE_MAX_ANSWER,
        .time_limit = MAX(left, 0),
    };
    return ov_run_program(&program, ran, error);
}

/* All keys in one run, on standard input: there no key can be an option. */
static gboolean find(OvOwnerTable *table, const char *const *keys, guint n, gint64 deadline,
                     guint *which, char **owners, GError **error) {
    const Postmap *postmap = (const Postmap *)table;
    g_autoptr(GString) input = g_string_new(NULL);
    for (guint i = 0; i < n; i++)
        g_string_append_printf(input, "%s\n", keys[i]);
    g_auto(OvRan) ran = {.output = NULL};
    g_autoptr(GError) inner = NULL;
    gboolean well = run(postmap, input->str, deadline, &ran, &inner);
    if (well && is_trouble(&ran))
        ov_ran_well(&ran, postmap->program, &inner);
    else if (well && ran.truncated)
        g_set_error_literal(&inner, OV_TABLE_ERROR, OV_TABLE_ERROR_LOOKUP,
                            "the answer is too long");
    if (inner) {
        g_set_error_literal(error, OV_TABLE_ERROR, OV_TABLE_ERROR_LOOKUP, inner->message);
        return FALSE;
    }
    *owners = NULL;
    for (*which = 0; *which < n; ++*which)
        if ((*owners = value_of(&ran, keys[*which])))
            break;
    return TRUE;
}

static void postmap_free(OvOwnerTable *table) {
    Postmap *postmap = (Postmap *)table;
    g_free(postmap->table_name);
    g_free(postmap->program);
    g_free(postmap->config_directory);
    g_free(postmap);
}

OvOwnerTable *ov_postmap_table_new(const char *name, const OvPostmap *settings) {
    Postmap *postmap = g_new0(Postmap, 1);
    postmap->table.find = find;
    postmap->table.free = postmap_free;
    postmap->table_name = g_strdup(name);
    postmap->program = g_strdup(settings->program);
    postmap->config_directory = g_strdup(settings->config_directory);
    return &postmap->table;
}
