/* Which plan an account has by look-up: files, tables, what is no plan, and trouble. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/delegation/decide.h"
#include "policy/log.h"
#include "tests/unit/ownership_place.h"
#include "tests/unit/socketmap_server.h"

#include <sqlite3.h>

/* Stands in for policy/log.c. */
static gint logged;

void ov_log(OvLogLevel level, const char *queue_id, ...) {
    (void)level;
    (void)queue_id;
    g_atomic_int_inc(&logged);
}

static const char PLANS[] = "[plan gold]\nfor =\nrecipients = 1000/hour\n"
                            "[plan silver]\nfor =\nrecipients = 100/hour\n"
                            "[plan forms]\nof = script\nmessages = 1/hour\n"
                            "[plan default]\nrecipients = 10/hour\n";

static OvSettings *plan_settings(const char *words, const char *limit) {
    g_autofree char *text = g_strdup_printf(
        "[accounts]\nplan_maps = %s\nmap_time_limit = %s\n[mta]\npostfix_config_directory = %s\n%s",
        words, limit, directory, PLANS);
    g_autoptr(GError) error = NULL;
    OvSettings *settings = ov_settings_parse(text, strlen(text), "test.conf", &error);
    if (!settings)
        fail_msg("%s", error->message);
    return settings;
}

static OvPlanMaps *maps_of(const char *words, const char *limit) {
    g_autoptr(OvSettings) settings = plan_settings(words, limit);
    g_autoptr(GError) error = NULL;
    OvPlanMaps *maps;
    if (!ov_plan_maps_new(settings, NULL, NULL, &maps, &error))
        fail_msg("%s", error->message);
    return maps;
}

static const char *plan_of(OvPlanMaps *maps, const char *account) {
    const OvPlan *plan = ov_plan_maps_find(maps, account, g_get_monotonic_time());
    return plan ? plan->name : "";
}

static void test_a_file_gives_plans_and_is_read_again(void **state) {
    (void)state;
    g_autofree char *file =
        put("plans", "# who pays\n*@gold.example silver\nanna@gold.example gold\n"
                     "shop? silver\n* gold\n");
    g_autofree char *words = g_strdup_printf("text:%s", file);
    g_autoptr(OvPlanMaps) maps = maps_of(words, "30s");
    assert_string_equal(plan_of(maps, "anna@gold.example"), "gold"); /* before the patterns */
    assert_string_equal(plan_of(maps, "bert@gold.example"), "silver");
    assert_string_equal(plan_of(maps, "shop1"), "silver");
    assert_string_equal(plan_of(maps, "shop11"), "gold");
    g_free(put("plans", "shop11 silver\n"));
    gint64 end = g_get_monotonic_time() + patience;
    while (strcmp(plan_of(maps, "shop11"), "silver") != 0 && g_get_monotonic_time() < end)
        g_usleep(20 * 1000);
    assert_string_equal(plan_of(maps, "shop11"), "silver");
    assert_string_equal(plan_of(maps, "anna@gold.example"), "");
}

static void test_a_faulty_file_is_refused_with_its_line(void **state) {
    (void)state;
    static const struct {
        const char *text, *words;
    } CASES[] = {
        {"shop gold\nboss\n", "plans:2: no plan follows the name."},
        {"shop gold silver\n", "plans:1: a name has one plan."},
    };
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autofree char *file = put("plans", CASES[i].text);
        g_autofree char *words = g_strdup_printf("text:%s", file);
        g_autoptr(OvSettings) settings = plan_settings(words, "1s");
        g_autoptr(GError) error = NULL;
        OvPlanMaps *maps;
        assert_false(ov_plan_maps_new(settings, NULL, NULL, &maps, &error));
        assert_true(g_str_has_suffix(error->message, CASES[i].words));
    }
}

static void test_wrong_maps_are_told_by_the_settings(void **state) {
    (void)state;
    static const char *const CASES[] = {"postfix", "gold", "text:plans", "sqlite:plans.cf"};
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autofree char *text = g_strdup_printf("[accounts]\nplan_maps = %s\n", CASES[i]);
        g_autoptr(GError) error = NULL;
        assert_null(ov_settings_parse(text, strlen(text), "test.conf", &error));
        assert_non_null(strstr(error->message, "plan_maps"));
    }
    g_autoptr(OvSettings) none = plan_settings("", "1s");
    OvPlanMaps *maps;
    assert_true(ov_plan_maps_new(none, NULL, NULL, &maps, NULL));
    assert_null(maps);
    assert_null(ov_plan_maps_find(NULL, "shop", 0));
}

