#include "policy/settings.h"

#include <unistd.h>

char *ov_settings_phrase_cache(const OvSettings *settings) {
    g_autofree char *directory = g_path_get_dirname(settings->ledger_path);
    return g_build_filename(directory, "phrases.hsdb", NULL);
}

OvRuleset *ov_settings_ruleset(const OvSettings *settings, gboolean keep, GError **error) {
    g_autofree char *path = ov_settings_phrase_cache(settings);
    OvPhraseCache cache = {path, keep};
    return ov_ruleset_load(settings->rules_directories, geteuid() == 0 ? NULL : &cache, error);
}
