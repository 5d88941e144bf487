/* What a file can do to who opens it, told by its name, MIME type or first octets. */
#pragma once

#include "rules/slice.h"

typedef enum {
    OV_FILE_PLAIN,
    OV_FILE_SCRIPT,  /* runs where it lies, but belongs in an archive of program sources too */
    OV_FILE_PROGRAM, /* programs, installers, shortcuts, disk images, disguised names */
} OvFileKind;

/* By its last extension, as Windows takes it; by a document's extension before that of a script
 * (invoice.pdf.js), and by a right-to-left override in the name. name: UTF-8, a path's last part
 * counts. */
OvFileKind ov_file_kind_of_name(OvSlice name);

/* By MIME type, in lower case. */
OvFileKind ov_file_kind_of_type(const char *type, const char *subtype);

/* By its first octets; OV_FILE_MAGIC of them are enough. */
enum { OV_FILE_MAGIC = 33 * 1024 };
OvFileKind ov_file_kind_of_content(OvSlice start);

/* A zip archive whose list of files is worth a look: not one of the document formats that are zip
 * archives inside. name may be empty. */
gboolean ov_file_is_archive(OvSlice start, OvSlice name);
