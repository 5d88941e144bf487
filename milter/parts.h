/* What runs in outvetd beside the mail path: the ledger, alerts, counters, the MTA's log,
 * complaints, suspensions, the queue, the provider, the policy service, the metrics, the control
 * socket. They are started in the order in which they need each other, once privileges are settled,
 * and stopped the other way round. */
#pragma once

#include "milter/metrics.h"
#include "policy/alert/sender_notice.h"
#include "policy/control.h"
#include "policy/delegation/server.h"
#include "policy/delivery/follower.h"
#include "policy/dns_watch.h"
#include "policy/feedback/complaint_counter.h"
#include "policy/limits/counters_redis.h"
#include "policy/limits/keeper.h"
#include "policy/limits/limits.h"
#include "policy/limits/suspensions_redis.h"
#include "policy/provider/poller.h"
#include "policy/queue/queue_keeper.h"
#include "policy/samples/samples.h"

/* Each is NULL before it is started, and where there is none; none changes while mail is served. */
typedef struct {
    OvAlerts *alerts; /* there from the beginning; lives as long as the process */
    OvLimits *limits; /* there from the beginning, its counters empty until the keeper is started */
    OvLedger *ledger;
    OvSenderNotices *sender_notices;
    OvKeeper *keeper;                      /* of the counters */
    OvCountersRedis *counters_redis;       /* none: the counters are local */
    OvSuspensionsRedis *suspensions_redis; /* likewise the suspensions */
    OvFollower *follower;                  /* none: no log is followed */
    OvComplaintCounter *complaints;
    OvSuspensions *suspensions;
    OvAllowances *allowances;
    OvQueueKeeper *queue_keeper;
    OvSamples *samples;
    OvPoller *poller; /* of the provider */
    OvDnsWatch *watch;
    OvPolicyServer *policy; /* none: [policy] socket is empty */
    OvMetrics *metrics;     /* none: [metrics] listen is empty */
    OvControl *control;
} OvParts;

/* Starts all of the daemon's parts, by the settings in force. FALSE with error where the ledger or
 * a socket can't be had: then none runs. */
gboolean ov_parts_start(OvDaemon *daemon, GError **error);
/* Stops them. in_use: messages are still in hand, so what these need stays as it is, until the
 * process ends. */
void ov_parts_stop(OvDaemon *daemon, gboolean in_use);
/* At a reload. */
void ov_parts_set(OvDaemon *daemon, OvSettings *settings, OvResolver *resolver);
