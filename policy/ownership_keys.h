/* What Postfix looks an address up by in smtpd_sender_login_maps, and in which order (postconf(5)):
 * the whole address; without its extension; user, with and without, of a local domain; @domain. */
#pragma once

#include "rules/arena.h"

#include "policy/ownership_table.h"

/* Postfix's own settings that tell addresses apart. */
typedef struct {
    const char *delimiters;           /* recipient_delimiter; "" for none */
    const char *const *local_domains; /* NULL-terminated: names and [addresses]; lower case */
} OvAddressRules;

typedef struct {
    const char *keys[OV_TABLE_MAX_KEYS];
    guint n;       /* in their order */
    guint n_whole; /* the first of them: whole addresses */
} OvOwnerKeys;

/* The keys of an address, local@domain with quotes as it came. A name of other letters than ASCII
 * is looked up as it is written, then as A-labels. FALSE where no table can list it: it has no @,
 * control characters, no valid UTF-8, or more than 1,000 octets. Arena. */
gboolean ov_owner_keys(OvArena *arena, OvSlice address, const OvAddressRules *rules,
                       OvOwnerKeys *keys);
