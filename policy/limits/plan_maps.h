/* Which plan an account has, by look-up: the maps of [accounts] plan_maps, asked as
 * policy/lookups.h does. Thread-safe. */
#pragma once

#include "policy/lookups.h"
#include "policy/settings.h"

typedef struct OvPlanMaps OvPlanMaps;

/* *maps is NULL where no map is set. FALSE with a sentence where a text file is faulty. Takes a
 * reference to the settings. */
gboolean ov_plan_maps_new(OvSettings *settings, OvLookupsChange change, gpointer data,
                          OvPlanMaps **maps, GError **error);
/* Ends the threads, as ov_lookups_free. */
void ov_plan_maps_free(OvPlanMaps *maps);

/* Begins to look up an account. */
void ov_plan_maps_ask(OvPlanMaps *maps, const char *account);
/* The plan that the first map which lists the account gives it, of the settings; waits until
 * [accounts] map_time_limit after since (monotonic microseconds) at most. NULL where no map lists
 * it, nothing is known in time, or there is no such plan of accounts, which is logged once: the
 * account has then the first [plan] that takes it. maps may be NULL. */
const OvPlan *ov_plan_maps_find(OvPlanMaps *maps, const char *account, gint64 since);

void ov_plan_maps_status(OvPlanMaps *maps, OvLookupsStatus *status);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvPlanMaps, ov_plan_maps_free)
