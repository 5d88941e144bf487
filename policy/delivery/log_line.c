#include "policy/delivery/log_line.h"

#include <time.h>

enum {
    STAMP = 15,      /* "Nov 29 02:11:44" */
    HOUR_PREFIX = 9, /* "Nov 29 02" */
    MOST_FRACTION = 6
};

static const gint64 DAY = G_GINT64_CONSTANT(24) * 3600;

void ov_log_clock_set(OvLogClock *clock, gint64 reference) {
    clock->reference = reference;
    clock->hour[0] = '\0';
}

static gboolean digits(const char *text, guint n, gint *number) {
    *number = 0;
    for (guint i = 0; i < n; i++) {
        if (!g_ascii_isdigit(text[i]))
            return FALSE;
        *number = *number * 10 + (text[i] - '0');
    }
    return TRUE;
}

static gint month_of(const char *name) {
    static const char NAMES[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    for (gint i = 0; i < 12; i++)
        if (memcmp(name, NAMES + 3 * i, 3) == 0)
            return i;
    return -1;
}

/* Seconds since the epoch of a full local hour; G_MININT64 where the calendar has no such day. */
static gint64 local_hour(gint year, gint month, gint day, gint hour) {
    struct tm parts = {
        .tm_year = year - 1900,
        .tm_mon = month,
        .tm_mday = day,
        .tm_hour = hour,
        .tm_isdst = -1,
    };
    time_t seconds = mktime(&parts);
    return parts.tm_mon == month && parts.tm_mday == day ? (gint64)seconds : G_MININT64;
}

/* The clock's base for the hour that prefix names. */
static void find_hour(OvLogClock *clock, const char *prefix) {
    memcpy(clock->hour, prefix, HOUR_PREFIX);
    clock->base = G_MININT64;
    gint month = month_of(prefix), day, hour;
    gboolean padded = prefix[4] == ' ';
    if (month < 0 || !digits(prefix + (padded ? 5 : 4), padded ? 1 : 2, &day) || day < 1 ||
        day > 31 || !digits(prefix + 7, 2, &hour) || hour > 23)
        return;
    gint64 latest = clock->reference / G_USEC_PER_SEC + DAY;
    time_t reference = (time_t)latest;
    struct tm now;
    if (!localtime_r(&reference, &now))
        return;
    /* The 29th of February may be up to 8 years back. */
    for (gint year = now.tm_year + 1900, tries = 0; tries <= 8; year--, tries++) {
        gint64 base = local_hour(year, month, day, hour);
        if (base != G_MININT64 && base <= latest) {
            clock->base = base;
            return;
        }
    }
}

/* MM:SS */
static gboolean minutes(const char *text, gint *seconds) {
    gint minute, second;
    if (!digits(text, 2, &minute) || text[2] != ':' || !digits(text + 3, 2, &second) ||
        minute > 59 || second > 60)
        return FALSE;
    *seconds = minute * 60 + second;
    return TRUE;
}

/* Takes the time off the front; FALSE where there is none. */
static gboolean take_stamp(OvSlice *line, OvLogClock *clock, gint64 *time) {
    const char *text = line->data;
    gint seconds;
    if (line->length < STAMP || text[3] != ' ' || text[6] != ' ' || text[9] != ':' ||
        !minutes(text + 10, &seconds))
        return FALSE;
    if (memcmp(text, clock->hour, HOUR_PREFIX) != 0)
        find_hour(clock, text);
    if (clock->base == G_MININT64)
        return FALSE;
    *time = (clock->base + seconds) * G_USEC_PER_SEC;
    *line = (OvSlice){text + STAMP, line->length - STAMP};
    return TRUE;
}

static gint64 days_before(gint year, gint month, gint day) {
    /* Days since 1 March of year 0, as years then end with the leap day. */
    gint64 y = month > 2 ? year : year - 1, m = month > 2 ? month - 3 : month + 9;
    return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

/* Microseconds of ".123", as many digits as stand there. */
static gint64 take_fraction(OvSlice *rest) {
    gint64 fraction = 0;
    guint n = 0;
    if (rest->length == 0 || rest->data[0] != '.')
        return 0;
    gsize i = 1;
    for (; i < rest->length && g_ascii_isdigit(rest->data[i]); i++)
        if (n < MOST_FRACTION) {
            fraction = fraction * 10 + (rest->data[i] - '0');
            n++;
        }
    for (; n < MOST_FRACTION; n++)
        fraction *= 10;
    *rest = (OvSlice){rest->data + i, rest->length - i};
    return fraction;
}

/* Z, +01:00 or +0100. */
static gboolean take_zone(OvSlice *rest, gint64 *seconds) {
    const char *text = rest->data;
    gsize taken = 1;
    *seconds = 0;
    if (rest->length == 0)
        return FALSE;
    if (text[0] != 'Z') {
        gint hours, minute;
        gsize colon = rest->length > 3 && text[3] == ':';
        taken = 5 + colon;
        if ((text[0] != '+' && text[0] != '-') || rest->length < taken ||
            !digits(text + 1, 2, &hours) || !digits(text + 3 + colon, 2, &minute) || hours > 14 ||
            minute > 59)
            return FALSE;
        *seconds = (hours * 3600 + minute * 60) * (text[0] == '-' ? -1 : 1);
    }
    *rest = (OvSlice){text + taken, rest->length - taken};
    return TRUE;
}

/* "2026-11-29T02:11:44" and what may follow: RFC 3339. */
static gboolean take_rfc3339(OvSlice *line, gint64 *time) {
    enum { WHOLE = 19 };
    const char *text = line->data;
    gint year, month, day, hour, seconds;
    if (line->length < WHOLE || text[4] != '-' || text[7] != '-' || text[10] != 'T' ||
        text[13] != ':' || !digits(text, 4, &year) || !digits(text + 5, 2, &month) ||
        !digits(text + 8, 2, &day) || !digits(text + 11, 2, &hour) || !minutes(text + 14, &seconds))
        return FALSE;
    if (year < 1970 || month < 1 || month > 12 || day < 1 || day > 31 || hour > 23)
        return FALSE;
    OvSlice rest = {text + WHOLE, line->length - WHOLE};
    gint64 fraction = take_fraction(&rest), zone;
    if (!take_zone(&rest, &zone))
        return FALSE;
    *time = (days_before(year, month, day) * DAY + hour * 3600 + seconds - zone) * G_USEC_PER_SEC +
            fraction;
    *line = rest;
    return TRUE;
}

/* "<22>" */
static void skip_priority(OvSlice *line) {
    gsize i = 1;
    if (line->length == 0 || line->data[0] != '<')
        return;
    while (i < line->length && i < 4 && g_ascii_isdigit(line->data[i]))
        i++;
    if (i > 1 && i < line->length && line->data[i] == '>')
        *line = (OvSlice){line->data + i + 1, line->length - i - 1};
}

/* The next word after spaces, up to a space or the end. */
static OvSlice take_word(OvSlice *line) {
    gsize start = 0;
    while (start < line->length && line->data[start] == ' ')
        start++;
    gsize end = start;
    while (end < line->length && line->data[end] != ' ')
        end++;
    OvSlice word = {line->data + start, end - start};
    *line = (OvSlice){line->data + end, line->length - end};
    return word;
}

/* "mx1 postfix/smtp[123]: TEXT" */
static gboolean split(OvSlice line, OvLogLine *parsed) {
    parsed->host = take_word(&line);
    OvSlice tag = take_word(&line);
    if (parsed->host.length == 0 || tag.length < 2 || tag.data[tag.length - 1] != ':')
        return FALSE;
    tag.length--;
    const char *bracket = memchr(tag.data, '[', tag.length);
    parsed->program = (OvSlice){tag.data, bracket ? (gsize)(bracket - tag.data) : tag.length};
    parsed->process = (OvSlice){NULL, 0};
    if (bracket && tag.data[tag.length - 1] == ']')
        parsed->process = (OvSlice){bracket + 1, tag.length - parsed->program.length - 2};
    while (line.length > 0 && line.data[0] == ' ')
        line = (OvSlice){line.data + 1, line.length - 1};
    while (line.length > 0 && line.data[line.length - 1] == '\r')
        line.length--;
    parsed->text = line;
    return parsed->program.length > 0;
}

gboolean ov_log_line_parse(OvSlice line, OvLogClock *clock, OvLogLine *parsed) {
    skip_priority(&line);
    if (!take_stamp(&line, clock, &parsed->time) && !take_rfc3339(&line, &parsed->time))
        return FALSE;
    return split(line, parsed);
}

gboolean ov_log_line_split(OvSlice line, OvLogLine *parsed) {
    skip_priority(&line);
    if (line.length < STAMP + 1)
        return FALSE;
    parsed->time = 0;
    if (line.data[3] == ' ' && line.data[6] == ' ' && line.data[9] == ':')
        line = (OvSlice){line.data + STAMP, line.length - STAMP};
    else if (line.data[4] == '-' && line.data[10] == 'T')
        take_word(&line);
    else
        return FALSE;
    return split(line, parsed);
}
