/* policy/limits/suspensions_redis.h: nodes with ledgers of their own, and a real Redis. */
#include "policy/limits/suspension_text.h"
#include "policy/limits/suspensions_redis.h"
#include "rules/init.h"
#include "tests/unit/ledger_place.h"
#include "tests/unit/redis_server.h"

#define LIST "outvet:2:suspensions"

enum { N_NODES = 2 };

static const gint64 HOUR = G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC;
static const char *const NAMES[N_NODES] = {"mx1", "mx2"};

typedef struct {
    OvSettings *settings;
    OvLedger *ledger;
    OvSuspensions *suspensions;
    OvSuspensionsRedis *redis;
} Node;

typedef struct {
    Place *base;
    RedisServer *server;
    OvRedisPlace redis;
    Node nodes[N_NODES];
} Fleet;

static void join(Fleet *fleet, guint i) {
    Node *node = &fleet->nodes[i];
    node->redis = ov_suspensions_redis_start(node->suspensions, node->ledger, &fleet->redis,
                                             NAMES[i], 5 * G_USEC_PER_SEC);
}

static void leave(Fleet *fleet, guint i) {
    ov_suspensions_redis_stop(fleet->nodes[i].redis);
    fleet->nodes[i].redis = NULL;
}

static int begin(void **state) {
    Fleet *fleet = g_new0(Fleet, 1);
    set_up((void **)&fleet->base);
    fleet->server = redis_server_start(NULL);
    fleet->redis.path = redis_server_socket(fleet->server);
    for (guint i = 0; i < N_NODES; i++) {
        Node *node = &fleet->nodes[i];
        g_autofree char *text = g_strdup_printf("[ledger]\npath = %s/state/%s.sqlite\nkey = %s\n",
                                                fleet->base->directory, NAMES[i], fleet->base->key);
        node->settings = ov_settings_parse(text, strlen(text), "test.conf", NULL);
        assert_non_null(node->settings);
        node->ledger = ov_ledger_open(node->settings, NULL);
        assert_non_null(node->ledger);
        node->suspensions = ov_suspensions_start(node->ledger);
    }
    *state = fleet;
    return 0;
}

static int end(void **state) {
    Fleet *fleet = *state;
    for (guint i = 0; i < N_NODES; i++) {
        leave(fleet, i);
        ov_suspensions_stop(fleet->nodes[i].suspensions);
        ov_ledger_close(fleet->nodes[i].ledger);
        ov_settings_unref(fleet->nodes[i].settings);
    }
    redis_server_free(fleet->server);
    tear_down((void **)&fleet->base);
    g_free(fleet);
    return 0;
}

static void change(const Node *node, const char *subject, gboolean ended, gint64 time) {
    OvSuspensionRow row = {.time = time,
                           .subject = subject,
                           .ended = ended,
                           .until = ended ? 0 : G_MAXINT64,
                           .answer = ended ? NULL : "hold",
                           .operator_name = "olga",
                           .reason = "b\xfc"
                                     "cher's \"password\"",
                           .queue = TRUE};
    assert_true(ov_ledger_add_suspension(node->ledger, &row, NULL));
    assert_true(ov_suspensions_refresh(node->suspensions, NULL));
}

/* The account's suspension; NULL for none. Its texts live as long as *list. */
static const OvSuspension *of_account(const Node *node, const char *account,
                                      OvSuspensionList **list) {
    OvSubject subject = {OV_SUBJECT_ACCOUNT, account};
    *list = ov_suspensions_list(node->suspensions);
    return ov_suspension_list_get(*list, &subject);
}

static void wait_for(const Node *node, const char *account, gboolean suspended) {
    for (guint i = 0; i < 200; i++) {
        g_autoptr(OvSuspensionList) list = NULL;
        if ((of_account(node, account, &list) != NULL) == suspended)
            return;
        g_usleep(G_USEC_PER_SEC / 20);
    }
    fail_msg("%s is %s after 10 s", account, suspended ? "not suspended" : "still suspended");
}

static guint changes(const Node *node, const char *subject) {
    g_autoptr(OvArena) arena = ov_arena_new();
    guint n = 0;
    assert_non_null(ov_ledger_suspension_rows(node->ledger, subject, 0, 1000, arena, &n, NULL));
    return n;
}

static void test_what_one_suspends_all_do(void **state) {
    Fleet *fleet = *state;
    const Node *mx1 = &fleet->nodes[0], *mx2 = &fleet->nodes[1];
    join(fleet, 0);
    join(fleet, 1);
    change(mx1, "account:shop", FALSE, g_get_real_time());
    wait_for(mx2, "shop", TRUE);
    g_autoptr(OvSuspensionList) list = NULL;
    const OvSuspension *taken = of_account(mx2, "shop", &list);
    assert_string_equal(taken->operator_name, "olga on mx1");
    assert_string_equal(taken->reason, "b\xef\xbf\xbd"
                                       "cher's \"password\"");
    assert_int_equal(taken->answer, OV_VERDICT_HOLD);
    assert_true(taken->queue && taken->until == G_MAXINT64);
    change(mx2, "account:shop", TRUE, g_get_real_time());
    wait_for(mx1, "shop", FALSE);
    assert_int_equal(changes(mx1, "account:shop"), 2);
    assert_int_equal(changes(mx2, "account:shop"), 2);
}

