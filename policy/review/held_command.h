/* What the commands that work on held mail have in common. */
#pragma once

#include "policy/queue/held.h"
#include "policy/review/command.h"

/* Opens what is needed; on trouble tells it and gives FALSE and the exit code. */
gboolean ov_held_open(OvHeld *held, const OvArguments *arguments, OvExit *code);

/* The exit code of an error of queue or ledger. */
OvExit ov_held_exit(const GError *error);

/* The message in the hold queue that text (queue id or Outvet id) names; NULL after telling. */
const OvQueued *ov_held_find(OvHeld *held, const GPtrArray *list, const char *text);
