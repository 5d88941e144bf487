#include "milter/status.h"

#include "policy/time_text.h"

#include <unistd.h>

static json_t *dns_status(const OvSnapshot *snapshot) {
    OvResolverStatus status;

    if (!snapshot->resolver)
        return json_pack("{s:s, s:s}", "state", "off", "spf", "not judged: [dns] enabled is no");
    ov_resolver_status(snapshot->resolver, &status);
    return json_pack("{s:s, s:s, s:o, s:I, s:I, s:I, s:i, s:i, s:I}", "state",
                     status.down ? "down" : "answering", "spf",
                     snapshot->settings->egress.all.n_points > 0
                         ? "judged"
                         : "not judged: [egress] addresses is empty",
                     "since", ov_time_json(status.since), "asked", (json_int_t)status.asked,
                     "from_cache", (json_int_t)status.found_in_cache, "failed",
                     (json_int_t)status.failed, "under_way", (int)status.under_way, "cached",
                     (int)status.cached, "cache_octets", (json_int_t)status.octets);
}

static json_t *lookups_json(const OvLookupsStatus *status) {
    return json_pack("{s:s, s:o, s:s?, s:I, s:I, s:I, s:i, s:i}", "state",
                     status->trouble ? "failing" : "answering", "since",
                     ov_time_json(status->since), "error", status->trouble, "asked",
                     (json_int_t)status->asked, "from_cache", (json_int_t)status->found_in_cache,
                     "failed", (json_int_t)status->failed, "under_way", (int)status->under_way,
                     "cached", (int)status->cached);
}

static json_t *maps_status(OvOwners *owners) {
    g_auto(OvLookupsStatus) status = {.trouble = NULL};

    if (!owners)
        return json_pack("{s:s}", "state", "off");
    ov_owners_status(owners, &status);
    return lookups_json(&status);
}

static json_t *plan_maps_status(OvPlanMaps *maps) {
    g_auto(OvLookupsStatus) status = {.trouble = NULL};

    if (!maps)
        return json_pack("{s:s}", "state", "off");
    ov_plan_maps_status(maps, &status);
    return lookups_json(&status);
}

static json_t *policy_status(OvPolicyServer *policy) {
    OvPolicyStatus status;

    if (!policy)
        return json_pack("{s:s}", "state", "off");
    ov_policy_server_status(policy, &status);
    return json_pack("{s:s, s:i, s:I, s:I}", "state", "listening", "connections",
                     (int)status.connections, "requests", (json_int_t)status.requests, "closed",
                     (json_int_t)status.closed);
}

static json_t *delivery_status(OvFollower *follower) {
    if (!follower)
        return json_pack("{s:s}", "state", "off");
    g_auto(OvFollowerStatus) status;
    ov_follower_status(follower, &status);
    return json_pack(
        "{s:s, s:s?, s:s?, s:I, s:I, s:I, s:I, s:o}", "state", status.state, "log", status.source,
        "trouble", status.trouble, "lines", (json_int_t)status.counts.lines, "events",
        (json_int_t)status.counts.events, "recorded", (json_int_t)status.counts.fresh, "unknown",
        (json_int_t)status.counts.unknown, "last_line", ov_time_json(status.counts.last));
}

static json_t *alerts_status(const OvParts *parts) {
    OvSenderNoticeCounts counts = ov_sender_notices_counts(parts->sender_notices);
    json_t *status = ov_alerts_status(parts->alerts);
    json_object_set_new(status, "senders",
                        json_pack("{s:I, s:I, s:I}", "told", (json_int_t)counts.told, "failed",
                                  (json_int_t)counts.failed, "dropped",
                                  (json_int_t)counts.dropped));
    return status;
}

static json_t *counters_redis_status(OvCountersRedis *redis) {
    OvCountersRedisStatus status;

    if (!redis)
        return json_pack("{s:s}", "state", "off");
    ov_counters_redis_status(redis, &status);
    json_t *told = json_pack(
        "{s:s, s:o, s:s?, s:I, s:I, s:I, s:i}", "state", status.trouble ? "away" : "answering",
        "since", ov_time_json(status.since), "error", status.trouble, "decided",
        (json_int_t)status.asked, "asked_again", (json_int_t)status.again, "decided_alone",
        (json_int_t)status.alone, "untold", (int)status.untold);
    g_free(status.trouble);
    return told;
}

