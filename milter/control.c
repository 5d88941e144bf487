#include "milter/control.h"

#include "milter/status.h"
#include "policy/limits/top.h"
#include "policy/provider/hosting.h"

enum { MOST_AT_TOP = 200 };

/* What settings that are right can't be worked by. Asks nobody. */
static json_t *warnings(OvSettings *settings) {
    g_autoptr(GError) error = NULL;
    json_t *told = json_array();
    ov_hosting_free(ov_hosting_new(settings, &error));
    if (error) {
        g_autofree char *trouble = g_utf8_make_valid(error->message, -1);
        json_array_append_new(told, json_sprintf("the provider can't be asked: %s", trouble));
    }
    return told;
}

static json_t *reload(OvDaemon *daemon) {
    g_autoptr(GError) error = NULL;
    g_autofree char *restart = NULL;

    if (!ov_daemon_reload(daemon, &restart, &error))
        return json_pack("{s:b, s:s}", "ok", 0, "error", error->message);
    g_autoptr(OvSnapshot) snapshot = ov_daemon_snapshot(daemon);
    return json_pack("{s:b, s:s, s:i, s:s, s:o}", "ok", 1, "ruleset",
                     ov_ruleset_digest(ov_judge_ruleset(snapshot->judge)), "rules",
                     (int)ov_ruleset_n_rules(ov_judge_ruleset(snapshot->judge)), "needs_restart",
                     restart, "warnings", warnings(snapshot->settings));
}

static json_t *done_or_not(gboolean done, const GError *error) {
    return done ? json_pack("{s:b}", "ok", 1)
                : json_pack("{s:b, s:s}", "ok", 0, "error", error->message);
}

static json_t *take_suspensions(OvDaemon *daemon) {
    g_autoptr(GError) error = NULL;
    gboolean done = ov_suspensions_refresh(ov_daemon_parts(daemon)->suspensions, &error);
    ov_queue_keeper_wake(ov_daemon_parts(daemon)->queue_keeper);
    return done_or_not(done, error);
}

static json_t *take_allowances(OvDaemon *daemon) {
    g_autoptr(GError) error = NULL;
    gboolean done = ov_allowances_refresh(ov_daemon_parts(daemon)->allowances, &error);
    return done_or_not(done, error);
}

static json_t *top(OvDaemon *daemon, json_t *request) {
    const char *kind_name = json_string_value(json_object_get(request, "kind"));
    const char *order_name = json_string_value(json_object_get(request, "by"));
    json_int_t most = json_integer_value(json_object_get(request, "most"));
    OvSubjectKind kind;
    OvTopOrder order;

    if (!kind_name || !ov_subject_kind_from_name(kind_name, &kind) || !order_name ||
        !ov_top_order_from_name(order_name, &order) || most < 1 || most > MOST_AT_TOP)
        return json_pack("{s:b, s:s}", "ok", 0, "error", "top needs a kind, an order and a number");
    return json_pack("{s:b, s:o}", "ok", 1, "top",
                     ov_top_json(ov_limits_counters(ov_daemon_parts(daemon)->limits), kind, order,
                                 (guint)most, g_get_real_time()));
}

/* The command has recorded what is to be done. */
static json_t *wake_poller(OvDaemon *daemon) {
    ov_poller_wake(ov_daemon_parts(daemon)->poller);
    return json_pack("{s:b}", "ok", 1);
}

static json_t *test_alerts(OvDaemon *daemon) {
    return json_pack("{s:b, s:o}", "ok", 1, "channels",
                     ov_alerts_test(ov_daemon_parts(daemon)->alerts));
}

json_t *ov_control_answer(const char *command, json_t *request, gpointer data) {
    if (g_str_equal(command, "status"))
        return ov_status_json(data);
    if (g_str_equal(command, "reload"))
        return reload(data);
    if (g_str_equal(command, "suspensions"))
        return take_suspensions(data);
    if (g_str_equal(command, "allowances"))
        return take_allowances(data);
    if (g_str_equal(command, "provider"))
        return wake_poller(data);
    if (g_str_equal(command, "alert test"))
        return test_alerts(data);
    if (g_str_equal(command, "top"))
        return top(data, request);
    g_autofree char *sentence =
        g_strdup_printf("outvetd " OV_VERSION " knows no command \"%.40s\"", command);
    return json_pack("{s:b, s:s}", "ok", 0, "error", sentence);
}
