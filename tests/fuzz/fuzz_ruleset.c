/* Reads any octets as a key file and as a file of rules; rules that load are evaluated and give
 * their advice. */
#include "rules/keyfile.h"
#include "rules/ruleset.h"

#include <glib/gstdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

/* The directory that the rules are read from, for all inputs of the process. */
static char *directory;

static void remove_directory(void) {
    g_autofree char *file = g_build_filename(directory, "fuzzed.conf", NULL);
    g_unlink(file);
    g_rmdir(directory);
    g_free(directory);
}

static void read_keys(const char *text, gsize size) {
    g_autoptr(GError) error = NULL;
    g_autoptr(OvKeyFile) keyfile = ov_keyfile_parse(text, size, "fuzzed.conf", &error);
    g_assert((keyfile == NULL) == (error != NULL));
    for (guint i = 0; keyfile && i < ov_keyfile_n_sections(keyfile); i++) {
        const OvKeySection *section = ov_keyfile_section(keyfile, i);
        for (guint j = 0; j < section->n_keys; j++) {
            const OvKey *key = &section->keys[j];
            g_assert(ov_key_find(section, key->name) == key);
            guint line, column, last;
            ov_key_position(key, 0, &line, &column);
            g_assert(line >= key->line && column >= 1);
            ov_key_position(key, (guint)g_utf8_strlen(key->value, -1), &last, &column);
            g_assert(last >= line);
        }
    }
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
    if (!directory) {
        directory = g_dir_make_tmp("fuzz-ruleset-XXXXXX", NULL);
        g_assert(directory);
        atexit(remove_directory);
    }
    read_keys((const char *)data, size);
    g_autofree char *file = g_build_filename(directory, "fuzzed.conf", NULL);
    g_autoptr(GError) error = NULL;
    g_assert(g_file_set_contents_full(file, (const char *)data, (gssize)size,
                                      G_FILE_SET_CONTENTS_NONE, 0600, NULL));
    const char *const directories[] = {directory, NULL};
    g_autoptr(OvRuleset) ruleset = ov_ruleset_load(directories, NULL, &error);
    g_assert((ruleset == NULL) == (error != NULL));
    if (!ruleset)
        return 0;
    g_autoptr(OvExpressionScratch) scratch = ov_expression_scratch_new();
    g_autoptr(OvArena) arena = ov_arena_new();
    guint n_facts = ov_ruleset_n_facts(ruleset);
    OvFacts *facts = ov_arena_alloc0(arena, sizeof(OvFacts) + n_facts * sizeof(OvValue));
    facts->n_values = n_facts;
    for (guint i = 0; i < ov_ruleset_n_rules(ruleset); i++) {
        const OvRule *rule = ov_ruleset_rule(ruleset, i);
        ov_expression_evaluate(rule->when, facts, scratch);
        ov_expression_evaluate(rule->score, facts, scratch);
        const char *advice = ov_ruleset_advice(ruleset, rule, facts, arena);
        g_assert(g_utf8_validate(advice, -1, NULL));
    }
    return 0;
}
