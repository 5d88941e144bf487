/* JSON that comes from outside, read so that no answer costs more than its bound, and no odd value
 * spoils the rest: octets that are no UTF-8 and halves of surrogate pairs become U+FFFD, whole
 * numbers may be greater than 64 bits hold. */
#pragma once

#include "rules/arena.h"

#include <jansson.h>

enum {
    OV_ANSWER_MAX_SIZE = 8 * 1024 * 1024, /* octets */
    OV_ANSWER_MAX_DEPTH = 32,             /* arrays and objects within each other */
    OV_ANSWER_MAX_CONTAINERS = 120000,    /* arrays and objects */
    OV_ANSWER_MAX_VALUES = 1000000,       /* members and elements */
};

/* Any JSON value; nothing at all and white space give null. NULL with OV_HOSTING_ERROR_ANSWER. */
json_t *ov_answer_parse(const char *octets, gsize length, GError **error);

/* The text of a value, at most that many octets, control characters as U+FFFD; NULL where it is no
 * text, or value is NULL. Arena. */
const char *ov_answer_string(const json_t *value, gsize most, OvArena *arena);
/* Likewise of what is shown to people: also other characters that can't be seen become U+FFFD. */
const char *ov_answer_shown(const json_t *value, gsize most, OvArena *arena);
/* A whole number from least to most; missing for anything else. */
gint64 ov_answer_number(const json_t *value, gint64 least, gint64 most, gint64 missing);
/* Seconds since the epoch, or an RFC 3339 text: microseconds since the epoch. 0 for anything else,
 * and for times before 2000 or after 2100. */
gint64 ov_answer_time(const json_t *value);
