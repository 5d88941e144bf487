#include "policy/alert/held.h"

#include "policy/message_id.h"

enum { MAX_SHOWN = 12 /* hits */ };

/* "score 7.20: SUBJ_ALL_CAPS 2.00, BODY_EXCLAM 1.20". The caller frees it. */
static char *reason_of(const OvHeldMessage *message) {
    GString *reason = g_string_new(NULL);
    guint shown = 0;
    g_string_append_printf(reason, "score %.2f", message->score);
    for (guint i = 0; i < message->n_hits; i++) {
        if (message->hits[i].shadow)
            continue;
        if (shown == MAX_SHOWN) {
            g_string_append(reason, ", ...");
            break;
        }
        g_string_append_printf(reason, "%s%s %.2f", shown++ == 0 ? ": " : ", ",
                               message->hits[i].rule, message->hits[i].score);
    }
    return g_string_free(reason, FALSE);
}

void ov_held_raise(OvAlerts *alerts, const OvHeldMessage *message) {
    char id[OV_ID_TEXT_SIZE];
    ov_id_format(message->id, id);
    g_autofree char *reason = reason_of(message);
    g_autofree char *advice = g_strdup_printf("look at it (outvet held show %s), then release or "
                                              "delete it; outvet held why %s explains it to its "
                                              "sender",
                                              id, id);
    const char *const details[] = {"sender", message->sender, "outvet_id", id, NULL};
    ov_alerts_raise(alerts, &(OvAlert){
                                .kind = OV_ALERT_HELD,
                                .subject = message->account,
                                .reason = reason,
                                .queue_id = message->queue_id,
                                .advice = advice,
                                .details = details,
                            });
}
