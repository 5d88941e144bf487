#include "rules/date.h"

/* A reading position and what is found on the way. */
typedef struct {
    const char *at, *end;
    OvDate *date;
} Reader;

static const char weekdays[] = "SunMonTueWedThuFriSat";
static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

static gboolean more(const Reader *reader) {
    return reader->at < reader->end;
}

static gboolean fault(Reader *reader, OvDateFault what) {
    reader->date->faults |= what;
    return FALSE;
}

/* Passes one comment; FALSE where it does not end. */
static gboolean skip_comment(Reader *reader) {
    guint depth = 0;
    for (; more(reader); reader->at++) {
        char c = *reader->at;
        if (c == '(')
            depth++;
        else if (c == ')' && --depth == 0)
            return reader->at++, TRUE;
        else if (c == '\\' && reader->at + 1 < reader->end)
            reader->at++;
    }
    return fault(reader, OV_DATE_SYNTAX);
}

typedef enum { SPACE_OBSOLETE, SPACE_ALLOWED, COMMENT_ALLOWED } Allowed;

/* Passes white space and comments; TRUE where there was any. */
static gboolean skip_space(Reader *reader, Allowed allowed) {
    const char *start = reader->at;
    gboolean comment = FALSE;
    while (more(reader)) {
        char c = *reader->at;
        if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
            reader->at++;
        } else if (c == '(') {
            comment = TRUE;
            if (!skip_comment(reader))
                break;
        } else {
            break;
        }
    }
    gboolean any = reader->at > start;
    if ((any && allowed == SPACE_OBSOLETE) || (comment && allowed != COMMENT_ALLOWED))
        reader->date->obsolete |= OV_DATE_OBS_SPACE;
    return any;
}

static gboolean take(Reader *reader, char wanted) {
    if (!more(reader) || *reader->at != wanted)
        return FALSE;
    reader->at++;
    return TRUE;
}

/* Reads min to max digits that no further digit follows. */
static gboolean take_number(Reader *reader, guint min, guint max, gint *number, guint *digits) {
    guint n = 0;
    *number = 0;
    while (more(reader) && g_ascii_isdigit(*reader->at) && n <= max) {
        *number = *number * 10 + (*reader->at++ - '0');
        n++;
    }
    if (digits)
        *digits = n;
    return (n >= min && n <= max) || fault(reader, OV_DATE_SYNTAX);
}

static OvSlice take_word(Reader *reader) {
    const char *start = reader->at;
    while (more(reader) && g_ascii_isalpha(*reader->at))
        reader->at++;
    return (OvSlice){start, (gsize)(reader->at - start)};
}

/* The number of a three-letter name in names, or -1. */
static gint name_number(const char *names, OvSlice word) {
    if (word.length != 3)
        return -1;
    for (gint i = 0; names[i * 3]; i++)
        if (g_ascii_strncasecmp(names + i * 3, word.data, 3) == 0)
            return i;
    return -1;
}

static gint days_in_month(gint year, gint month) {
    static const gint8 days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    gboolean leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 1 && leap ? 29 : days[month];
}

/* Days from 1970-01-01 to a day of the Gregorian calendar; month from 0, year from 1. */
static gint64 days_since_epoch(gint year, gint month, gint day) {
    gint64 years = year - 1;
    gint64 days = years * 365 + years / 4 - years / 100 + years / 400;
    for (gint i = 0; i < month; i++)
        days += days_in_month(year, i);
    return days + day - 719163;
}

static gboolean take_year(Reader *reader, gint *year) {
    guint digits;
    if (!take_number(reader, 2, 8, year, &digits))
        return FALSE;
    if (digits > 3)
        return TRUE;
    reader->date->obsolete |= OV_DATE_OBS_YEAR;
    *year += digits == 2 && *year < 50 ? 2000 : 1900;
    return TRUE;
}

/* Zone names that have a meaning (RFC 5322 4.3); all others count as unknown, which is 0. */
static gint zone_by_name(OvSlice word) {
    static const struct {
        const char *name;
        gint hours;
    } zones[] = {
        {"EST", -5}, {"EDT", -4}, {"CST", -6}, {"CDT", -5},
        {"MST", -7}, {"MDT", -6}, {"PST", -8}, {"PDT", -7},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(zones); i++)
        if (ov_slice_equal_nocase(word, ov_slice(zones[i].name)))
            return zones[i].hours * 60;
    return 0;
}

