/* The client of OVH's API: what it asks, what it reads of the answers, and whose credentials it
 * takes. */
#include "tests/unit/ovh_place.h"

#include <malloc.h>

static void test_a_block_is_seen_from_first_to_last(void **state) {
    Place *place = *state;
    GError *error = NULL;
    gint64 now = g_get_real_time();
    check_networks(place);
    assert_int_equal(blocked(place, TRUE), 0);
    ovh_stand_in_tell(place->api, "\"do\":\"detect\",\"address\":\"" ADDRESS "\","
                                  "\"message_id\":\"1@shop.example\",\"score\":410");
    block(place, 3600);
    assert_int_equal(blocked(place, FALSE), 1);
    OvBlock found = block_now(place);
    assert_int_equal(found.state, OV_BLOCK_BLOCKED);
    assert_int_equal(found.duration, 3600);
    assert_true(ABS(found.since - now) < 60 * SECOND);
    assert_true(*ov_hosting_query_id(place->hosting));
    OvReport *reports = NULL;
    guint n = 0, n_reports = 0;
    OvDetected *detected =
        ov_hosting_detected(place->hosting, NETWORK, ADDRESS, now - 3600 * SECOND,
                            now + 3600 * SECOND, place->arena, &n, &reports, &n_reports, &error);
    assert_null(error);
    assert_int_equal(n, 1);
    assert_string_equal(detected[0].message_id, "1@shop.example");
    assert_int_equal(detected[0].score, 410);
    assert_int_equal(n_reports, 1);
    assert_int_equal(detected[0].period, reports[0].period);
    fail_unblock(place, OV_HOSTING_ERROR_STILL, "still blocked for");
    gint64 wait = ov_hosting_wait(place->hosting);
    assert_true(wait > 3500 * SECOND && wait <= 3600 * SECOND);
    ovh_stand_in_tell(place->api, "\"do\":\"advance\",\"seconds\":3601");
    assert_int_equal(unblock(place), OV_BLOCK_UNBLOCKING);
    assert_int_equal(blocked(place, FALSE), 1);
    ovh_stand_in_tell(place->api, "\"do\":\"advance\",\"seconds\":121");
    assert_int_equal(block_now(place).state, OV_BLOCK_UNBLOCKED);
    assert_int_equal(blocked(place, FALSE), 0);
    assert_int_equal(blocked(place, TRUE), 1);
}

static void test_a_network_that_is_gone_spoils_no_other(void **state) {
    Place *place = *state;
    GError *error = NULL;
    guint n = 7;
    ovh_stand_in_tell(place->api, "\"do\":\"network\",\"block\":\"203.0.113.0/28\","
                                  "\"state\":\"expired\"");
    assert_null(
        ov_hosting_blocked(place->hosting, "203.0.113.0/28", FALSE, place->arena, &n, &error));
    check_error(error, OV_HOSTING_ERROR_GONE, "service has expired");
    error = NULL;
    ovh_stand_in_tell(place->api, "\"do\":\"network\",\"block\":\"203.0.113.0/28\","
                                  "\"state\":\"foreign\"");
    assert_non_null(
        ov_hosting_blocked(place->hosting, "203.0.113.0/28", FALSE, place->arena, &n, &error));
    assert_int_equal(n, 0);
    OvBlock found;
    assert_false(ov_hosting_block(place->hosting, NETWORK, ADDRESS, &found, place->arena, &error));
    check_error(error, OV_HOSTING_ERROR_GONE, "knows of no such thing");
    error = NULL;
    assert_non_null(ov_hosting_detected(place->hosting, NETWORK, ADDRESS, 0, SECOND, place->arena,
                                        &n, NULL, NULL, &error));
    assert_int_equal(n, 0);
}

static void test_wrong_credentials_are_told_apart(void **state) {
    static const char *const generations[] = {"old", "new"};
    Place *place = *state;
    ovh_stand_in_tell(place->api,
                      "\"do\":\"credential\",\"key\":\"PENDING\",\"application\":"
                      "\"%s\",\"state\":\"pendingValidation\"",
                      KEY);
    ovh_stand_in_tell(place->api,
                      "\"do\":\"credential\",\"key\":\"FEW\",\"application\":\"%s\","
                      "\"rules\":[[\"GET\",\"/ip/*\"]]",
                      KEY);
    const struct {
        const char *key, *secret, *consumer, *says;
    } cases[] = {
        {"AAAAAAAAAAAAAAAA", SECRET, CONSUMER, "does not know the application_key"},
        {KEY, "WRONG", CONSUMER, "look at application_secret"},
        {KEY, SECRET, "UNKNOWN", "does not know the consumer_key"},
        {KEY, SECRET, "PENDING", "not confirmed yet"},
        {KEY, SECRET, "FEW", "GET /ip: the consumer_key lacks the right to this call"},
    };
    for (guint g = 0; g < G_N_ELEMENTS(generations); g++) {
        ovh_stand_in_tell(place->api, "\"do\":\"set\",\"errors\":\"%s\"", generations[g]);
        for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
            put_keys(place, cases[i].key, cases[i].secret, cases[i].consumer);
            open_hosting(place, "20s");
            clear_log(place);
            fail_networks(place, OV_HOSTING_ERROR_DENIED, cases[i].says);
            assert_int_equal(ovh_stand_in_count(place->api, "GET", "/ip"), 1);
        }
    }
}

