/* The milter socket, and who outvetd runs as. */
#pragma once

#include "policy/settings.h"

#define OV_LISTEN_ERROR (ov_listen_error_quark())
GQuark ov_listen_error_quark(void);
typedef enum {
    OV_LISTEN_ERROR_SOCKET, /* can't be made, or somebody listens there */
    OV_LISTEN_ERROR_USER,   /* no such user or group, or no right to become it */
} OvListenError;

/* Opens [milter] socket for libmilter; a Unix socket may be used by its owner (user, or who runs
 * this when NULL) and [milter] socket_group. Call after ov_milter_register. Refused to root without
 * a user: mail is not judged with such rights. */
gboolean ov_listen_open(const OvSettings *settings, const char *user, GError **error);

/* Removes a Unix socket, so that the MTA, and the next outvetd, see at once that nobody listens. */
void ov_listen_close(const OvSettings *settings);

/* Becomes user, for good; NULL stays who it is. */
gboolean ov_listen_drop_root(const char *user, GError **error);
