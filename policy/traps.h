/* Addresses that never asked for mail: [recipients] traps. Who writes to one has his list from
 * somewhere else than its people. */
#pragma once

#include "policy/ownership_text.h"
#include "policy/settings.h"

/* *traps is NULL where no file is set. FALSE with a sentence where it is faulty. */
gboolean ov_traps_load(const OvSettings *settings, OvOwnerText **traps, GError **error);

/* Tells the envelope how many of its recipients are such; nothing where traps is NULL. An address
 * is one by itself or by its domain, without regard to the case of ASCII letters; a domain of other
 * letters is found by its A-labels, too. */
void ov_traps_count(const OvOwnerText *traps, OvEnvelope *envelope);
