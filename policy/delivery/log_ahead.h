/* A packed file, unpacked ahead by a thread of its own, so that its lines are looked at meanwhile:
 * by at most a megabyte. For log_reader.c. */
#pragma once

#include "policy/delivery/log_unpack.h"

typedef struct OvLogAhead OvLogAhead;

/* Starts the thread, which alone uses unpack until the end of ov_log_ahead_free. */
OvLogAhead *ov_log_ahead_new(OvLogUnpack *unpack);
/* Also before the file's end; NULL is fine. */
void ov_log_ahead_free(OvLogAhead *ahead);

/* As ov_log_unpack_read, for one thread, but no octets come with an error: those before it came
 * first. Not to be called again behind an error. */
gboolean ov_log_ahead_read(OvLogAhead *ahead, char *to, gsize room, gsize *got, GError **error);
