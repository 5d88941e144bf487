/* outvetd's command line. */
#pragma once

#include <glib.h>

typedef struct {
    char *file; /* settings, or NULL for the default */
    char *user; /* who to become, or NULL */
    gboolean foreground, check, version;
} OvOptions;

/* options must be all zero. FALSE with error when there is something that outvetd doesn't know.
 * --help prints and exits. */
gboolean ov_options_parse(OvOptions *options, int argc, char **argv, GError **error);
void ov_options_clear(OvOptions *options);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(OvOptions, ov_options_clear)
