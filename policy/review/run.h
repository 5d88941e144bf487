/* Programs run for their output: by argument array, never through a shell; output and time are
 * bounded. */
#pragma once

#include <glib.h>

#define OV_RUN_ERROR (ov_run_error_quark())
GQuark ov_run_error_quark(void);
typedef enum {
    OV_RUN_ERROR_START, /* can't be started */
    OV_RUN_ERROR_TIME,  /* was still running after the time limit, and was ended */
    OV_RUN_ERROR_EXIT,  /* ended with trouble; the message has its own words */
} OvRunError;

/* Runs argv[0], an absolute path, with standard input empty and messages in English. Gives its
 * standard output, which the caller frees; *truncated (may be NULL) tells that it had more than
 * max_output octets and was ended there. *said (may be NULL) gets its standard error. */
char *ov_run(const char *const *argv, gsize max_output, guint seconds, gsize *length,
             gboolean *truncated, char **said, GError **error);
