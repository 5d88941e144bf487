/* The policy service of the running outvetd: its socket, answered under the settings in force. */
#pragma once

#include "milter/daemon.h"
#include "policy/delegation/server.h"

/* Serves [policy] socket, which must be set. NULL with error where it can't be had. */
OvPolicyServer *ov_delegation_start(OvDaemon *daemon, const OvSettings *settings, GError **error);
