/* The frame of a log's line: time, host, program, process id, text. Three forms are known:
 *
 *   Nov 29 02:11:44 mx1 postfix/smtp[123]: TEXT                        syslog, postlogd(8)
 *   2026-11-29T02:11:44.123456+01:00 mx1 postfix/smtp[123]: TEXT       rsyslog
 *   <22>Nov 29 02:11:44 mx1 postfix/smtp[123]: TEXT                    either with a priority
 *
 * Pure; nothing is copied, and a line may hold any octets. */
#pragma once

#include "rules/slice.h"

typedef struct {
    gint64 time;     /* microseconds since the epoch */
    OvSlice host;    /* as logged */
    OvSlice program; /* "postfix/smtp", "sm-mta"; without the process id */
    OvSlice process; /* its id, "123"; empty where there is none */
    OvSlice text;
} OvLogLine;

/* What times without a year and zone are read by: they are local time, of the latest year that does
 * not put them more than a day after the time of reference. So a log may cross a new year, its
 * times may step back, and it may be read long after. One clock for one reading thread. */
typedef struct {
    gint64 reference; /* microseconds: now, or when the file was changed last */
    /* The hour that was worked out last: */
    char hour[10];
    gint64 base; /* seconds since the epoch, G_MININT64 where that hour is none */
} OvLogClock;

/* Also to move the reference of a clock in use. */
void ov_log_clock_set(OvLogClock *clock, gint64 reference);

/* line without its line feed. FALSE where it has none of the forms; *parsed is then undefined. */
gboolean ov_log_line_parse(OvSlice line, OvLogClock *clock, OvLogLine *parsed);

/* The same without the time, which is only looked at for its form: many times as fast. *parsed's
 * time is 0. */
gboolean ov_log_line_split(OvSlice line, OvLogLine *parsed);
