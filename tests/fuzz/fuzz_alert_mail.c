/* The provider's alert mail, its text, or a list of Message-IDs. */
#include "policy/provider/alert_mail.h"
#include "rules/auth/ip_address.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_address(const char *text, gboolean blocked) {
    OvIpAddress address;
    g_assert_true(ov_ip_address_parse(ov_slice(text), &address));
    g_assert_true(!blocked || (address.length == 4 && !ov_ip_address_is_private(&address)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    OvArena *arena = ov_arena_new();
    OvAlertMail alert;
    g_autoptr(GError) error = NULL;
    if (ov_alert_mail_read((const char *)data, size, arena, &alert, &error)) {
        g_assert_true(alert.n_addresses + alert.n_detections > 0);
        g_assert_true(alert.n_addresses <= OV_ALERT_MAIL_MAX_ADDRESSES);
        g_assert_true(alert.n_detections <= OV_ALERT_MAIL_MAX_DETECTIONS);
        for (guint i = 0; i < alert.n_addresses; i++)
            check_address(alert.addresses[i], TRUE);
        for (guint i = 0; i < alert.n_detections; i++) {
            const OvDetection *detection = &alert.detections[i];
            g_assert_true(strlen(detection->message_id) <= 1000);
            g_assert_true(g_utf8_validate(detection->message_id, -1, NULL));
            if (detection->destination)
                check_address(detection->destination, FALSE);
        }
    } else {
        g_assert_true(error != NULL);
    }
    ov_arena_free(arena);
    return 0;
}
