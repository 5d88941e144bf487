#include "milter/snapshot.h"

#include "policy/log.h"

static void alert_trouble(OvAlerts *alerts, const char *subject, const char *reason) {
    ov_alerts_raise(alerts,
                    &(OvAlert){.kind = OV_ALERT_TROUBLE, .subject = subject, .reason = reason});
}

static void tell_dns(gboolean down, gpointer alerts) {
    static const char silence[] =
        "no name server answers; until one does, no message waits for DNS "
        "and what it would tell is unknown";
    if (down)
        ov_log(OV_LOG_WARNING, NULL, "event", "dns", "state", "down", "error", silence, NULL);
    else
        ov_log(OV_LOG_INFO, NULL, "event", "dns", "state", "answering", NULL);
    alert_trouble(alerts, "dns", down ? silence : "a name server answers again");
}

/* event: of the log; what: of the alert. */
static void tell_lookups(const char *trouble, const char *event, const char *what,
                         OvAlerts *alerts) {
    if (trouble)
        ov_log(OV_LOG_WARNING, NULL, "event", event, "state", "failing", "error", trouble, NULL);
    else
        ov_log(OV_LOG_INFO, NULL, "event", event, "state", "answering", NULL);
    alert_trouble(alerts, what, trouble ? trouble : "the maps answer again");
}

static void tell_maps(const char *trouble, gpointer alerts) {
    tell_lookups(trouble, "login-maps", "login maps", alerts);
}

static void tell_plan_maps(const char *trouble, gpointer alerts) {
    tell_lookups(trouble, "plan-maps", "plan maps", alerts);
}

static gboolean find_resolver(const OvSettings *settings, const OvSnapshot *before,
                              OvAlerts *alerts, OvResolver **resolver, GError **error) {
    if (!before || !ov_settings_same_dns(settings, before->settings))
        return ov_settings_resolver(settings, tell_dns, alerts, resolver, error);
    *resolver = before->resolver ? ov_resolver_ref(before->resolver) : NULL;
    return TRUE;
}

OvSnapshot *ov_snapshot_load(const char *file, gboolean keep, const OvSnapshot *before,
                             OvAlerts *alerts, GError **error) {
    g_autoptr(OvSettings) settings = ov_settings_load(file, error);
    if (!settings)
        return NULL;
    g_autoptr(OvRuleset) ruleset = ov_settings_ruleset(settings, keep, error);
    g_autoptr(OvOwnerText) traps = NULL;
    if (!ruleset || !ov_traps_load(settings, &traps, error))
        return NULL;
    OvResolver *resolver;
    if (!find_resolver(settings, before, alerts, &resolver, error))
        return NULL;
    OvOwners *owners;
    if (!ov_owners_new(settings, tell_maps, alerts, &owners, error)) {
        ov_resolver_unref(resolver);
        return NULL;
    }
    OvPlanMaps *plan_maps;
    if (!ov_plan_maps_new(settings, tell_plan_maps, alerts, &plan_maps, error)) {
        ov_resolver_unref(resolver);
        ov_owners_unref(owners);
        return NULL;
    }

    OvSnapshot *snapshot = g_new(OvSnapshot, 1);
    g_atomic_ref_count_init(&snapshot->references);
    snapshot->settings = g_steal_pointer(&settings);
    snapshot->judge = ov_judge_new(ruleset);
    snapshot->resolver = resolver;
    snapshot->owners = owners;
    snapshot->plan_maps = plan_maps;
    snapshot->traps = g_steal_pointer(&traps);
    return snapshot;
}

void ov_snapshot_log(OvSnapshot *snapshot) {
    const char *trouble =
        ov_phrase_set_cache_trouble(ov_ruleset_phrases(ov_judge_ruleset(snapshot->judge)));
    if (!trouble)
        return;
    g_autofree char *path = ov_settings_phrase_cache(snapshot->settings);
    ov_log(OV_LOG_WARNING, NULL, "event", "phrase-cache", "result", "not used", "path", path,
           "error", trouble, NULL);
}

void ov_snapshot_unref(OvSnapshot *snapshot) {
    if (!snapshot || !g_atomic_ref_count_dec(&snapshot->references))
        return;
    ov_settings_unref(snapshot->settings);
    ov_judge_unref(snapshot->judge);
    ov_resolver_unref(snapshot->resolver);
    ov_owners_unref(snapshot->owners);
    ov_plan_maps_free(snapshot->plan_maps);
    ov_owner_text_free(snapshot->traps);
    g_free(snapshot);
}
