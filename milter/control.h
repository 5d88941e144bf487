/* What outvetd answers on its control socket (policy/control.h): status, reload, suspensions and
 * allowances (the ledger's changed), provider (an incident is to be looked at), alert test, top. */
#pragma once

#include "milter/daemon.h"

#include <jansson.h>

/* An OvControlHandler; data is the OvDaemon, whose parts run. */
json_t *ov_control_answer(const char *command, json_t *request, gpointer data);
