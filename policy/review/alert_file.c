#include "policy/review/alert_file.h"

#include "policy/review/output.h"
#include "policy/review/whole_input.h"

gboolean ov_alert_file_read(const char *path, OvArena *arena, OvAlertMail *alert, OvExit *code) {
    g_autoptr(GError) error = NULL;
    *code = OV_EXIT_NO_INPUT;
    GString *all = ov_whole_input(path, OV_ALERT_MAIL_MAX_OCTETS);
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