static void test_a_service_account_works_as_well(void **state) {
    Place *place = *state;
    ovh_stand_in_tell(place->api, "\"do\":\"set\",\"token_lifetime\":120");
    put_account(place, CLIENT_SECRET);
    open_hosting(place, "20s");
    clear_log(place);
    check_networks(place);
    block(place, 1);
    assert_int_equal(blocked(place, FALSE), 1);
    assert_int_equal(ovh_stand_in_count(place->api, "POST", "/auth/oauth2/token"), 1);
    assert_int_equal(ovh_stand_in_count(place->api, "GET", "/auth/time"), 0);
    /* The token ends before its time: another is asked for, also before the unblock. */
    ovh_stand_in_tell(place->api, "\"do\":\"advance\",\"seconds\":200");
    assert_int_equal(unblock(place), OV_BLOCK_UNBLOCKING);
    assert_int_equal(ovh_stand_in_count(place->api, "POST", "/auth/oauth2/token"), 2);
    put_account(place, "WRONG");
    open_hosting(place, "20s");
    fail_networks(place, OV_HOSTING_ERROR_DENIED, "client secret invalid");
    put_account(place, CLIENT_SECRET);
    open_hosting(place, "20s");
    ovh_stand_in_tell(place->api,
                      "\"do\":\"client\",\"id\":\"%s\",\"secret\":\"%s\","
                      "\"actions\":[\"ip:apiovh:get\"]",
                      CLIENT, CLIENT_SECRET);
    check_networks(place);
    fail_unblock(place, OV_HOSTING_ERROR_DENIED, "it lacks ip:apiovh:spam/unblock");
    set_fault(place, "token", "\"kind\":\"html\",\"times\":9");
    open_hosting(place, "20s");
    fail_networks(place, OV_HOSTING_ERROR_AWAY, "answer 503");
}

static void test_odd_answers_of_the_api_are_read(void **state) {
    Place *place = *state;
    guint n = 0, n_reports = 0;
    OvReport *reports = NULL;
    gint64 now = g_get_real_time();
    ovh_stand_in_tell(place->api, "\"do\":\"detect\",\"address\":\"" ADDRESS "\","
                                  "\"message_id\":\"\"");
    block(place, 3600);
    static const struct {
        const char *knobs;
        guint n, n_reports;
    } cases[] = {
        {"\"stats\":\"flat\"", 1, 0},
        {"\"stats\":\"object\"", 1, 1},
        {"\"stats\":\"periods\",\"extra_fields\":1,\"chunked\":1,\"zone\":\"-11:30\"", 1, 1},
        {"\"null_detected\":1", 0, 1},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        ovh_stand_in_tell(place->api, "\"do\":\"set\",%s", cases[i].knobs);
        assert_non_null(ov_hosting_detected(place->hosting, NETWORK, ADDRESS, now - 60 * SECOND,
                                            now + 60 * SECOND, place->arena, &n, &reports,
                                            &n_reports, NULL));
        assert_int_equal(n, cases[i].n);
        assert_int_equal(n_reports, cases[i].n_reports);
        assert_true(ABS(block_now(place).since - now) < 60 * SECOND);
    }
    ovh_stand_in_tell(place->api, "\"do\":\"block\",\"address\":\"" ADDRESS "\",\"word\":"
                                  "\"sleeping\"");
    assert_int_equal(block_now(place).state, OV_BLOCK_OTHER);
}

static void test_the_check_names_what_is_missing(void **state) {
    Place *place = *state;
    guint n = 0;
    OvHostingCheck *checks = ov_hosting_check(place->hosting, place->arena, &n);
    assert_int_equal(n, 7);
    for (guint i = 0; i < n; i++)
        assert_true(checks[i].ok && checks[i].what && !checks[i].trouble);
    clear_log(place);
    ovh_stand_in_tell(place->api,
                      "\"do\":\"credential\",\"key\":\"%s\",\"rules\":"
                      "[[\"GET\",\"/*\"]]",
                      CONSUMER);
    checks = ov_hosting_check(place->hosting, place->arena, &n);
    assert_int_equal(n, 7);
    for (guint i = 0; i < 6; i++)
        assert_true(checks[i].ok);
    assert_false(checks[6].ok);
    assert_non_null(strstr(checks[6].trouble, "lacks the right POST /ip/*/spam/*/unblock"));
    assert_int_equal(ovh_stand_in_count(place->api, "POST", ""), 0);
}

/* Octets of the heap in use; 0 where another allocator stands in, as a sanitizer's. */
static gsize heap(void) {
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

static void test_memory_stays_flat_over_10000_calls(void **state) {
    enum { CALLS = 10000, WARM = 1000 };
    Place *place = *state;
    gsize before = 0;
    open_hosting(place, "60s");
    block(place, 3600);
    for (guint i = 0; i < CALLS; i++) {
        if (i == WARM)
            before = heap();
        (void)block_now(place);
        ov_arena_reset(place->arena);
    }
    gsize after = heap();
    print_message("# heap after %d calls %zu octets, after %d %zu\n", WARM, before, CALLS, after);
    assert_true(after < before + 64 * 1024);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_a_block_is_seen_from_first_to_last),
        TEST(test_a_network_that_is_gone_spoils_no_other),
        TEST(test_wrong_credentials_are_told_apart),
        TEST(test_a_service_account_works_as_well),
        TEST(test_odd_answers_of_the_api_are_read),
        TEST(test_the_check_names_what_is_missing),
        TEST(test_memory_stays_flat_over_10000_calls),
    };
    return cmocka_run_group_tests_name("hosting_ovh", tests, NULL, NULL);
}
