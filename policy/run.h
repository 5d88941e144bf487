/* Programs run for their output: by argument array, never through a shell; output and time are
 * bounded. Thread-safe. */
#pragma once

#include <glib.h>

#define OV_RUN_ERROR (ov_run_error_quark())
GQuark ov_run_error_quark(void);
typedef enum {
    OV_RUN_ERROR_START, /* can't be started */
    OV_RUN_ERROR_TIME,  /* was still running after the time limit, and was ended */
    OV_RUN_ERROR_EXIT,  /* ended with trouble; the message has its own words */
} OvRunError;

/* Runs argv[0], an absolute path, with standard input empty and messages in English. Gives its
 * standard output, which the caller frees; *truncated (may be NULL) tells that it had more than
 * max_output octets and was ended there. *said (may be NULL) gets its standard error. */
char *ov_run(const char *const *argv, gsize max_output, guint seconds, gsize *length,
             gboolean *truncated, char **said, GError **error);

typedef struct {
    const char *const *argv;        /* as above */
    const char *input;              /* its whole standard input; NULL for none */
    const char *const *environment; /* NAME=value more than ours has; NULL for none */
    gboolean own_group; /* in a process group of its own: at the time limit all of it is ended */
    gsize max_output;
    gint64 time_limit; /* microseconds */
    /* Asked now and then; TRUE ends the program as if its time were over. NULL: never. */
    gboolean (*give_up)(gpointer data);
    gpointer data; /* of give_up */
} OvProgram;

typedef struct {
    char *output; /* NUL-terminated, of that length, at most max_output octets */
    gsize length;
    gboolean truncated; /* there was more, and the program was ended */
    char *said;         /* its standard error, at most 64 KiB */
    int status;         /* as waitpid(2) gives it */
} OvRan;

/* Runs a program whatever it ends with. FALSE with START or TIME; the error has the last line of
 * what it said. What it fills is freed by
 * ov_ran_clear. */
gboolean ov_run_program(const OvProgram *program, OvRan *ran, GError **error);
void ov_ran_clear(OvRan *ran);
/* TRUE when it ended with status 0; otherwise the error has the last line of what it said. */
gboolean ov_ran_well(const OvRan *ran, const char *program, GError **error);
/* The last line of what a program said. The caller frees it. */
char *ov_run_last_line(const char *said);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(OvRan, ov_ran_clear)
