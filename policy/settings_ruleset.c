#include "policy/settings.h"

#include <unistd.h>

char *ov_settings_phrase_cache(const OvSettings *settings) {
    g_autofree char *directory = g_path_get_dirname(settings->ledger_path);
    return g_build_filename(directory, "phrases.hsdb", NULL);
}

OvRuleset *ov_settings_ruleset(const OvSettings *settings, gboolean keep, GError **error) {
    g_autofree char *path = ov_settings_phrase_cache(settings);
    OvPhraseCache cache = {path, keep};
    g_autoptr(GError) trouble = NULL;
    OvRuleset *ruleset =
        ov_ruleset_load(settings->rules_directories, geteuid() == 0 ? NULL : &cache, &trouble);
    if (g_error_matches(trouble, OV_RULESET_ERROR, OV_RULESET_ERROR_FILE))
        g_set_error(error, OV_RULESET_ERROR, OV_RULESET_ERROR_FILE,
                    "%s The setting [rules] directories tells where rules are; make install puts "
                    "the shipped ones there.",
                    trouble->message);
    else if (trouble)
        g_propagate_error(error, g_steal_pointer(&trouble));
    return ruleset;
}
