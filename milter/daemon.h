/* What all connections share: settings and rules in force, ledger, counters, and whether outvetd is
 * going down. Thread-safe but for new and free. */
#pragma once

#include "policy/alert/sender_notice.h"
#include "policy/delegation/server.h"
#include "policy/delivery/follower.h"
#include "policy/dns_watch.h"
#include "policy/ledger/ledger.h"
#include "policy/limits/counters_redis.h"
#include "policy/limits/limits.h"
#include "policy/limits/plan_maps.h"
#include "policy/limits/suspension.h"
#include "policy/message_id.h"
#include "policy/ownership.h"
#include "policy/provider/poller.h"
#include "policy/queue/queue_keeper.h"
#include "policy/samples/samples.h"
#include "policy/spf_doubt.h"

#include <jansson.h>

typedef struct OvDaemon OvDaemon;

/* Settings and rules that belong together; one message is judged under one of them. */
typedef struct {
    gatomicrefcount references;
    OvSettings *settings;
    OvJudge *judge;
    OvResolver *resolver;  /* NULL where [dns] is off */
    OvOwners *owners;      /* NULL where there is no map of logins and addresses */
    OvPlanMaps *plan_maps; /* NULL where there is no map of accounts and plans */
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

/* Takes the snapshot over; borrows alerts, and the ledger, which is opened when privileges are
 * settled. file is read again at reload. */
OvDaemon *ov_daemon_new(const char *file, OvSnapshot *snapshot, OvAlerts *alerts);
OvAlerts *ov_daemon_alerts(OvDaemon *daemon);
/* Borrowed; NULL before it is set. Before mail is taken. */
void ov_daemon_set_sender_notices(OvDaemon *daemon, OvSenderNotices *notices);
OvSenderNotices *ov_daemon_sender_notices(OvDaemon *daemon);
void ov_daemon_free(OvDaemon *daemon);
void ov_daemon_set_ledger(OvDaemon *daemon, OvLedger *ledger);
OvLedger *ov_daemon_ledger(OvDaemon *daemon);
/* What mail is held against and counted by; there from the start, the counters without what the
 * ledger has of them until ov_keeper_start. */
OvLimits *ov_daemon_limits(OvDaemon *daemon);
/* Borrows what shares the counters with other nodes, for its status; NULL where nothing does.
 * Before the control socket serves. */
void ov_daemon_set_counters_redis(OvDaemon *daemon, OvCountersRedis *redis);
/* Borrowed, for `outvet status`; NULL where no log is followed. Before the control socket serves.
 */
void ov_daemon_set_follower(OvDaemon *daemon, OvFollower *follower);
OvFollower *ov_daemon_follower(OvDaemon *daemon);
/* Borrows the policy service, for its status; NULL where there is none. */
void ov_daemon_set_policy(OvDaemon *daemon, OvPolicyServer *policy);
/* Borrows what is suspended; before mail is served. */
void ov_daemon_set_suspensions(OvDaemon *daemon, OvSuspensions *suspensions);
OvSuspensions *ov_daemon_suspensions(OvDaemon *daemon);
/* Borrowed, for `outvet status`, reloads and news of suspensions. Before the control socket serves.
 */
void ov_daemon_set_queue_keeper(OvDaemon *daemon, OvQueueKeeper *keeper);
OvQueueKeeper *ov_daemon_queue_keeper(OvDaemon *daemon);
/* Borrows who asks the provider; before the control socket serves. */
void ov_daemon_set_poller(OvDaemon *daemon, OvPoller *poller);
OvPoller *ov_daemon_poller(OvDaemon *daemon);
/* As ov_suspensions_list; NULL also before they are set. */
OvSuspensionList *ov_daemon_suspension_list(OvDaemon *daemon);
/* Borrows what is announced and eased; before mail is served. */
void ov_daemon_set_allowances(OvDaemon *daemon, OvAllowances *allowances);
OvAllowances *ov_daemon_allowances(OvDaemon *daemon);
/* Borrows what takes samples; NULL where none are taken. Before mail is served. */
void ov_daemon_set_samples(OvDaemon *daemon, OvSamples *samples);
OvSamples *ov_daemon_samples(OvDaemon *daemon);
/* Begins to watch how the egress addresses stand; once privileges are settled, and before the
 * control socket serves. */
void ov_daemon_watch_dns(OvDaemon *daemon);
/* Ends that, when no message is in hand. */
void ov_daemon_unwatch_dns(OvDaemon *daemon);
/* How they stand; NULL where that is not known yet. Only while a message is in hand, or the control
 * socket is served. The caller gives it back with ov_standing_unref. */
OvStanding *ov_daemon_standing(OvDaemon *daemon);
/* Whether the egress addresses are to be doubted. */
OvSpfDoubt *ov_daemon_spf_doubt(OvDaemon *daemon);
gint64 ov_daemon_next_id(OvDaemon *daemon);

/* The snapshot in force; the caller gives it back with ov_snapshot_unref. */
OvSnapshot *ov_daemon_snapshot(OvDaemon *daemon);

/* Reads everything again and puts it in force for messages that begin from now on. FALSE: nothing
 * changed. Logs either way. restart: what changed and takes effect only at the next start
 * ("[milter] socket, [ledger] path"), "" for nothing; the caller frees it. */
gboolean ov_daemon_reload(OvDaemon *daemon, char **restart, GError **error);

/* Connections, counted for `outvet status`. */
void ov_daemon_connected(OvDaemon *daemon, gint change);
/* A message begins: TRUE when it counts as in hand (and needs an ov_daemon_end); FALSE when outvetd
 * goes down and the message must be answered with a tempfail. */
gboolean ov_daemon_begin(OvDaemon *daemon);
void ov_daemon_end(OvDaemon *daemon);
void ov_daemon_count_verdict(OvDaemon *daemon, OvVerdictKind verdict);
void ov_daemon_count_error(OvDaemon *daemon);

/* Takes no new messages and waits for those in hand, at most timeout microseconds. Returns how many
 * are left. */
guint ov_daemon_stop(OvDaemon *daemon, gint64 timeout);

/* Answers the control socket: status, reload, suspensions and allowances (the ledger's changed),
 * provider (an incident is to be looked at). data is the OvDaemon. */
json_t *ov_daemon_answer(const char *command, json_t *request, gpointer data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvSnapshot, ov_snapshot_unref)
