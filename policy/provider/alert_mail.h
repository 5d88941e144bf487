/* The provider's mail about a block (guide G1, G3): which address it blocked, and a sample of the
 * messages that it took for spam. Also that mail's text, pasted, or a list of Message-IDs.
 *
 * The mail comes in the customer's language, and its words change. So what is looked for is the
 * shape of a line, in text or HTML:
 *
 *   Destination IP: 198.51.100.7 - Message-ID: <id> - Spam score: 300
 *
 * an address, a label that ends in "ID", what stands up to the next hyphen between blanks, a label
 * and a number; with any blanks before the colons and any line breaks, also inside the Message-ID,
 * which may be missing. The blocked addresses are those that stand before the first such line. */
#pragma once

#include "policy/ledger/incident.h"

#define OV_ALERT_MAIL_ERROR (ov_alert_mail_error_quark())
GQuark ov_alert_mail_error_quark(void);
typedef enum {
    OV_ALERT_MAIL_ERROR_SIZE,    /* more octets or detections than are read */
    OV_ALERT_MAIL_ERROR_NOTHING, /* neither an address nor a Message-ID */
} OvAlertMailError;

enum {
    OV_ALERT_MAIL_MAX_OCTETS = 10 * 1024 * 1024,
    OV_ALERT_MAIL_MAX_DETECTIONS = 10000,
    OV_ALERT_MAIL_MAX_ADDRESSES = 100, /* more are not told */
};

typedef struct {
    const char *const *addresses; /* blocked, dotted quads, each once, in their order */
    guint n_addresses;
    /* In their order, with message_id ("" where it is missing), destination, score and origin:
     * "mail" where lines of that shape were found, else "list". finding is NEW. */
    const OvDetection *detections;
    guint n_detections;
    guint n_unread; /* of a list: lines that are no Message-ID */
} OvAlertMail;

/* data: a mail as it came (all of its parts are looked at; of text and HTML that which tells more),
 * else text: in UTF-8 or windows-1252. Never fails for what is malformed: it tells what can be
 * read. Everything in the arena. */
gboolean ov_alert_mail_read(const char *data, gsize length, OvArena *arena, OvAlertMail *alert,
                            GError **error);
