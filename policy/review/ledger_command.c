#include "policy/review/ledger_command.h"

#include <errno.h>
#include <unistd.h>

#include "policy/review/output.h"

OvLedger *ov_command_ledger(const OvSettings *settings, OvExit *code) {
    g_autoptr(GError) error = NULL;
    OvLedger *ledger = ov_ledger_open_reader(settings, &error);
    if (ledger)
        return ledger;
    *code = OV_EXIT_UNAVAILABLE;
    if (access(settings->ledger_path, R_OK) != 0 && errno == EACCES) {
        *code = OV_EXIT_NO_PERMISSION;
        ov_complain("the ledger %s is for root and outvetd's own user: use sudo",
                    settings->ledger_path);
        return NULL;
    }
    ov_complain("%s", error->message);
    return NULL;
}

gboolean ov_ledger_command_open(OvLedgerCommand *command, const OvArguments *arguments,
                                OvExit *code) {
    *command = (OvLedgerCommand){.arena = ov_arena_new()};
    *code = OV_EXIT_SETTINGS;
    command->settings = ov_command_settings(arguments);
    if (!command->settings)
        return FALSE;
    command->ledger = ov_command_ledger(command->settings, code);
    if (command->ledger)
        *code = OV_EXIT_OK;
    return command->ledger != NULL;
}

void ov_ledger_command_clear(OvLedgerCommand *command) {
    g_clear_pointer(&command->ledger, ov_ledger_close);
    g_clear_pointer(&command->settings, ov_settings_unref);
    g_clear_pointer(&command->arena, ov_arena_free);
}

OvExit ov_ledger_exit(const GError *error) {
    return g_error_matches(error, OV_LEDGER_ERROR, OV_LEDGER_ERROR_OPEN) ? OV_EXIT_NO_PERMISSION
                                                                         : OV_EXIT_UNAVAILABLE;
}

OvExit ov_ledger_complain(const GError *error) {
    ov_complain("%s", error->message);
    return ov_ledger_exit(error);
}
