/* The hosting provider, as the commands of outvet(1) use it. */
#pragma once

#include "policy/provider/hosting.h"
#include "policy/review/command.h"

/* The provider of the settings. NULL after telling why on standard error; then *code is the exit
 * code. */
OvHosting *ov_provider_open(OvSettings *settings, OvExit *code);
/* Tells the error, and gives the exit code: OV_EXIT_SETTINGS where settings or credentials are to
 * be mended, else OV_EXIT_UNAVAILABLE. */
OvExit ov_provider_complain(const GError *error);
