#include "policy/spf_doubt.h"

#include "policy/log.h"
#include "policy/spf_ring.h"
#include "policy/time_text.h"

struct OvSpfDoubt {
    OvAlerts *alerts;
    GMutex lock; /* of all that follows */
    OvSpfRing *ring;
    gboolean on;
    gint64 since; /* 0: not on */
};

OvSpfDoubt *ov_spf_doubt_new(OvAlerts *alerts) {
    OvSpfDoubt *doubt = g_new0(OvSpfDoubt, 1);
    doubt->alerts = alerts;
    g_mutex_init(&doubt->lock);
    doubt->ring = ov_spf_ring_new();
    return doubt;
}

void ov_spf_doubt_free(OvSpfDoubt *doubt) {
    if (!doubt)
        return;
    ov_spf_ring_free(doubt->ring);
    g_mutex_clear(&doubt->lock);
    g_free(doubt);
}

static void tell_change(OvAlerts *alerts, gboolean on, const OvSpfTally *tally) {
    static const char doubt[] =
        "SPF fails for so many domains that the addresses of [egress] are probably wrong; until "
        "fewer fail, it holds no mail";
    g_autofree char *results = g_strdup_printf("%u", tally->results);
    g_autofree char *failing = g_strdup_printf("%u", tally->failing);
    g_autofree char *domains = g_strdup_printf("%u", tally->failing_domains);
    const char *const details[] = {"results",         results, "failing", failing,
                                   "failing-domains", domains, NULL};
    ov_log(on ? OV_LOG_WARNING : OV_LOG_INFO, NULL, "event", "spf", "state", on ? "doubtful" : "ok",
           "results", results, "failing", failing, "failing-domains", domains, "error",
           on ? doubt : NULL, NULL);
    ov_alerts_raise(alerts, &(OvAlert){
                                .kind = OV_ALERT_TROUBLE,
                                .subject = "spf",
                                .reason = on ? doubt : "SPF is trusted again: few domains fail",
                                .advice = on ? "outvet config detect tells which addresses Postfix "
                                               "sends from."
                                             : NULL,
                                .details = details,
                            });
}

/* Under the lock. Results grow old by themselves. */
static OvSpfTally update(OvSpfDoubt *doubt, gint64 now) {
    OvSpfTally tally = ov_spf_ring_tally(doubt->ring, now);
    gboolean on = doubt->on ? !ov_spf_tally_is_good(&tally) : ov_spf_tally_is_bad(&tally);
    if (on != doubt->on)
        tell_change(doubt->alerts, on, &tally);
    if (on != doubt->on)
        doubt->since = on ? now : 0;
    doubt->on = on;
    return tally;
}

void ov_spf_doubt_note(OvSpfDoubt *doubt, const char *domain, gboolean failed, gint64 now) {
    g_mutex_lock(&doubt->lock);
    ov_spf_ring_add(doubt->ring, domain, failed, now);
    update(doubt, now);
    g_mutex_unlock(&doubt->lock);
}

gboolean ov_spf_doubt_is_on(OvSpfDoubt *doubt, gint64 now) {
    g_mutex_lock(&doubt->lock);
    if (doubt->on)
        update(doubt, now);
    gboolean on = doubt->on;
    g_mutex_unlock(&doubt->lock);
    return on;
}

void ov_spf_doubt_reset(OvSpfDoubt *doubt) {
    g_mutex_lock(&doubt->lock);
    ov_spf_ring_clear(doubt->ring);
    doubt->on = FALSE;
    doubt->since = 0;
    g_mutex_unlock(&doubt->lock);
}

json_t *ov_spf_doubt_json(OvSpfDoubt *doubt, gint64 now) {
    g_mutex_lock(&doubt->lock);
    OvSpfTally tally = update(doubt, now);
    json_t *told =
        json_pack("{s:s, s:o, s:i, s:i, s:i}", "state", doubt->on ? "doubtful" : "ok", "since",
                  ov_time_json(doubt->since), "results", (int)tally.results, "failing",
                  (int)tally.failing, "failing_domains", (int)tally.failing_domains);
    g_mutex_unlock(&doubt->lock);
    return told;
}
