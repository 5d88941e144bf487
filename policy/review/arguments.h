/* The words of a command line, read by a table of options. Options and operands may be mixed;
 * `--` ends the options; `--name value` and `--name=value` are the same. */
#pragma once

#include <glib.h>

typedef struct {
    const char *name; /* without the hyphens: "json" */
    /* What follows it: "FILE"; "FILE..." for all words up to the next option, so that the shell's
     * patterns can follow; NULL for a switch. */
    const char *argument;
    const char *text; /* one line for --help */
} OvOption;

typedef struct OvArguments OvArguments;

#define OV_ARGUMENTS_ERROR (ov_arguments_error_quark())
GQuark ov_arguments_error_quark(void);
typedef enum { OV_ARGUMENTS_ERROR_UNKNOWN, OV_ARGUMENTS_ERROR_VALUE } OvArgumentsError;

/* Reads words[0..n). Options are those of either table, each up to a row without name or NULL. The
 * error names the word and, for an unknown option, the nearest one. Words are not copied. */
OvArguments *ov_arguments_parse(const OvOption *own, const OvOption *common,
                                const char *const *words, guint n, GError **error);
void ov_arguments_free(OvArguments *arguments);

/* Asking for an option that is in neither table is a programmer's mistake. */
gboolean ov_arguments_has(const OvArguments *arguments, const char *name);
const char *ov_arguments_value(const OvArguments *arguments, const char *name); /* last; or NULL */
/* All values of an option that may be repeated, in order, NULL-terminated. */
const char *const *ov_arguments_values(const OvArguments *arguments, const char *name, guint *n);
const char *const *ov_arguments_operands(const OvArguments *arguments, guint *n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvArguments, ov_arguments_free)
