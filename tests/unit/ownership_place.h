/* What the tests of logins and their addresses share: a directory for maps and a main.cf, and
 * settings that name them. One test program includes it once. */
#pragma once

#include "policy/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib/gstdio.h>
#include <string.h>

/* Microseconds: nothing here takes as long but where it must. */
static const gint64 patience = 30 * G_USEC_PER_SEC;

static char *directory;

static inline int make_directory(void **state) {
    (void)state;
    directory = g_dir_make_tmp("outvet-owners-XXXXXX", NULL);
    return directory ? 0 : -1;
}

static inline void remove_files(void) {
    g_autoptr(GDir) files = g_dir_open(directory, 0, NULL);
    for (const char *name; (name = g_dir_read_name(files));) {
        g_autofree char *path = g_build_filename(directory, name, NULL);
        g_unlink(path);
    }
}

static inline int remove_directory(void **state) {
    (void)state;
    remove_files();
    g_rmdir(directory);
    g_free(directory);
    return 0;
}

/* The path of a file with that text; the caller frees it. */
static inline char *put(const char *name, const char *text) {
    char *path = g_build_filename(directory, name, NULL);
    assert_true(g_file_set_contents(path, text, -1, NULL));
    return path;
}

/* main.cf of a Postfix that is never started. */
static inline void put_postfix(const char *maps) {
    g_autofree char *text = g_strdup_printf("queue_directory = %s\n"
                                            "myorigin = home.example\n"
                                            "mydestination = $myorigin, local.example\n"
                                            "recipient_delimiter = +\n"
                                            "smtpd_sender_login_maps = %s\n",
                                            directory, maps);
    g_autofree char *main_cf = put("main.cf", text), *master_cf = put("master.cf", "");
}

static inline OvSettings *settings_of(const char *maps, const char *more) {
    g_autofree char *text = g_strdup_printf("[accounts]\nsender_login_maps = %s\n%s\n[mta]\n"
                                            "postfix_config_directory = %s\n",
                                            maps, more, directory);
    g_autoptr(GError) error = NULL;
    OvSettings *settings = ov_settings_parse(text, strlen(text), "test.conf", &error);
    if (!settings)
        fail_msg("%s", error->message);
    return settings;
}
