/* Sendmail's control file of one message in its queue, as its Installation and Operation Guide
 * ("Queue file format") has it: a record a line, told by its first octet, continued by lines that
 * begin with white space; a line of "." ends it. */
#pragma once

#include <glib.h>

typedef struct {
    gint64 created;        /* seconds since the epoch */
    guint tries;           /* to deliver it */
    char *sender;          /* of the envelope, without <>; "" for none */
    GPtrArray *recipients; /* char *, likewise: those that wait */
    char *reason;          /* why it waits, or NULL */
    char *data_directory;  /* the queue directory of its body, where it is another; or NULL */
    GString *header;       /* as it will be sent, lines ended by LF */
} OvQueueFile;

/* FALSE where it is not whole, or has no sender. What it fills is freed by ov_queue_file_clear,
 * which is harmless after FALSE. */
gboolean ov_queue_file_parse(OvQueueFile *file, const char *text, gsize length);
void ov_queue_file_clear(OvQueueFile *file);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(OvQueueFile, ov_queue_file_clear)
