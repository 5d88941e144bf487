/* Messages as they lie about: files with LF or CRLF, mboxes, directories of either, standard
 * input. */
#pragma once

#include <glib.h>

/* One message. */
typedef struct {
    char *name;   /* the file's path, "-" for standard input */
    guint number; /* 1, 2, ... in an mbox; 0 for a file that is one message */
    char *data;   /* its first octets, up to the reader's limit; not NUL-terminated */
    gsize length;
    guint64 size; /* octets of the whole message, more than length when it was cut */
} OvStored;

void ov_stored_free(OvStored *stored);

typedef struct OvReading OvReading;

#define OV_READING_ERROR (ov_reading_error_quark())
GQuark ov_reading_error_quark(void);
typedef enum { OV_READING_ERROR_FILE, OV_READING_ERROR_EMPTY } OvReadingError;

/* paths in the order given; a directory stands for its files in bytewise order of name, those of
 * its directories in their place. Names that start with a dot, links to directories and what is no
 * regular file are left out of directories. A file whose first line starts with "From " is an mbox
 * in mboxrd form: messages begin at such a line after an empty one, ">From " in them loses its >.
 * limit: octets of one message that are kept. paths are not copied. */
OvReading *ov_reading_new(const char *const *paths, guint n_paths, gsize limit);
void ov_reading_free(OvReading *reading);

typedef enum { OV_READING_MESSAGE, OV_READING_TROUBLE, OV_READING_END } OvReadingResult;

/* The next message, which the caller frees. After trouble (error is set: one path that could not be
 * read) the reading goes on with the next path. */
OvReadingResult ov_reading_next(OvReading *reading, OvStored **stored, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvStored, ov_stored_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvReading, ov_reading_free)
