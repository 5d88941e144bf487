/* Messages that were found in an MTA's old logs, as the command shows them. */
#pragma once

#include "policy/delivery/log_search.h"
#include "policy/review/json.h"
#include "policy/settings.h"

/* All that is told of one Message-ID. */
void ov_logged_append(GString *out, const OvLogFound *found, gboolean colour);
/* One of its messages. */
json_t *ov_logged_json(const OvLogFound *found, const OvLoggedMessage *message);

/* Who answers for it, in the order of the settings ([accounts] order) as far as logs tell, as the
 * ledger has accounts; a uid is one of this machine. *message is the one that tells. NULL where
 * none does. */
const char *ov_logged_account(const OvLogFound *found, const OvSettings *settings, OvArena *arena,
                              const OvLoggedMessage **message);
/* One line for the ledger: queue id, client, login, outcomes, place; without anybody's address. */
const char *ov_logged_text(const OvLoggedMessage *message, OvArena *arena);

/* What the search could not read, and what it left out, on standard error. FALSE where there was
 * such trouble. */
gboolean ov_logged_complain(const OvLogSearch *search);
