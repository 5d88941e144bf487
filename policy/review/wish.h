/* What the commands share that record in the ledger what is to be so of subjects from now on, and
 * that list it: suspend, resume, suspensions, announce, announcements. Each function tells on
 * standard error what is wrong. */
#pragma once

#include "policy/limits/subject.h"
#include "policy/review/command.h"

/* What the operands name, none for no operand; NULL where one can't be read. Arena. */
OvSubject *ov_wish_subjects(const OvArguments *arguments, OvArena *arena, guint *n);
/* --for or --until, microseconds since the epoch; G_MAXINT64 for neither. FALSE where it is no time
 * to come. arena: for the reading. */
gboolean ov_wish_end(const OvArguments *arguments, OvArena *arena, gint64 *until);
/* --reason; NULL for none. FALSE where it is too long. */
gboolean ov_wish_reason(const OvArguments *arguments, const char **reason);
/* Has outvetd look at once; where it does not answer it looks when it runs. command: of the control
 * socket. */
void ov_wish_tell_daemon(const OvSettings *settings, const char *command);
