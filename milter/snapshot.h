/* Settings and rules in force, with what they need to be asked: name servers, maps. Immutable;
 * shared by reference, and replaced whole at a reload. */
#pragma once

#include "policy/alert/alert.h"
#include "policy/limits/plan_maps.h"
#include "policy/ownership.h"
#include "policy/traps.h"
#include "rules/judge.h"

/* Settings and rules that belong together; one message is judged under one of them. */
typedef struct {
    gatomicrefcount references;
    OvSettings *settings;
    OvJudge *judge;
    OvResolver *resolver;  /* NULL where [dns] is off */
    OvOwners *owners;      /* NULL where there is no map of logins and addresses */
    OvPlanMaps *plan_maps; /* NULL where there is no map of accounts and plans */
    OvOwnerText *traps;    /* NULL where no trap is known */
} OvSnapshot;

/* Reads settings (file as in ov_settings_load) and the rules they name; keep as in
 * ov_settings_ruleset. before: the snapshot in force, whose resolver with all its answers is kept
 * where [dns] did not change; or NULL. alerts: takes what the resolver and the maps have trouble
 * with, and outlives them. */
OvSnapshot *ov_snapshot_load(const char *file, gboolean keep, const OvSnapshot *before,
                             OvAlerts *alerts, GError **error);
/* Logs what was wrong with the cache of phrases, if anything. */
void ov_snapshot_log(OvSnapshot *snapshot);
void ov_snapshot_unref(OvSnapshot *snapshot);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvSnapshot, ov_snapshot_unref)
