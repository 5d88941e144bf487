#include "policy/review/alert_file.h"

#include <stdio.h>
#include <string.h>

#include "policy/review/output.h"

/* All of the file, up to one octet more than an alert may have; NULL after telling why not. */
static GString *read_all(const char *path) {
    gboolean standard = strcmp(path, "-") == 0;
    FILE *file = standard ? stdin : fopen(path, "re");
    if (!file) {
        ov_complain("%s: %m", path);
        return NULL;
    }
    g_autoptr(GString) all = g_string_new(NULL);
    char piece[64 * 1024];
    for (size_t got;
         all->len <= OV_ALERT_MAIL_MAX_OCTETS && (got = fread(piece, 1, sizeof piece, file)) > 0;)
        g_string_append_len(all, piece, (gssize)got);
    gboolean trouble = ferror(file) != 0;
    if (trouble)
        ov_complain("%s: %m", path);
    if (!standard)
        fclose(file);
    return trouble ? NULL : g_steal_pointer(&all);
}

gboolean ov_alert_file_read(const char *path, OvArena *arena, OvAlertMail *alert, OvExit *code) {
    g_autoptr(GError) error = NULL;
    *code = OV_EXIT_NO_INPUT;
    GString *all = read_all(path);
    if (!all)
        return FALSE;
    gboolean read = ov_alert_mail_read(all->str, all->len, arena, alert, &error);
    g_string_free(all, TRUE);
    if (!read) {
        ov_complain("%s: %s", path, error->message);
        return FALSE;
    }
    if (alert->n_unread > 0)
        ov_complain("%s: %u lines are no Message-ID and are passed over", path, alert->n_unread);
    *code = OV_EXIT_OK;
    return TRUE;
}
