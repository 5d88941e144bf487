/* The serving side of outvet-queue, the only part of Outvet with rights on the MTA's queue: a Unix
 * socket (root and [mta] queue_group, 0660; the kernel's word on who connects is checked, too),
 * strictly read requests, and what policy/queue/commands.h does for them, one at a time; who is
 * slow is dropped, as who asks for what is not in policy/queue/request.h. */
#pragma once

#include "policy/settings.h"

typedef struct OvQueueAgent OvQueueAgent;

/* Makes the socket, in the place of one that nobody listens on any more, and starts its threads. */
OvQueueAgent *ov_queue_agent_start(const OvSettings *settings, GError **error);
/* Lets the command that runs end, and removes the socket. */
void ov_queue_agent_stop(OvQueueAgent *agent);