static void test_a_database_gives_plans(void **state) {
    (void)state;
    g_autofree char *path = g_build_filename(directory, "plans.sqlite", NULL);
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db,
                                  "CREATE TABLE customers (login TEXT, plan TEXT);"
                                  "INSERT INTO customers VALUES ('shop', ' gold '), ('o''hara',"
                                  " 'silver');",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(db);
    g_autofree char *text = g_strdup_printf(
        "dbpath = %s\nquery = SELECT plan FROM customers WHERE login = '%%s'\n", path);
    g_autofree char *file = put("plans.cf", text);
    g_autofree char *list = put("plans", "boss silver\nshop silver\n");
    g_autofree char *words = g_strdup_printf("sqlite:%s, text:%s", file, list);
    g_autoptr(OvPlanMaps) maps = maps_of(words, "30s");
    assert_string_equal(plan_of(maps, "shop"), "gold"); /* the first map that lists it */
    assert_string_equal(plan_of(maps, "o'hara"), "silver");
    assert_string_equal(plan_of(maps, "boss"), "silver");
    assert_string_equal(plan_of(maps, "' OR 1 = 1 --"), "");
}

static void test_answers_are_kept_and_a_plan_that_there_is_not_is_logged_once(void **state) {
    (void)state;
    SocketmapServer *server = socketmap_server_start(directory, "11:OK platinum,", 0);
    g_autofree char *words =
        g_strdup_printf("socketmap:unix:%s:plans", socketmap_server_path(server));
    g_autoptr(OvPlanMaps) maps = maps_of(words, "30s");
    g_atomic_int_set(&logged, 0);
    for (guint i = 0; i < 10; i++) {
        assert_string_equal(plan_of(maps, "shop"), "");
        assert_string_equal(plan_of(maps, "boss"), "");
    }
    assert_int_equal(socketmap_server_questions(server), 2);
    assert_int_equal(g_atomic_int_get(&logged), 1);
    socketmap_server_reply(server, "8:OK forms,"); /* a plan of scripts is none of accounts */
    assert_string_equal(plan_of(maps, "third"), "");
    assert_int_equal(g_atomic_int_get(&logged), 2);
    socketmap_server_reply(server, "7:OK gold,");
    ov_plan_maps_ask(maps, "fourth");
    assert_string_equal(plan_of(maps, "fourth"), "gold");
    assert_string_equal(socketmap_server_asked(server), "12:plans fourth,");
    OvLookupsStatus status;
    ov_plan_maps_status(maps, &status);
    assert_int_equal(status.cached, 4);
    ov_lookups_status_clear(&status);
    socketmap_server_stop(server);
}

static void test_no_answer_in_time_leaves_the_settings_plan(void **state) {
    (void)state;
    SocketmapServer *server = socketmap_server_start(directory, "7:OK gold,", 0);
    socketmap_server_hold(server, TRUE);
    g_autofree char *words =
        g_strdup_printf("socketmap:unix:%s:plans", socketmap_server_path(server));
    g_autoptr(OvPlanMaps) maps = maps_of(words, "1ms");
    assert_string_equal(plan_of(maps, "shop"), "");
    socketmap_server_hold(server, FALSE);
    gint64 end = g_get_monotonic_time() + patience;
    while (strcmp(plan_of(maps, "shop"), "gold") != 0 && g_get_monotonic_time() < end)
        g_usleep(20 * 1000);
    assert_string_equal(plan_of(maps, "shop"), "gold"); /* the late answer serves the next */
    socketmap_server_stop(server);
}

static void test_a_map_in_trouble_is_told_and_no_later_one_decides(void **state) {
    (void)state;
    SocketmapServer *server = socketmap_server_start(directory, "8:TEMP sql,", 0);
    g_autofree char *list = put("plans", "* gold\n");
    g_autofree char *words =
        g_strdup_printf("socketmap:unix:%s:plans text:%s", socketmap_server_path(server), list);
    g_autoptr(OvPlanMaps) maps = maps_of(words, "30s");
    assert_string_equal(plan_of(maps, "shop"), "");
    OvLookupsStatus status;
    ov_plan_maps_status(maps, &status);
    assert_non_null(strstr(status.trouble, "sql"));
    assert_int_equal(status.failed, 1);
    ov_lookups_status_clear(&status);
    socketmap_server_stop(server);
}

static void test_names_that_no_table_has_are_not_asked(void **state) {
    (void)state;
    SocketmapServer *server = socketmap_server_start(directory, "7:OK gold,", 0);
    g_autofree char *words =
        g_strdup_printf("socketmap:unix:%s:plans", socketmap_server_path(server));
    g_autoptr(OvPlanMaps) maps = maps_of(words, "30s");
    g_autofree char *large = g_strnfill(1001, 'a');
    assert_string_equal(plan_of(maps, ""), "");
    assert_string_equal(plan_of(maps, "a\nb"), "");
    assert_string_equal(plan_of(maps, "\xff"), "");
    assert_string_equal(plan_of(maps, large), "");
    assert_int_equal(socketmap_server_questions(server), 0);
    socketmap_server_stop(server);
}

