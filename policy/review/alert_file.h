/* The provider's alert, or a list of Message-IDs, from a file. */
#pragma once

#include "policy/provider/alert_mail.h"
#include "policy/review/command.h"

/* path: "-" is standard input. FALSE after telling what is wrong, with the exit code. */
gboolean ov_alert_file_read(const char *path, OvArena *arena, OvAlertMail *alert, OvExit *code);
