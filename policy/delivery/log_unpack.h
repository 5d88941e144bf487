/* The octets of a file, unpacked: plain, .gz (zlib) or .xz (liblzma), told by what it begins with.
 * For log_reader.c. */
#pragma once

#include <glib.h>

typedef struct OvLogUnpack OvLogUnpack;

/* file: read from where it stands; it and path, which errors name, live as long. Errors: those of
 * log_reader.h. */
OvLogUnpack *ov_log_unpack_new(int file, const char *path, GError **error);
void ov_log_unpack_free(OvLogUnpack *unpack);

gboolean ov_log_unpack_is_packed(const OvLogUnpack *unpack);

/* A plain file goes on at that octet. */
gboolean ov_log_unpack_seek(OvLogUnpack *unpack, gint64 position, GError **error);

/* The next octets, at most room (1 or more), *got of them: none at the end. On trouble FALSE and
 * error, *got is what came before. Of a packed file as many as there is room for. */
gboolean ov_log_unpack_read(OvLogUnpack *unpack, char *to, gsize room, gsize *got, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvLogUnpack, ov_log_unpack_free)