static void test_mail_is_held_against_the_plan_that_is_given(void **state) {
    (void)state;
    g_autoptr(OvSettings) settings = plan_settings("", "1s");
    g_autoptr(OvArena) arena = ov_arena_new();
    OvLimits *limits = ov_limits_new();
    OvLimitMail mail = {.account = "shop", .amounts = {{1, 50, 1000}}, .binding = TRUE};
    OvPassed passed;
    gint64 now = G_GINT64_CONSTANT(1795000000) * G_USEC_PER_SEC;
    assert_false(ov_limits_reserve(limits, settings, 1, &mail, now, arena, &passed));
    assert_string_equal(passed.plan->name, "default"); /* not gold: it is nobody's by itself */
    OvPlan silver = settings->plans.plans[1];
    mail.plan = &silver;
    assert_true(ov_limits_reserve(limits, settings, 1, &mail, now, arena, &passed));
    silver.until = now;
    assert_false(ov_limits_reserve(limits, settings, 1, &mail, now, arena, &passed));
    assert_string_equal(passed.plan->name, "default");
    ov_limits_free(limits);
}

/* Requests of three accounts that came together. */
static gpointer decide(gpointer data) {
    static const char *const ACCOUNTS[] = {"anna", "boss", "shop"};
    enum { N = G_N_ELEMENTS(ACCOUNTS) };
    OvPolicyRequest requests[N];
    GString *answers[N];
    GString *all = g_string_new(NULL);
    for (guint i = 0; i < N; i++) {
        requests[i] = (OvPolicyRequest){.state = OV_POLICY_AT_END_OF_MESSAGE, .recipients = 50};
        requests[i].value[OV_POLICY_SASL_USERNAME] = ov_slice(ACCOUNTS[i]);
        requests[i].value[OV_POLICY_CLIENT_ADDRESS] = OV_SLICE_LITERAL("192.0.2.7");
        requests[i].value[OV_POLICY_CLIENT_PORT] = OV_SLICE_LITERAL("4000");
        requests[i].value[OV_POLICY_INSTANCE] = ov_slice(ACCOUNTS[i]);
        answers[i] = g_string_new(NULL);
    }
    ov_policy_decide(requests, N, data, answers);
    for (guint i = 0; i < N; i++) {
        g_string_append_printf(all, "%s\n", answers[i]->str);
        g_string_free(answers[i], TRUE);
    }
    return g_string_free(all, FALSE);
}

static guint under_way(OvPlanMaps *maps) {
    OvLookupsStatus status;
    ov_plan_maps_status(maps, &status);
    ov_lookups_status_clear(&status);
    return status.under_way;
}

static void test_requests_that_come_together_wait_together(void **state) {
    (void)state;
    SocketmapServer *server = socketmap_server_start(directory, "7:OK gold,", 0);
    socketmap_server_hold(server, TRUE);
    g_autofree char *words =
        g_strdup_printf("socketmap:unix:%s:plans", socketmap_server_path(server));
    g_autoptr(OvPlanMaps) maps = maps_of(words, "60s");
    g_autoptr(OvSettings) settings = plan_settings("", "1s");
    OvPolicyMeans means = {.settings = settings, .plan_maps = maps, .limits = ov_limits_new()};
    GThread *thread = g_thread_new("decide", decide, &means);
    gint64 end = g_get_monotonic_time() + patience;
    while (under_way(maps) < 3 && g_get_monotonic_time() < end)
        g_usleep(10 * 1000);
    guint asked = under_way(maps);
    socketmap_server_hold(server, FALSE);
    g_autofree char *answers = g_thread_join(thread);
    assert_int_equal(asked, 3);
    assert_string_equal(answers, "DUNNO\nDUNNO\nDUNNO\n"); /* plan gold; default takes 10 */
    ov_limits_free(means.limits);
    socketmap_server_stop(server);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_file_gives_plans_and_is_read_again),
        cmocka_unit_test(test_a_faulty_file_is_refused_with_its_line),
        cmocka_unit_test(test_wrong_maps_are_told_by_the_settings),
        cmocka_unit_test(test_a_database_gives_plans),
        cmocka_unit_test(test_answers_are_kept_and_a_plan_that_there_is_not_is_logged_once),
        cmocka_unit_test(test_no_answer_in_time_leaves_the_settings_plan),
        cmocka_unit_test(test_a_map_in_trouble_is_told_and_no_later_one_decides),
        cmocka_unit_test(test_names_that_no_table_has_are_not_asked),
        cmocka_unit_test(test_mail_is_held_against_the_plan_that_is_given),
        cmocka_unit_test(test_requests_that_come_together_wait_together),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