static json_t *counters_status(const OvParts *parts) {
    OvCountersStatus status;

    ov_counters_status(ov_limits_counters(parts->limits), &status);
    return json_pack("{s:i, s:i, s:I, s:o}", "subjects", (int)status.subjects, "reserved",
                     (int)status.reserved, "forgotten", (json_int_t)status.forgotten, "redis",
                     counters_redis_status(parts->counters_redis));
}

static json_t *commits_json(OvLedger *ledger) {
    OvLedgerCommits commits;
    ov_ledger_commits(ledger, &commits);
    return json_pack("{s:I, s:I, s:i, s:o}", "done", (json_int_t)commits.commits, "failed",
                     (json_int_t)commits.failed, "waiting", (int)commits.waiting, "last",
                     ov_time_json(commits.last));
}

static json_t *suspensions_json(OvSuspensions *suspensions) {
    g_autoptr(OvSuspensionList) list = ov_suspensions_list(suspensions);
    return json_pack("{s:i, s:I}", "in_force", list ? (int)ov_suspension_list_length(list) : 0,
                     "by_outvet", (json_int_t)ov_suspensions_added(suspensions));
}

static json_t *complaints_json(OvComplaintCounter *complaints) {
    OvComplaintCounts counts = ov_complaint_counter_counts(complaints);
    return json_pack("{s:I, s:I}", "counted", (json_int_t)counts.counted, "not_ours",
                     (json_int_t)counts.not_ours);
}

static json_t *messages_json(const OvDaemonCounts *counts) {
    json_t *messages = json_object();
    for (guint i = 0; i < OV_N_VERDICTS; i++)
        json_object_set_new(messages, ov_verdict_name((OvVerdictKind)i),
                            json_integer((json_int_t)counts->verdicts[i]));
    return messages;
}

json_t *ov_status_json(OvDaemon *daemon) {
    g_autoptr(OvSnapshot) snapshot = ov_daemon_snapshot(daemon);
    g_autoptr(OvStanding) standing = ov_daemon_standing(daemon);
    const OvRuleset *ruleset = ov_judge_ruleset(snapshot->judge);
    const OvParts *parts = ov_daemon_parts(daemon);
    OvDaemonCounts counts;
    ov_daemon_counts(daemon, &counts);
    json_t *told = json_pack(
        "{s:b, s:s, s:s, s:i, s:o, s:I, s:o, s:b, s:s, s:i, s:b, s:o, s:I, s:i, s:i, "
        "s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
        "ok", 1, "version", OV_VERSION, "node", snapshot->settings->node, "pid", (int)getpid(),
        "started", ov_time_json(counts.started), "uptime",
        (json_int_t)(counts.uptime / G_USEC_PER_SEC), "reloaded", ov_time_json(counts.reloaded),
        "stopping", counts.stopping, "ruleset", ov_ruleset_digest(ruleset), "rules",
        (int)ov_ruleset_n_rules(ruleset), "shadow", snapshot->settings->shadow, "messages",
        messages_json(&counts), "errors", (json_int_t)counts.errors, "connections",
        counts.connections, "in_hand", (int)counts.in_hand, "ledger",
        ov_ledger_failing(parts->ledger) ? "failing" : "ok", "history",
        ov_ledger_recalling(parts->ledger) ? "filling" : "ok", "dns", dns_status(snapshot),
        "login_maps", maps_status(snapshot->owners), "delivery_log",
        delivery_status(parts->follower), "policy", policy_status(parts->policy), "alerts",
        alerts_status(parts), "egress", ov_standing_addresses_json(standing), "domain_lists",
        ov_standing_domain_lists_json(standing), "mailboxes", ov_standing_mailboxes_json(standing));
    json_object_set_new(told, "latency", ov_latency_json(&counts.latency));
    json_object_set_new(told, "ledger_commits", commits_json(parts->ledger));
    json_object_set_new(told, "suspensions", suspensions_json(parts->suspensions));
    json_object_set_new(told, "complaints", complaints_json(parts->complaints));
    json_object_set_new(told, "plan_maps", plan_maps_status(snapshot->plan_maps));
    json_object_set_new(told, "spf",
                        ov_spf_doubt_json(ov_daemon_spf_doubt(daemon), g_get_real_time()));
    json_object_set_new(told, "samples", ov_samples_status(parts->samples));
    json_object_set_new(told, "counters", counters_status(parts));
    json_object_set_new(told, "queue_agent", ov_queue_keeper_status(parts->queue_keeper));
    json_object_set_new(told, "provider", ov_poller_status(parts->poller));
    return told;
}
