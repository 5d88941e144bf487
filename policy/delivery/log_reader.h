/* Old logs, read line by line: plain, .gz (zlib) or .xz (liblzma), told by what they begin with.
 * Any size, in little memory. */
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

/* The next line without its line feed, valid until the next call; the last one needs none. Lines of
 * more than 128 KiB are left out. FALSE at the end, and with error on trouble. */
gboolean ov_log_reader_next(OvLogReader *reader, OvSlice *line, GError **error);

/* Microseconds since the epoch: when the file was changed last, which is the time that its lines
 * without a year are read by; now where it is no file. */
gint64 ov_log_reader_changed(const OvLogReader *reader);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvLogReader, ov_log_reader_free)
