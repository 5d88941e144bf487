#include "policy/ownership_postfix.h"

#include "policy/mta_program.h"
#include "policy/run.h"
#include "rules/keyfile.h"

enum { MAX_OUTPUT = 1024 * 1024, MAX_DOMAINS = 10000, MAX_FILE = 1024 * 1024 };

static void add_domain(GPtrArray *domains, const char *name) {
    /* What is no name: a table, an exception. */
    if (domains->len < MAX_DOMAINS && !strchr(name, ':') && name[0] != '!')
        g_ptr_array_add(domains, g_ascii_strdown(name, -1));
}

/* The words of a file, without comments. */
static void add_file(GPtrArray *domains, const char *path) {
    g_autofree char *text = NULL;
    gsize length;
    if (!g_file_get_contents(path, &text, &length, NULL) || length > MAX_FILE)
        return;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        g_auto(GStrv) words = ov_key_words(g_strstrip(*line));
        for (char **word = words; *word && **word != '#'; word++)
            add_domain(domains, *word);
    }
}

static void add_domains(GPtrArray *domains, const char *value) {
    g_auto(GStrv) words = ov_key_words(value);
    for (char **word = words; *word; word++)
        if (**word == '/')
            add_file(domains, *word);
        else
            add_domain(domains, *word);
}

OvPostfixRules *ov_postfix_rules_parse(const char *output) {
    OvPostfixRules *rules = g_new0(OvPostfixRules, 1);
    g_autoptr(GPtrArray) domains = g_ptr_array_new();
    g_auto(GStrv) lines = g_strsplit(output, "\n", -1);
    for (char **line = lines; *line; line++) {
        char *equals = strchr(*line, '=');
        if (!equals)
            continue;
        *equals = '\0';
        const char *name = g_strstrip(*line), *value = g_strstrip(equals + 1);
        if (g_str_equal(name, "myorigin") || g_str_equal(name, "mydestination")) {
            add_domains(domains, value);
        } else if (g_str_equal(name, "recipient_delimiter")) {
            g_free(rules->delimiters);
            rules->delimiters = g_strdup(value);
        } else if (g_str_equal(name, "smtpd_sender_login_maps")) {
            g_free(rules->maps);
            rules->maps = g_strdup(value);
        }
    }
    g_ptr_array_add(domains, NULL);
    rules->local_domains = (char **)g_ptr_array_free(g_steal_pointer(&domains), FALSE);
    if (!rules->delimiters)
        rules->delimiters = g_strdup("");
    if (!rules->maps)
        rules->maps = g_strdup("");
    rules->rules = (OvAddressRules){rules->delimiters, (const char *const *)rules->local_domains};
    return rules;
}

OvPostfixRules *ov_postfix_rules_read(const OvSettings *settings, gint64 deadline, GError **error) {
    g_autofree char *postconf = ov_mta_program(settings, "postconf");
    if (!postconf) {
        g_set_error_literal(error, OV_TABLE_ERROR, OV_TABLE_ERROR_LOOKUP,
                            "Postfix's postconf is not in PATH or /usr/sbin: [mta] "
                            "command_directory says where it is");
        return NULL;
    }
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_ptr_array_add(argv, postconf);
    if (settings->postfix_config_directory[0]) {
        g_ptr_array_add(argv, (gpointer) "-c");
        g_ptr_array_add(argv, (gpointer)settings->postfix_config_directory);
    }
    static const char *const words[] = {
        "-x", "smtpd_sender_login_maps", "recipient_delimiter", "myorigin", "mydestination", NULL};
    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        g_ptr_array_add(argv, (gpointer)words[i]);
    OvProgram program = {
        .argv = (const char *const *)argv->pdata,
        .max_output = MAX_OUTPUT,
        .time_limit = MAX(deadline - g_get_monotonic_time(), 0),
    };
    g_auto(OvRan) ran = {.output = NULL};
    g_autoptr(GError) inner = NULL;
    if (ov_run_program(&program, &ran, &inner) && ov_ran_well(&ran, "postconf", &inner))
        return ov_postfix_rules_parse(ran.output);
    g_set_error_literal(error, OV_TABLE_ERROR, OV_TABLE_ERROR_LOOKUP, inner->message);
    return NULL;
}

void ov_postfix_rules_free(OvPostfixRules *rules) {
    if (!rules)
        return;
    g_free(rules->delimiters);
    g_strfreev(rules->local_domains);
    g_free(rules->maps);
    g_free(rules);
}
