/* The asking side of outvet-queue. */
#pragma once

#include "policy/queue/request.h"

/* Sends one request to the agent at that socket, and waits some two minutes at most, or until wake
 * can be read (-1: nothing does that). The answer is freed by ov_queue_answer_clear where TRUE is
 * returned. ABSENT where there is no such socket, SILENT where nobody answers there. */
gboolean ov_queue_agent_ask(const char *socket, const OvQueueRequest *request, int wake,
                            OvQueueAnswer *answer, GError **error);
