/* The file of credentials, read whole. For ovh_credentials*.c. */
#pragma once

#include "policy/provider/secrets.h"
#include "rules/slice.h"

#include <sys/stat.h>

enum { OV_OVH_MAX_FILE = 32 * 1024 };

/* Checks the very file that it reads. status may be NULL. FALSE with OV_HOSTING_ERROR_SETUP. */
gboolean ov_ovh_credentials_file(const char *path, OvSecrets *secrets, OvSlice *text,
                                 struct stat *status, GError **error);
