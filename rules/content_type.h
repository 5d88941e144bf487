/* Content-Type and Content-Disposition: a word or two, and parameters (RFC 2045 5.1, RFC 2183),
 * RFC 2231's continuations and charsets undone. */
#pragma once

#include "rules/arena.h"

enum { OV_CONTENT_MAX_PARAMETERS = 40 };

typedef struct {
    const char *type;    /* lower case; "" where there is none */
    const char *subtype; /* lower case; "" where there is none, as in Content-Disposition */
    gboolean broken;     /* not what the grammar asks for */
    struct OvContentParameter *parameters;
    guint n_parameters;
} OvContent;

/* Reads an unfolded value. Arena. */
OvContent *ov_content_parse(OvArena *arena, OvSlice value);

/* A parameter's value as it stands, unquoted; raw bytes, continuations joined, without RFC 2231's
 * charset. data is NULL where there is none. */
OvSlice ov_content_parameter(OvArena *arena, const OvContent *content, const char *name);
/* The same for people: valid UTF-8, RFC 2231 or (as many senders do) RFC 2047 decoded; NUL-
 * terminated. NULL where there is none. */
const char *ov_content_parameter_text(OvArena *arena, const OvContent *content, const char *name);
