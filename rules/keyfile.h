/* Key files: the one syntax of rules and settings. GLib's key files, read strictly, with the line
 * and column of everything so that errors can point.
 *
 *   # a comment: a line whose first character after white space is #
 *   [section name]
 *   name = value
 *   other = a value that goes on
 *       on lines that start with white space
 *
 * A name has letters, digits, `_`, `-` and `.`. A value is the rest of its line without white space
 * at either end; there are no escapes, quotes or comments in it. The lines of a value are joined by
 * one space; an empty line ends it. A section or a key of a section stands once in a file. UTF-8
 * without control characters, lines ended by LF or CRLF, at most OV_KEYFILE_MAX_SIZE octets. */
#pragma once

#include <glib.h>

enum { OV_KEYFILE_MAX_SIZE = 1024 * 1024 };

typedef struct OvKeyFile OvKeyFile;

/* Where one line of a value stands. */
typedef struct {
    guint at;     /* characters of the value before it */
    guint line;   /* of the file, from 1 */
    guint column; /* of its first character, from 1, in characters */
} OvKeyLine;

typedef struct {
    const char *name;
    const char *value; /* "" where nothing follows the = */
    guint line;        /* of the name */
    guint column;      /* where the value starts */
    const OvKeyLine *lines;
    guint n_lines; /* 1 or more */
} OvKey;

typedef struct {
    const char *name; /* "group subject": inner white space is one space */
    const char *file; /* as given when the file was read */
    guint line;
    const OvKey *keys; /* in order of the file */
    guint n_keys;
} OvKeySection;

#define OV_KEYFILE_ERROR (ov_keyfile_error_quark())
GQuark ov_keyfile_error_quark(void);
typedef enum {
    OV_KEYFILE_ERROR_FILE, /* can't be read, or is too large */
    OV_KEYFILE_ERROR_SYNTAX,
    OV_KEYFILE_ERROR_DUPLICATE,
} OvKeyFileError;

/* The first error as one sentence that starts with "file:line: ", or with "file: " where no line is
 * to blame. */
OvKeyFile *ov_keyfile_load(const char *file, GError **error);
/* file names the text in errors and sections. */
OvKeyFile *ov_keyfile_parse(const char *text, gsize length, const char *file, GError **error);
void ov_keyfile_free(OvKeyFile *keyfile);

/* In order of the file. What they point at lives as long as the key file. */
guint ov_keyfile_n_sections(const OvKeyFile *keyfile);
const OvKeySection *ov_keyfile_section(const OvKeyFile *keyfile, guint section);

/* NULL where the section has no key of that name. */
const OvKey *ov_key_find(const OvKeySection *section, const char *name);

/* Where a character of the value (from 0; its end too) stands in the file. */
void ov_key_position(const OvKey *key, guint character, guint *line, guint *column);

/* "yes" and "true", "no" and "false", without regard to case. FALSE for any other value. */
gboolean ov_key_truth(const char *value, gboolean *truth);

/* The words of a value: parted by white space, commas or both. NULL-terminated, g_strfreev. */
char **ov_key_words(const char *value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvKeyFile, ov_keyfile_free)
