#include "rules/date.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define UNKNOWN G_MININT64

static const struct {
    const char *text;
    gint64 seconds; /* since the epoch; UNKNOWN: not looked at */
    guint faults, obsolete;
} dates[] = {
    /* as they should be */
    {"Mon, 23 Nov 2026 10:00:00 +0100", 1795424400, 0, 0},
    {" Mon, 23 Nov 2026\r\n 10:00:00 +0100\r\n", 1795424400, 0, 0},
    {"23 Nov 2026 10:00 +0000", 1795428000, 0, 0},
    {"mon, 23 NOV 2026 10:00:00 -0500", 1795446000, 0, 0},
    {"Thu, 1 Jan 1970 00:00:00 +0000 (UTC)", 0, 0, 0},
    {"Thu, 01 Jan 1970 00:00:00 -0000", 0, 0, 0},
    {"Wed, 31 Dec 1969 23:59:59 +0000", -1, 0, 0},
    {"Thu, 29 Feb 2024 12:00:00 +0000", 1709208000, 0, 0},
    {"Sat, 31 Dec 2016 23:59:60 +0000", 1483228800, 0, 0},
    {"Fri, 31 Dec 9999 23:59:59 +1400", 253402250399, 0, 0},
    /* obsolete */
    {"Fri, 21 Nov 97 09:55:06 GMT", 880106106, 0, OV_DATE_OBS_YEAR | OV_DATE_OBS_ZONE},
    {"Sun, 1 Jan 49 00:00:00 +0000", UNKNOWN, OV_DATE_WEEKDAY, OV_DATE_OBS_YEAR},
    {"Fri, 1 Jan 49 00:00:00 +0000", 2493072000, 0, OV_DATE_OBS_YEAR},
    {"Sat, 1 Jan 100 00:00:00 +0000", 946684800, 0, OV_DATE_OBS_YEAR},
    {"Fri, 21 Nov 1997 09:55:06 EST", 880124106, 0, OV_DATE_OBS_ZONE},
    {"Fri, 21 Nov 1997 09:55:06 Z", 880106106, 0, OV_DATE_OBS_ZONE},
    {"Fri, 21 Nov 1997 09:55:06 CEST", 880106106, 0, OV_DATE_OBS_ZONE},
    {"Fri, 21 Nov 1997 09(comment):   55  :  06 -0600", 880127706, 0, OV_DATE_OBS_SPACE},
    {"Fri (day), 21 Nov 1997 09:55:06 -0600", 880127706, 0, OV_DATE_OBS_SPACE},
    /* wrong */
    {"Tue, 23 Nov 2026 10:00:00 +0100", 1795424400, OV_DATE_WEEKDAY, 0},
    {"Mon, 31 Feb 2026 10:00:00 +0000", UNKNOWN, OV_DATE_RANGE, 0},
    {"29 Feb 2023 12:00:00 +0000", UNKNOWN, OV_DATE_RANGE, 0},
    {"29 Feb 1900 12:00:00 +0000", UNKNOWN, OV_DATE_RANGE, 0},
    {"0 Nov 2026 10:00:00 +0000", UNKNOWN, OV_DATE_RANGE, 0},
    {"23 Nov 1899 10:00:00 +0000", UNKNOWN, OV_DATE_RANGE, 0},
    {"23 Nov 12026 10:00:00 +0000", UNKNOWN, OV_DATE_RANGE, 0},
    {"23 Nov 2026 24:00:00 +0000", UNKNOWN, OV_DATE_RANGE, 0},
    {"23 Nov 2026 10:60:00 +0000", UNKNOWN, OV_DATE_RANGE, 0},
    {"23 Nov 2026 10:00:61 +0000", UNKNOWN, OV_DATE_RANGE, 0},
    {"23 Nov 2026 10:00:00 +0160", UNKNOWN, OV_DATE_ZONE, 0},
    {"23 Nov 2026 10:00:00 +1401", UNKNOWN, OV_DATE_ZONE, 0},
    {"23 Nov 2026 10:00:00 -2300", UNKNOWN, OV_DATE_ZONE, 0},
    {"", UNKNOWN, OV_DATE_SYNTAX, 0},
    {"Monday", UNKNOWN, OV_DATE_SYNTAX, 0},
    {"2026-11-23T10:00:00Z", UNKNOWN, OV_DATE_SYNTAX, 0},
    {"Mon, 23 Nov 2026", UNKNOWN, OV_DATE_SYNTAX, 0},
    {"Mon, 23 Nov 2026 10:00:00", UNKNOWN, OV_DATE_SYNTAX, 0},
    {"Mon, 23 Nov 2026 10:00:00+0100", UNKNOWN, OV_DATE_SYNTAX, 0},
    {"Mon, 23 Nov 2026 10:00:00 +01:00", UNKNOWN, OV_DATE_SYNTAX, 0},
    {"Mon, 23 Nov 2026 10:00:00 +100", UNKNOWN, OV_DATE_SYNTAX, 0},
    {"Mon, 23 Nov 2026 10:00:00 GMT+1", UNKNOWN, OV_DATE_SYNTAX, OV_DATE_OBS_ZONE},
    {"Mon, 23 Nov 2026 10:00:00 +0100 and so on", UNKNOWN, OV_DATE_SYNTAX, 0},
    {"Mon, 23 Nov 2026 9:00:00 +0100", UNKNOWN, OV_DATE_SYNTAX, 0},
    {"Mon 23 Nov 2026 10:00:00 +0100", UNKNOWN, OV_DATE_SYNTAX, OV_DATE_OBS_SPACE},
    {"Monday, 23 Nov 2026 10:00:00 +0100", UNKNOWN, OV_DATE_SYNTAX, 0},
    {"Mon, 23 November 2026 10:00:00 +0100", UNKNOWN, OV_DATE_SYNTAX, 0},
    {"Mon, 23-Nov-2026 10:00:00 +0100", UNKNOWN, OV_DATE_SYNTAX, 0},
    {"Mon, Nov 23 2026 10:00:00 +0100", UNKNOWN, OV_DATE_SYNTAX, 0},
    {"Mon, 23 Nov 2026 10:00:00 PM +0100", UNKNOWN, OV_DATE_SYNTAX, OV_DATE_OBS_ZONE},
    {"Mon, 23 Nov 2026 10:00:00 +0100 (never closed", UNKNOWN, OV_DATE_SYNTAX, 0},
    {"Mon, 99999999999999999999 Nov 2026 10:00:00 +0100", UNKNOWN, OV_DATE_SYNTAX, 0},
};

