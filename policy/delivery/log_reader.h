/* Old logs, read line by line: plain, .gz (zlib) or .xz (liblzma), told by what they begin with.
 * Any size, in little memory: what is packed is unpacked ahead by a thread of its own. */
#pragma once

#include "rules/slice.h"

typedef struct OvLogReader OvLogReader;

#define OV_LOG_READER_ERROR (ov_log_reader_error_quark())
GQuark ov_log_reader_error_quark(void);
typedef enum {
    OV_LOG_READER_ERROR_OPEN,
    OV_LOG_READER_ERROR_DATA, /* damaged or cut off */
} OvLogReaderError;

/* path "-" reads standard input. */
OvLogReader *ov_log_reader_open(const char *path, GError **error);
void ov_log_reader_free(OvLogReader *reader);

/* The same of the lines that begin in the octets from (0 or more) up to to, so that several threads
 * can share a large file. A file that is packed can't be read so: see ov_log_reader_size. */
OvLogReader *ov_log_reader_open_part(const char *path, gint64 from, gint64 to, GError **error);

/* The next line without its line feed, valid until the next call; the last one needs none. Lines of
 * more than 128 KiB are left out. FALSE at the end, and with error on trouble. */
gboolean ov_log_reader_next(OvLogReader *reader, OvSlice *line, GError **error);

/* The next whole lines, as many as lie in memory, each with its line feed, which only the file's
 * last may lack; valid until the next call. In place of one that is too long stands an empty one
 * (or all of it, up to 256 KiB), so that lines can be counted. Not to be mixed with
 * ov_log_reader_next. */
gboolean ov_log_reader_lines(OvLogReader *reader, OvSlice *lines, GError **error);

/* Octets of a plain file, which can be read in parts; 0 of everything else. */
gint64 ov_log_reader_size(const OvLogReader *reader);
/* The file itself, whatever its name is now: two readers of one are equal in both. */
void ov_log_reader_identity(const OvLogReader *reader, guint64 *device, guint64 *file);

/* Microseconds since the epoch: when the file was changed last, which is the time that its lines
 * without a year are read by; now where it is no file. */
gint64 ov_log_reader_changed(const OvLogReader *reader);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvLogReader, ov_log_reader_free)
