#include "policy/postfix.h"

#include "policy/mta_program.h"
#include "policy/ownership_table.h"
#include "policy/run.h"

enum { MAX_OUTPUT = 4 * 1024 * 1024, MAX_TABLES = 50 };

static const gint64 TIME_LIMIT = 10 * G_USEC_PER_SEC;

G_DEFINE_QUARK(ov_postfix_error, ov_postfix_error)

/* Runs program with `-c directory` and words. FALSE with error. */
static gboolean ask(const OvPostfix *postfix, const char *program, const char *const *words,
                    OvRan *ran, GError **error) {
    g_autofree char *path = ov_mta_program(postfix->settings, program);
    if (!path) {
        g_set_error(error, OV_POSTFIX_ERROR, OV_POSTFIX_ERROR_ABSENT,
                    "Postfix's %s is not in PATH or /usr/sbin: [mta] "
                    "command_directory says where "
                    "it is",
                    program);
        return FALSE;
    }
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_ptr_array_add(argv, path);
    if (*postfix->directory) {
        g_ptr_array_add(argv, (gpointer) "-c");
        g_ptr_array_add(argv, (gpointer)postfix->directory);
    }
    for (; *words; words++)
        g_ptr_array_add(argv, (gpointer)*words);
    g_ptr_array_add(argv, NULL);
    OvProgram run = {
        .argv = (const char *const *)argv->pdata,
        .max_output = MAX_OUTPUT,
        .time_limit = TIME_LIMIT,
    };
    g_autoptr(GError) inner = NULL;
    if (ov_run_program(&run, ran, &inner) && ov_ran_well(ran, program, &inner))
        return TRUE;
    g_set_error_literal(error, OV_POSTFIX_ERROR, OV_POSTFIX_ERROR_CONFIG, inner->message);
    return FALSE;
}

static gboolean add_output(const OvPostfix *postfix, const char *const *words, GString *output,
                           GError **error) {
    g_auto(OvRan) ran = {.output = NULL};
    if (!ask(postfix, "postconf", words, &ran, error))
        return FALSE;
    g_string_append_printf(output, "%s\n", ran.output);
    return TRUE;
}

OvPostfixConfig *ov_postfix_read(const OvPostfix *postfix, const char *const *names,
                                 GError **error) {
    static const char *const commands[] = {"-x", "-F", "*/*/command", NULL};
    static const char *const own[] = {"-x", "-P", NULL};
    g_autoptr(GPtrArray) values = g_ptr_array_new();
    g_ptr_array_add(values, (gpointer) "-x");
    for (; *names; names++)
        g_ptr_array_add(values, (gpointer)*names);
    g_ptr_array_add(values, NULL);
    g_autoptr(GString) output = g_string_new(NULL);
    if (!add_output(postfix, (const char *const *)values->pdata, output, error) ||
        !add_output(postfix, commands, output, error) || !add_output(postfix, own, output, error))
        return NULL;
    return ov_postfix_config_parse(output->str);
}

OvPostfixTable *ov_postfix_list(const OvPostfix *postfix, const char *value) {
    static const char proxy[] = "proxy:";
    OvPostfixTable *table = ov_postfix_table_new();
    g_auto(GStrv) names = ov_owner_table_names(value);
    for (guint i = 0; names && names[i]; i++) {
        const char *name = names[i] + (g_str_has_prefix(names[i], proxy) ? strlen(proxy) : 0);
        const char *const words[] = {"-s", name, NULL};
        g_auto(OvRan) ran = {.output = NULL};
        g_autoptr(GError) error = NULL;
        if (i >= MAX_TABLES)
            ov_postfix_table_add_trouble(table, name, "there are too many tables");
        else if (!ask(postfix, "postmap", words, &ran, &error))
            ov_postfix_table_add_trouble(table, name, error->message);
        else
            ov_postfix_table_add(table, name, ran.output);
    }
    return table;
}
