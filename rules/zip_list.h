/* The names of the files in a zip archive (APPNOTE 6.3), nothing unpacked. */
#pragma once

#include "rules/slice.h"

enum { OV_ZIP_MAX_ENTRIES = 10000 };

typedef struct {
    OvSlice name; /* as stored: UTF-8 or an old code page; points into the archive */
    gboolean encrypted;
} OvZipEntry;

/* A reading position; a plain value. */
typedef struct {
    OvSlice archive;
    gsize at;
    gboolean central; /* reads the central directory, else the files' own headers */
    guint left;       /* entries that may still come */
} OvZipCursor;

/* Starts at the central directory, or, where there is none (an archive that was cut), at the
 * files' own headers. */
OvZipCursor ov_zip_open(OvSlice archive);
/* The next entry, directories included; FALSE at the end, or where the archive is broken. */
gboolean ov_zip_next(OvZipCursor *cursor, OvZipEntry *entry);
