/* Date and time of a header field (RFC 5322 3.3, obsolete forms of 4.3 told apart). */
#pragma once

#include "rules/slice.h"

/* What is wrong with a date-time. */
typedef enum {
    OV_DATE_SYNTAX = 1 << 0,  /* not a date-time at all, or something after it */
    OV_DATE_WEEKDAY = 1 << 1, /* the day of the week is not that of the date */
    OV_DATE_RANGE = 1 << 2,   /* no such day, hour, minute or second; a year before 1900 */
    OV_DATE_ZONE = 1 << 3,    /* zone minutes over 59, or over 14 hours */
} OvDateFault;

/* Forms that RFC 5322 section 4 forbids to write; all of them can be read. */
typedef enum {
    OV_DATE_OBS_YEAR = 1 << 0,  /* two or three digits */
    OV_DATE_OBS_ZONE = 1 << 1,  /* a name: GMT, EST, a letter */
    OV_DATE_OBS_SPACE = 1 << 2, /* white space or comments where none may stand now: "10 : 00" */
} OvDateObsolete;

typedef struct {
    guint faults;   /* OvDateFault bits; 0 where all is well */
    guint obsolete; /* OvDateObsolete bits */
    gboolean known; /* time could be read: no fault but WEEKDAY */
    gint64 time;    /* microseconds since the epoch; valid where known */
    gint zone;      /* minutes east of UTC; 0 for a zone that is not known (-0000, obs letters) */
} OvDate;

/* Reads a field's value (raw, folds and comments inside). Never fails: faults tell. */
OvDate ov_date_parse(OvSlice value);