static void test_dates_are_read_strictly_and_obsolete_forms_told_apart(void **state) {
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(dates); i++) {
        print_message("# %s\n", dates[i].text);
        OvDate date = ov_date_parse(ov_slice(dates[i].text));
        assert_int_equal(date.faults, dates[i].faults);
        assert_int_equal(date.obsolete, dates[i].obsolete);
        assert_int_equal(date.known, (dates[i].faults & ~(guint)OV_DATE_WEEKDAY) == 0);
        if (dates[i].seconds != UNKNOWN)
            assert_int_equal(date.time, dates[i].seconds * G_USEC_PER_SEC);
    }
}

static void test_every_day_has_its_weekday(void **state) {
    (void)state;
    for (guint day = 0; day < 400 * 366; day += 37) {
        g_autoptr(GDateTime) first = g_date_time_new_utc(1900, 1, 1, 0, 0, 0);
        g_autoptr(GDateTime) then = g_date_time_add_days(first, (gint)day);
        g_autofree char *text = g_date_time_format(then, "%a, %d %b %Y %H:%M:%S +0000");
        OvDate date = ov_date_parse(ov_slice(text));
        assert_int_equal(date.faults, 0);
        assert_int_equal(date.time, g_date_time_to_unix(then) * G_USEC_PER_SEC);
    }
}

static void test_the_zone_is_told(void **state) {
    (void)state;
    assert_int_equal(ov_date_parse(ov_slice("1 Jan 2026 00:00 +0530")).zone, 330);
    assert_int_equal(ov_date_parse(ov_slice("1 Jan 2026 00:00 -0330")).zone, -210);
    assert_int_equal(ov_date_parse(ov_slice("1 Jan 2026 00:00 PDT")).zone, -420);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dates_are_read_strictly_and_obsolete_forms_told_apart),
        cmocka_unit_test(test_every_day_has_its_weekday),
        cmocka_unit_test(test_the_zone_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
