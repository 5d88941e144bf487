#include "policy/alert/channel.h"
#include "policy/alert/message.h"

static gboolean is_set(const OvSettings *settings) {
    return settings->alert_mail_to[0] != NULL;
}

static gboolean send_mail(const OvNotice *notice, const OvSettings *settings, const guint8 *key,
                          GError **error) {
    g_autofree char *title = ov_notice_title(notice);
    g_autofree char *subject = g_strdup_printf("[outvet %s] %s", settings->node, title);
    g_autofree char *text = ov_notice_text(notice, settings->node);
    OvOwnMessage message = {
        .from = settings->alert_from,
        .to = settings->alert_mail_to,
        .auto_submitted = "auto-generated",
        .subject = subject,
        .text = text,
        .host = settings->node,
        .time = g_get_real_time(),
    };
    g_autofree char *whole = ov_own_message(&message, key);
    return ov_own_message_send(settings, message.from, message.to, whole, error);
}

const OvAlertChannel ov_alert_channel_mail = {"mail", is_set, send_mail};
