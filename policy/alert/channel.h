/* The ways that a notice takes to people: one table, a file for each. */
#pragma once

#include "policy/alert/notice.h"

#define OV_ALERT_ERROR (ov_alert_error_quark())
GQuark ov_alert_error_quark(void);
typedef enum {
    OV_ALERT_ERROR_LATER, /* may work when it is tried again */
    OV_ALERT_ERROR_NEVER, /* will not work before somebody mends something */
} OvAlertError;

typedef struct {
    const char *name; /* "mail" */
    gboolean (*is_set)(const OvSettings *settings);
    /* One attempt, of bounded time. key: OV_ALERT_KEY_SIZE octets. FALSE with OV_ALERT_ERROR: a
     * sentence without secrets. Called by one thread at a time, and by that of a test. */
    gboolean (*send)(const OvNotice *notice, const OvSettings *settings, const guint8 *key,
                     GError **error);
} OvAlertChannel;

/* By sendmail(1), from [alert] from to [alert] mail_to. */
extern const OvAlertChannel ov_alert_channel_mail;
/* By POST of the JSON to [alert] webhook, signed (policy/alert/webhook.h). */
extern const OvAlertChannel ov_alert_channel_webhook;
/* To [alert] command: the JSON on its standard input, the gravest entry in OUTVET_ALERT_... */
extern const OvAlertChannel ov_alert_channel_command;

/* All of them, NULL-terminated. */
extern const OvAlertChannel *const ov_alert_channels[];
