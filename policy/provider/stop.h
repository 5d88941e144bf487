/* Tells work that waits to end: one thread waits, any other sets it, once and for all. */
#pragma once

#include <glib.h>

typedef struct OvStop OvStop;

OvStop *ov_stop_new(void);
void ov_stop_free(OvStop *stop);
/* From any thread. */
void ov_stop_set(OvStop *stop);
gboolean ov_stop_is_set(OvStop *stop);
/* Waits so long, microseconds. TRUE as soon as it is set. */
gboolean ov_stop_wait(OvStop *stop, gint64 time);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvStop, ov_stop_free)
