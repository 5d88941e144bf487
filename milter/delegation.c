#include "milter/delegation.h"

#include "policy/delegation/decide.h"

/* A look-up in a map of logins may be waited for: others go on meanwhile. */
enum { THREADS = 4 };

static void answer_requests(const OvPolicyRequest *requests, GString *const *answers, guint n,
                            gpointer data) {
    g_autoptr(OvSnapshot) snapshot = ov_daemon_snapshot(data);
    g_autoptr(OvSuspensionList) suspended = ov_daemon_suspension_list(data);
    OvPolicyMeans means = {
        .settings = snapshot->settings,
        .ownership = snapshot->owners ? ov_owners_ownership(snapshot->owners) : NULL,
        .plan_maps = snapshot->plan_maps,
        .limits = ov_daemon_parts(data)->limits,
        .suspensions = ov_daemon_parts(data)->suspensions,
        .suspended = suspended,
        .alerts = ov_daemon_parts(data)->alerts,
    };
    ov_policy_decide(requests, n, &means, answers);
}

OvPolicyServer *ov_delegation_start(OvDaemon *daemon, const OvSettings *settings, GError **error) {
    OvPolicyPlace place = {
        .socket = settings->policy_socket,
        .group = settings->policy_socket_group,
        .threads = THREADS,
    };
    return ov_policy_server_start(&place, answer_requests, daemon, error);
}