static void test_what_happened_meanwhile_is_told(void **state) {
    Fleet *fleet = *state;
    const Node *mx1 = &fleet->nodes[0], *mx2 = &fleet->nodes[1];
    gint64 now = g_get_real_time();
    change(mx1, "account:before", FALSE, now - HOUR);
    change(mx1, "account:both", FALSE, now - 3 * HOUR);
    change(mx1, "account:both", TRUE, now - HOUR);
    change(mx2, "account:both", FALSE, now - 2 * HOUR);
    redis_server_stop(fleet->server);
    join(fleet, 0);
    join(fleet, 1);
    change(mx2, "account:away", FALSE, now);
    redis_server_restart(fleet->server);
    wait_for(mx2, "before", TRUE);
    wait_for(mx1, "away", TRUE);
    wait_for(mx2, "both", FALSE); /* the later one holds */
    redis_server_stop(fleet->server);
    redis_server_restart(fleet->server); /* with nothing */
    leave(fleet, 1);
    change(mx1, "account:before", TRUE, now);
    join(fleet, 1);
    wait_for(mx2, "before", FALSE);
    wait_for(mx1, "away", TRUE);
}

static void test_a_change_that_follows_is_later_whatever_the_clock_says(void **state) {
    Fleet *fleet = *state;
    const Node *mx1 = &fleet->nodes[0], *mx2 = &fleet->nodes[1];
    join(fleet, 0);
    join(fleet, 1);
    change(mx1, "account:shop", FALSE, g_get_real_time() + 2 * HOUR);
    wait_for(mx2, "shop", TRUE);
    change(mx1, "account:shop", TRUE, g_get_real_time());
    wait_for(mx2, "shop", FALSE);
}

static void test_what_is_none_is_passed_over(void **state) {
    static const char *const JUNK[] = {
        "",
        "no JSON",
        "[]",
        "{\"subject\":7,\"time\":\"now\"}",
        "{\"subject\":\"accunt:shop\",\"time\":1800000000000000,\"until\":9223372036854775807}",
        "{\"subject\":\"account:junk\",\"time\":-1,\"until\":9223372036854775807}",
        "{\"subject\":\"account:junk\",\"time\":1800000000000000,\"until\":9223372036854775807,"
        "\"answer\":\"accept\"}",
        "{\"subject\":\"account:ju\\nnk\",\"time\":1800000000000000,\"until\":9223372036854775807}",
    };
    Fleet *fleet = *state;
    for (guint i = 0; i < G_N_ELEMENTS(JUNK); i++)
        freeReplyObject(redis_server_ask(fleet->server, "RPUSH", LIST, JUNK[i]));
    change(&fleet->nodes[0], "account:shop", FALSE, g_get_real_time());
    join(fleet, 0);
    join(fleet, 1);
    wait_for(&fleet->nodes[1], "shop", TRUE);
    g_autoptr(OvSuspensionList) list = ov_suspensions_list(fleet->nodes[1].suspensions);
    assert_int_equal(ov_suspension_list_length(list), 1);
}

static void test_the_list_does_not_grow_for_ever(void **state) {
    Fleet *fleet = *state;
    const Node *mx1 = &fleet->nodes[0], *mx2 = &fleet->nodes[1];
    change(mx1, "account:shop", FALSE, g_get_real_time());
    for (guint i = 0; i < 10100; i++)
        freeReplyObject(redis_server_ask(fleet->server, "RPUSH", LIST, "junk"));
    join(fleet, 0);
    join(fleet, 1);
    wait_for(mx2, "shop", TRUE);
    gint64 length = G_MAXINT64;
    for (guint i = 0; i < 200 && (length > 10 || length == 0); i++) {
        redisReply *reply = redis_server_ask(fleet->server, "LLEN", LIST, NULL);
        length = reply->integer;
        freeReplyObject(reply);
        g_usleep(G_USEC_PER_SEC / 20);
    }
    assert_in_range(length, 1, 10);
    change(mx2, "account:shop", TRUE, g_get_real_time());
    wait_for(mx1, "shop", FALSE);
}

int main(void) {
    ov_rules_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_what_one_suspends_all_do, begin, end),
        cmocka_unit_test_setup_teardown(test_what_happened_meanwhile_is_told, begin, end),
        cmocka_unit_test_setup_teardown(test_a_change_that_follows_is_later_whatever_the_clock_says,
                                        begin, end),
        cmocka_unit_test_setup_teardown(test_what_is_none_is_passed_over, begin, end),
        cmocka_unit_test_setup_teardown(test_the_list_does_not_grow_for_ever, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
