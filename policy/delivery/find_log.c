#include "policy/delivery/find_log.h"

#include "policy/mta_program.h"
#include "policy/run.h"

enum { LONGEST_PATH = 4096, SECONDS = 10 };

/* Postfix's maillog_file; NULL where it has none (it then logs by syslog), or is not there. */
static char *postfix_log(const OvSettings *settings) {
    g_autofree char *postconf = ov_mta_program(settings, "postconf");
    if (!postconf || g_str_equal(settings->mta, "sendmail"))
        return NULL;
    const char *directory = settings->postfix_config_directory;
    const char *with[] = {postconf, "-c", directory, "-xh", "maillog_file", NULL};
    const char *without[] = {postconf, "-xh", "maillog_file", NULL};
    gsize length;
    g_autofree char *output =
        ov_run(*directory ? with : without, LONGEST_PATH, SECONDS, &length, NULL, NULL, NULL);
    if (!output)
        return NULL;
    g_strstrip(output);
    return g_path_is_absolute(output) ? g_strdup(output) : NULL;
}

char *ov_find_log(const OvSettings *settings) {
    static const char *const USUAL[] = {"/var/log/mail.log", "/var/log/maillog"};
    if (g_str_equal(settings->delivery_log, "off"))
        return NULL;
    if (!g_str_equal(settings->delivery_log, "auto"))
        return g_strdup(settings->delivery_log);
    char *named = postfix_log(settings);
    for (guint i = 0; !named && i < G_N_ELEMENTS(USUAL); i++)
        if (g_file_test(USUAL[i], G_FILE_TEST_EXISTS))
            named = g_strdup(USUAL[i]);
    return named ? named : g_strdup(OV_LOG_JOURNAL);
}
