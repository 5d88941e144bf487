/* Postfix on this machine, asked by its own programs: what it is set to, and
 * what its tables list. Starts nothing else and writes nothing. */
#pragma once

#include "policy/postfix_config.h"
#include "policy/postfix_table.h"
#include "policy/settings.h"

#define OV_POSTFIX_ERROR (ov_postfix_error_quark())
GQuark ov_postfix_error_quark(void);
typedef enum {
    OV_POSTFIX_ERROR_ABSENT, /* there is no postconf */
    OV_POSTFIX_ERROR_CONFIG, /* it can't read its configuration */
} OvPostfixError;

typedef struct {
    const OvSettings *settings; /* [mta] command_directory */
    const char *directory;      /* of main.cf; "" for Postfix's own */
} OvPostfix;

/* main.cf's values of those names (NULL-terminated), and of all services what
 * they run and what they set themselves; $names in values expanded. NULL with
 * error. */
OvPostfixConfig *ov_postfix_read(const OvPostfix *postfix, const char *const *names,
                                 GError **error);
/* The tables that a value names. A table that can't be listed is among its
 * troubles. */
OvPostfixTable *ov_postfix_list(const OvPostfix *postfix, const char *value);
