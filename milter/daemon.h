/* What all connections share: settings and rules in force, ledger, counters, and whether outvetd is
 * going down. Thread-safe but for new and free. */
#pragma once

#include "milter/latency.h"
#include "milter/parts.h"
#include "milter/snapshot.h"
#include "policy/message_id.h"
#include "policy/spf_doubt.h"

/* Takes the snapshot over; borrows alerts. file is read again at reload. */
OvDaemon *ov_daemon_new(const char *file, OvSnapshot *snapshot, OvAlerts *alerts);
/* When its parts are stopped. */
void ov_daemon_free(OvDaemon *daemon);
/* Never NULL; the daemon's own. */
OvParts *ov_daemon_parts(OvDaemon *daemon);
/* As ov_suspensions_list; NULL also before they are started. */
OvSuspensionList *ov_daemon_suspension_list(OvDaemon *daemon);
/* How the egress addresses stand; NULL where that is not known yet. Only while a message is in
 * hand, or the control socket or the metrics are served. The caller gives it back with
 * ov_standing_unref. */
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
/* took: from the end of the message to its answer, microseconds. */
void ov_daemon_count_verdict(OvDaemon *daemon, OvVerdictKind verdict, gint64 took);
void ov_daemon_count_error(OvDaemon *daemon);

/* Takes no new messages and waits for those in hand, at most timeout microseconds. Returns how many
 * are left. */
guint ov_daemon_stop(OvDaemon *daemon, gint64 timeout);

enum { OV_N_VERDICTS = OV_VERDICT_REJECT + 1 };

/* For `outvet status`. */
typedef struct {
    gint64 started, reloaded; /* microseconds since the epoch; reloaded 0: never */
    gint64 uptime;            /* microseconds, whatever became of the clock */
    gboolean stopping;
    guint in_hand;
    gint connections;
    guint64 verdicts[OV_N_VERDICTS], errors;
    OvLatency latency;
} OvDaemonCounts;
void ov_daemon_counts(OvDaemon *daemon, OvDaemonCounts *counts);
