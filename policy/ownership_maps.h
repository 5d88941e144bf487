/* The maps of [accounts] sender_login_maps, together: an address is a login's when any of them says
 * so. Thread-safe. */
#pragma once

#include "policy/ownership_text.h"
#include "policy/settings.h"

typedef struct OvOwnerMaps OvOwnerMaps;

/* Reads text files, and nothing else yet: what other maps mean is found out at the first question.
 * Takes a reference to the settings. NULL with a sentence where a text file is faulty. */
OvOwnerMaps *ov_owner_maps_new(OvSettings *settings, GError **error);
void ov_owner_maps_free(OvOwnerMaps *maps);

/* Asks until deadline (monotonic microseconds); may start programs and use the network. Where a map
 * has trouble and no other lists the login, error is set and the answer means nothing. *all (may be
 * NULL): every map was asked. */
OvListed ov_owner_maps_ask(OvOwnerMaps *maps, const char *login, OvSlice address, gint64 deadline,
                           gboolean *all, GError **error);

/* TRUE where there are text files, which may change. */
gboolean ov_owner_maps_have_files(const OvOwnerMaps *maps);
/* Reads text files anew that changed; TRUE when one did. A faulty one changes nothing, and error
 * says so as long as it is. One thread at a time. */
gboolean ov_owner_maps_refresh(OvOwnerMaps *maps, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvOwnerMaps, ov_owner_maps_free)
