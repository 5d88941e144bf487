/* The lines of an ini file as OVH's clients in other languages read them: [section], name = value,
 * comments that start with ; or #. Pure. */
#pragma once

#include "rules/slice.h"

typedef enum {
    OV_INI_BLANK, /* also a comment */
    OV_INI_SECTION,
    OV_INI_KEY,
    OV_INI_FAULT, /* none of these */
} OvIniKind;

typedef struct {
    OvIniKind kind;
    OvSlice whole; /* with its line feed */
    OvSlice name;  /* of the section or key, without blanks around it */
    OvSlice value; /* likewise, and without a pair of quotes */
} OvIniLine;

/* Takes the next line off rest; FALSE at its end. */
gboolean ov_ini_next(OvSlice *rest, OvIniLine *line);
