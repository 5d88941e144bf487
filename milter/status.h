/* How outvetd is doing, for `outvet status`; outvet-status(1) tells the members. */
#pragma once

#include "milter/daemon.h"

#include <jansson.h>

/* Of a daemon whose parts run. Thread-safe; a new reference. */
json_t *ov_status_json(OvDaemon *daemon);
