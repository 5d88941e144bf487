/* Alerts raised by many threads at once, up to the program that is told of them. */
#include "policy/alert/alert.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib/gstdio.h>

enum { THREADS = 8, RAISES = 500 };

static gpointer raise_many(gpointer alerts) {
    for (guint i = 0; i < RAISES; i++) {
        g_autofree char *reason = g_strdup_printf("message %u", i);
        ov_alerts_raise(alerts,
                        &(OvAlert){.kind = OV_ALERT_LIMIT, .subject = "shop", .reason = reason});
    }
    return NULL;
}

/* Settings with a command that keeps all it is told in that file. */
static OvSettings *settings_telling(const char *file) {
    g_autofree char *text = g_strdup_printf(
        "[alert]\nquiet = 1ms\ncommand = /bin/sh -c 'cat >>%s; echo >>%s'\n", file, file);
    GError *error = NULL;
    OvSettings *settings = ov_settings_parse(text, strlen(text), "test", &error);
    assert_null(error);
    return settings;
}

/* Alerts in the notices of that file, and how many notices there are. */
static gint64 told_in(const char *file, guint *n_notices) {
    g_autofree char *text = NULL;
    gint64 told = 0;
    assert_true(g_file_get_contents(file, &text, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(g_strchomp(text), "\n", -1);
    *n_notices = g_strv_length(lines);
    for (char **line = lines; *line; line++) {
        json_t *notice = json_loads(*line, 0, NULL);
        assert_non_null(notice);
        json_t *alert = json_array_get(json_object_get(notice, "alerts"), 0);
        told += json_integer_value(json_object_get(alert, "count"));
        json_decref(notice);
    }
    return told;
}

static void test_every_alert_of_every_thread_is_counted(void **state) {
    (void)state;
    static const guint8 key[OV_ALERT_KEY_SIZE] = "key";
    g_autofree char *directory = g_dir_make_tmp("outvet-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(directory, "told", NULL);
    g_autoptr(OvSettings) settings = settings_telling(file);
    g_autoptr(OvAlerts) alerts = ov_alerts_new();
    GThread *threads[THREADS];
    for (guint i = 0; i < THREADS; i++)
        threads[i] = g_thread_new("raise", raise_many, alerts);
    ov_alerts_start(alerts, settings, key); /* alerts that came before it count, too */
    for (guint i = 0; i < 100; i++) {
        json_decref(ov_alerts_status(alerts));
        ov_alerts_set(alerts, settings);
    }
    for (guint i = 0; i < THREADS; i++)
        g_thread_join(threads[i]);
    ov_alerts_stop(alerts);
    guint n_notices;
    assert_int_equal(told_in(file, &n_notices), THREADS * RAISES);
    assert_in_range(n_notices, 1, 10);
    json_t *status = ov_alerts_status(alerts);
    assert_int_equal(json_integer_value(json_object_get(status, "raised")), THREADS * RAISES);
    assert_int_equal(json_integer_value(json_object_get(status, "waiting_subjects")), 0);
    json_decref(status);
    g_unlink(file);
    g_rmdir(directory);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_alert_of_every_thread_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
