/* Work on the MTA's queue: Postfix's by its postqueue, postcat and postsuper; Sendmail's by
 * `sendmail -Q`, and by its queue files where it has no command. What changes the queue or reads
 * mail takes the rights of root; so does listing Sendmail's. */
#pragma once

#include "policy/queue/request.h"
#include "policy/settings.h"

typedef struct OvQueueCommands OvQueueCommands;

/* Finds them by the settings; where these leave the MTA open, Postfix's go before Sendmail's. */
OvQueueCommands *ov_queue_commands_find(const OvSettings *settings, GError **error);
void ov_queue_commands_free(OvQueueCommands *commands);

/* Does what is asked, for at most a minute; a listing has the form of postqueue -j, whichever MTA
 * it is. answer is freed by ov_queue_answer_clear where TRUE is returned. The request is checked
 * again. Thread-safe. */
gboolean ov_queue_commands_run(const OvQueueCommands *commands, const OvQueueRequest *request,
                               OvQueueAnswer *answer, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvQueueCommands, ov_queue_commands_free)
