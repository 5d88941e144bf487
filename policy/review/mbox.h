/* An mbox cut into messages, from a file descriptor, without ever holding more than one message's
 * first octets. */
#pragma once

#include <glib.h>

typedef struct OvMbox OvMbox;

/* Takes what was read of fd already (freed by g_free) and fd itself, which may be -1. limit: octets
 * of one message that are kept. */
OvMbox *ov_mbox_new(int fd, char *data, gsize length, gsize limit);
void ov_mbox_free(OvMbox *mbox);

/* TRUE when data is the start of an mbox. */
gboolean ov_mbox_starts(const char *data, gsize length);

/* The next message, without its "From " line and the empty line before the next one, quoting
 * undone. FALSE at the end, or with error when fd can't be read. The caller frees *data. */
gboolean ov_mbox_next(OvMbox *mbox, char **data, gsize *length, guint64 *size, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvMbox, ov_mbox_free)
