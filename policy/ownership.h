/* Who owns which address: the maps of [accounts] sender_login_maps, asked as policy/lookups.h does.
 * Thread-safe. */
#pragma once

#include "policy/lookups.h"
#include "policy/settings.h"
#include "rules/ownership.h"

typedef struct OvOwners OvOwners;

/* *owners is NULL where no map is set. FALSE with a sentence where a file of a map is faulty. Takes
 * a reference to the settings. */
gboolean ov_owners_new(OvSettings *settings, OvLookupsChange change, gpointer data,
                       OvOwners **owners, GError **error);
OvOwners *ov_owners_ref(OvOwners *owners);
/* The last one ends the threads; it waits for look-ups under way, at most 5 s. */
void ov_owners_unref(OvOwners *owners);

/* What judges and the policy service ask; lives as long as owners. An address that no map lists is
 * owned or not as [accounts] unlisted_addresses says. */
const OvOwnership *ov_owners_ownership(OvOwners *owners);

void ov_owners_status(OvOwners *owners, OvLookupsStatus *status);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvOwners, ov_owners_unref)
