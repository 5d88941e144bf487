#include "policy/review/provider.h"

#include "policy/review/output.h"

OvExit ov_provider_complain(const GError *error) {
    ov_complain("%s", error->message);
    return error->code == OV_HOSTING_ERROR_SETUP || error->code == OV_HOSTING_ERROR_DENIED
               ? OV_EXIT_SETTINGS
               : OV_EXIT_UNAVAILABLE;
}

gboolean ov_provider_command_open(OvProviderCommand *command, const OvArguments *arguments,
                                  OvExit *code) {
    g_autoptr(GError) error = NULL;
    *command = (OvProviderCommand){.arena = ov_arena_new()};
    *code = OV_EXIT_SETTINGS;
    command->settings = ov_command_settings(arguments);
    if (!command->settings)
        return FALSE;
    command->hosting = ov_hosting_new(command->settings, &error);
    if (command->hosting)
        *code = OV_EXIT_OK;
    else if (error)
        *code = ov_provider_complain(error);
    else
        ov_complain("[provider] kind is none: outvet-provider(1) tells how to set one up");
    return command->hosting != NULL;
}

void ov_provider_command_clear(OvProviderCommand *command) {
    g_clear_pointer(&command->hosting, ov_hosting_free);
    g_clear_pointer(&command->settings, ov_settings_unref);
    g_clear_pointer(&command->arena, ov_arena_free);
}
