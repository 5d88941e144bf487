/* Settings and rules as every command takes them. */
#include "policy/review/command.h"
#include "policy/review/output.h"

OvSettings *ov_command_settings(const OvArguments *arguments) {
    g_autoptr(GError) error = NULL;
    OvSettings *settings = ov_settings_load(ov_arguments_value(arguments, "config"), &error);
    if (!settings)
        ov_complain("%s", error->message);
    return settings;
}

OvRuleset *ov_command_ruleset(const OvSettings *settings) {
    g_autoptr(GError) error = NULL;
    OvRuleset *ruleset = ov_settings_ruleset(settings, FALSE, &error);
    if (!ruleset)
        ov_complain("%s", error->message);
    return ruleset;
}
