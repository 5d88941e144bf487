/* Who answers for a message. */
#pragma once

#include "policy/settings.h"
#include "rules/message.h"

enum { OV_ACCOUNT_NAME_MAX = 255 }; /* octets */

/* All strings live in the arena that was given; fit to be printed: valid UTF-8, control and
 * invisible characters and stray octets as \xNN or \u{N}, at most OV_ACCOUNT_NAME_MAX octets (a
 * longer name is cut and ends in "~" and 16 hex digits of its SHA-256). */
typedef struct {
    const char *name;           /* never empty, ASCII in lower case: "shop", "192.0.2.7" */
    OvAccountSource source;     /* how it was found */
    const char *script;         /* originating script of mail handed to sendmail(1), or NULL */
    const char *claimed_script; /* the same field from SMTP: a client's claim, never trusted */
} OvAccount;

/* text in the form that OvAccount has its names in, lower: ASCII in lower case, as the account's
 * name has it and its script has not. What is in that form already stays as it is. NULL where
 * nothing but white space is there. */
const char *ov_account_text(OvArena *arena, OvSlice text, gboolean lower);

/* The login name of that user of this machine as an account has it, "uid N" where it has none. */
const char *ov_account_of_uid(OvArena *arena, guint32 uid);

/* Finds the account in the order of the settings ([accounts] order), the first that applies:
 *   login   SASL login
 *   script  owner of the script, for mail handed to sendmail(1) on this machine: login name of the
 *           UID in X-PHP-Originating-Script ("UID:FILE"), "uid N" where it has none; else the host
 *           in X-PHP-Script ("HOST/PATH for ADDRESS"). What may call sendmail(1) may also write
 *           these fields: they tell sites apart, not enemies.
 *   sender  envelope sender; the null sender doesn't apply
 *   client  client's IP address
 * Where nothing applies: "unknown", OV_ACCOUNT_NONE. Resolves the UID by getpwuid_r(3). */
void ov_account_find(OvAccount *account, const OvSettings *settings, const OvEnvelope *envelope,
                     const OvHeader *header, OvArena *arena);

/* "login", "script", "sender", "client", "none" */
const char *ov_account_source_name(OvAccountSource source);
gboolean ov_account_source_from_name(const char *name, OvAccountSource *source);
