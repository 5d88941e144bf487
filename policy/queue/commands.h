/* The MTA's own commands that work on its queue: Postfix's postqueue, postcat and postsuper. They
 * are run by argument array, with the ids of several messages on standard input; those that change
 * the queue or read mail take the rights of root. */
#pragma once

#include "policy/queue/request.h"
#include "policy/settings.h"

typedef struct OvQueueCommands OvQueueCommands;

/* Finds them by the settings. */
OvQueueCommands *ov_queue_commands_find(const OvSettings *settings, GError **error);
void ov_queue_commands_free(OvQueueCommands *commands);

/* Runs what is asked, for at most a minute; answer is freed by ov_queue_answer_clear where TRUE is
 * returned. The request is checked again. Thread-safe. */
gboolean ov_queue_commands_run(const OvQueueCommands *commands, const OvQueueRequest *request,
                               OvQueueAnswer *answer, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvQueueCommands, ov_queue_commands_free)