static gboolean take_zone(Reader *reader, gint *zone) {
    *zone = 0;
    gint sign = take(reader, '+') ? 1 : take(reader, '-') ? -1 : 0;
    if (sign != 0) {
        gint number;
        if (!take_number(reader, 4, 4, &number, NULL))
            return FALSE;
        if (number % 100 > 59 || number > 1400)
            return fault(reader, OV_DATE_ZONE);
        *zone = sign * (number / 100 * 60 + number % 100);
        return TRUE;
    }
    OvSlice word = take_word(reader);
    if (word.length == 0 || word.length > 5)
        return fault(reader, OV_DATE_SYNTAX);
    reader->date->obsolete |= OV_DATE_OBS_ZONE;
    *zone = zone_by_name(word);
    return TRUE;
}

/* hour ":" minute [":" second] as seconds of the day. */
static gboolean take_time(Reader *reader, gint *time) {
    gint hour, minute, second = 0;
    if (!take_number(reader, 2, 2, &hour, NULL))
        return FALSE;
    skip_space(reader, SPACE_OBSOLETE);
    if (!take(reader, ':'))
        return fault(reader, OV_DATE_SYNTAX);
    skip_space(reader, SPACE_OBSOLETE);
    if (!take_number(reader, 2, 2, &minute, NULL))
        return FALSE;
    gboolean spaced = skip_space(reader, SPACE_ALLOWED);
    if (take(reader, ':')) {
        if (spaced)
            reader->date->obsolete |= OV_DATE_OBS_SPACE;
        skip_space(reader, SPACE_OBSOLETE);
        if (!take_number(reader, 2, 2, &second, NULL))
            return FALSE;
        spaced = skip_space(reader, SPACE_ALLOWED);
    }
    if (!spaced)
        return fault(reader, OV_DATE_SYNTAX);
    if (hour > 23 || minute > 59 || second > 60)
        fault(reader, OV_DATE_RANGE);
    *time = (hour * 60 + minute) * 60 + second;
    return TRUE;
}

/* day month year as days since the epoch. */
static gboolean take_day(Reader *reader, gint64 *days) {
    gint day, year;
    if (!take_number(reader, 1, 2, &day, NULL))
        return FALSE;
    if (!skip_space(reader, SPACE_ALLOWED))
        return fault(reader, OV_DATE_SYNTAX);
    gint month = name_number(months, take_word(reader));
    if (month < 0 || !skip_space(reader, SPACE_ALLOWED))
        return fault(reader, OV_DATE_SYNTAX);
    if (!take_year(reader, &year))
        return FALSE;
    if (!skip_space(reader, SPACE_ALLOWED))
        return fault(reader, OV_DATE_SYNTAX);
    if (year < 1900 || year > 9999 || day < 1 || day > days_in_month(year, month)) {
        fault(reader, OV_DATE_RANGE);
        return TRUE;
    }
    *days = days_since_epoch(year, month, day);
    return TRUE;
}

static void read_date(Reader *reader) {
    gint weekday = -1, time, zone;
    gint64 days = 0;
    skip_space(reader, SPACE_ALLOWED);
    OvSlice word = take_word(reader);
    if (word.length > 0) {
        weekday = name_number(weekdays, word);
        skip_space(reader, SPACE_OBSOLETE);
        if (weekday < 0 || !take(reader, ',')) {
            fault(reader, OV_DATE_SYNTAX);
            return;
        }
        skip_space(reader, SPACE_ALLOWED);
    }
    if (!take_day(reader, &days) || !take_time(reader, &time) || !take_zone(reader, &zone))
        return;
    skip_space(reader, COMMENT_ALLOWED);
    if (more(reader))
        fault(reader, OV_DATE_SYNTAX);
    if (reader->date->faults != 0)
        return;
    /* 1970-01-01 was a Thursday. */
    if (weekday >= 0 && weekday != (days % 7 + 7 + 4) % 7)
        fault(reader, OV_DATE_WEEKDAY);
    reader->date->known = TRUE;
    reader->date->zone = zone;
    reader->date->time = (days * 86400 + time - zone * 60) * G_USEC_PER_SEC;
}

OvDate ov_date_parse(OvSlice value) {
    OvDate date = {0};
    Reader reader = {value.data, value.data + value.length, &date};
    read_date(&reader);
    return date;
}
