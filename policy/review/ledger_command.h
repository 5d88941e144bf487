/* What the commands that work with the ledger have in common. */
#pragma once

#include "policy/ledger/ledger.h"
#include "policy/review/command.h"

/* What such a command works with. */
typedef struct {
    OvSettings *settings;
    OvLedger *ledger; /* open for reading, and for changes where the process may write it */
    OvArena *arena;
} OvLedgerCommand;

/* Opens all of it; FALSE after telling why not on standard error, with the exit code. Cleared with
 * g_auto, then, too. */
gboolean ov_ledger_command_open(OvLedgerCommand *command, const OvArguments *arguments,
                                OvExit *code);
void ov_ledger_command_clear(OvLedgerCommand *command);

/* The ledger alone, which the caller closes; NULL after telling why on standard error, with the
 * exit code. */
OvLedger *ov_command_ledger(const OvSettings *settings, OvExit *code);

/* The exit code of an error of the ledger: OV_EXIT_NO_PERMISSION where the process may not write
 * it, else OV_EXIT_UNAVAILABLE. */
OvExit ov_ledger_exit(const GError *error);
/* The same after telling the error on standard error. */
OvExit ov_ledger_complain(const GError *error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(OvLedgerCommand, ov_ledger_command_clear)
