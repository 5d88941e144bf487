/* Who answers for a message. */
#pragma once

#include "policy/settings.h"
#include "rules/message.h"

typedef struct {
    char *name;             /* never empty: "shop", "web-17:/contact.php", "192.0.2.7" */
    OvAccountSource source; /* how it was found */
    char *script;           /* originating script of mail handed to sendmail(1), or NULL */
    char *claimed_script;   /* the same field from SMTP: a client's claim, never trusted; or NULL */
} OvAccount;

/* Finds the account in the order of the settings: SASL login; the script (X-PHP-Originating-Script
 * UID:FILE or X-PHP-Script) or local user of mail handed to sendmail(1) on this machine; the
 * envelope sender; the client. local_user: login name of the local uid where known, else NULL.
 * Where nothing in the order applies: "unknown". Free with ov_account_clear. */
void ov_account_find(OvAccount *account, const OvSettings *settings, const OvEnvelope *envelope,
                     const OvHeader *header, OvArena *arena);
void ov_account_clear(OvAccount *account);
const char *
ov_account_source_name(OvAccountSource source); /* "login", "script", "sender", "client" */
