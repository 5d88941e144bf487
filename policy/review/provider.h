/* The hosting provider, as the commands of outvet(1) use it. */
#pragma once

#include "policy/provider/hosting.h"
#include "policy/review/command.h"

/* What such a command works with. */
typedef struct {
    OvSettings *settings;
    OvHosting *hosting; /* the provider of the settings */
    OvArena *arena;
} OvProviderCommand;

/* Opens all of it; FALSE after telling why not on standard error, with the exit code. Cleared with
 * g_auto, then, too. */
gboolean ov_provider_command_open(OvProviderCommand *command, const OvArguments *arguments,
                                  OvExit *code);
void ov_provider_command_clear(OvProviderCommand *command);
/* Tells the error, and gives the exit code: OV_EXIT_SETTINGS where settings or credentials are to
 * be mended, else OV_EXIT_UNAVAILABLE. */
OvExit ov_provider_complain(const GError *error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(OvProviderCommand, ov_provider_command_clear)
